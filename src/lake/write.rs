//! Writing a table: same rows, same bytes.

use std::fs::File;
use std::path::Path;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;

use crate::error::{Error, Result};

use super::Table;

/// File name of a table within the lake's folder.
pub fn file_name(table: Table) -> String {
    format!("{}.parquet", table.name())
}

/// Writes rows, already sorted, as one zstd-compressed Parquet file. Memory: one row group.
pub fn write_table(
    path: &Path,
    schema: SchemaRef,
    batches: impl Iterator<Item = Result<RecordBatch>>,
) -> Result<u64> {
    let file = File::create(path).map_err(|e| Error::io("write", path, e))?;
    let level = ZstdLevel::try_new(1).map_err(|e| failed(path, e))?;
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(level))
        .set_created_by(concat!("microseg ", env!("CARGO_PKG_VERSION")).to_owned())
        .build();
    let mut writer =
        ArrowWriter::try_new(file, schema, Some(properties)).map_err(|e| failed(path, e))?;
    let mut rows = 0;
    for batch in batches {
        let batch = batch?;
        rows += batch.num_rows() as u64;
        writer.write(&batch).map_err(|e| failed(path, e))?;
    }
    writer.close().map_err(|e| failed(path, e))?;
    Ok(rows)
}

fn failed(path: &Path, cause: parquet::errors::ParquetError) -> Error {
    Error::data("could not write Parquet").at_file(path).caused_by(cause)
}
