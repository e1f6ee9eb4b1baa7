//! Writing tables: same rows, same bytes.

use std::fs::File;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch};
use arrow::datatypes::{Field, SchemaRef};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::{ArrowColumnChunk, ArrowColumnWriter, compute_leaves};
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterPropertiesBuilder};
use parquet::schema::types::ColumnPath;

use rayon::iter::{IndexedParallelIterator, IntoParallelIterator, ParallelIterator};

use crate::error::{Error, Result};

use super::{Table, schema};

/// Contacts are spread over this many ranges of keys by the leading bits of their key, so that one
/// range can be read without the others.
pub const KEY_RANGES: usize = 16;

/// A row group of events ends with a range of keys, unless it has fewer rows than this.
const FEWEST_GROUP_ROWS: usize = 32_768;

/// The range that a key belongs to.
pub fn key_range(key: u64) -> usize {
    (key >> 60) as usize
}

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
    let properties = properties(path)?.build();
    let mut writer = create(path, schema, properties)?;
    let mut rows = 0;
    for batch in batches {
        let batch = batch?;
        rows += batch.num_rows() as u64;
        writer.write(&batch).map_err(|e| failed(path, e))?;
    }
    writer.close().map_err(|e| failed(path, e))?;
    Ok(rows)
}

/// Rows to a group of a table that is written by column.
const GROUP_ROWS: usize = 262_144;

/// Columns that are made together: what a table holds row by row is then read by the cache line.
const TOGETHER: usize = 8;

/// Writes a table of `rows` rows column by column, on all threads; the bytes do not depend on how many
/// there are. `columns` makes some rows of some columns, by their places in the schema.
pub fn write_columns(
    path: &Path,
    schema: SchemaRef,
    rows: usize,
    columns: &(dyn Fn(Range<usize>, Range<usize>) -> Result<Vec<ArrayRef>> + Sync),
) -> Result<()> {
    let writer = create(path, Arc::clone(&schema), properties(path)?.build())?;
    let (mut file, factory) = writer.into_serialized_writer().map_err(|e| failed(path, e))?;
    let starts = (0..rows.max(1)).step_by(GROUP_ROWS);
    for (group, start) in starts.enumerate() {
        let range = start..(start + GROUP_ROWS).min(rows);
        let writers = factory.create_column_writers(group).map_err(|e| failed(path, e))?;
        let encode = |(part, writers): (usize, Vec<ArrowColumnWriter>)| {
            let first = part * TOGETHER;
            let arrays = columns(first..first + writers.len(), range.clone())?;
            let fields = &schema.fields()[first..];
            let columns = writers.into_iter().zip(arrays).zip(fields);
            columns.map(|((w, array), field)| encoded(w, field, &array, path)).collect()
        };
        let parts: Vec<Vec<ArrowColumnChunk>> = writers
            .into_par_iter()
            .chunks(TOGETHER)
            .enumerate()
            .map(encode)
            .collect::<Result<_>>()?;
        let mut group = file.next_row_group().map_err(|e| failed(path, e))?;
        for column in parts.into_iter().flatten() {
            column.append_to_row_group(&mut group).map_err(|e| failed(path, e))?;
        }
        group.close().map_err(|e| failed(path, e))?;
    }
    file.close().map_err(|e| failed(path, e))?;
    Ok(())
}

fn encoded(
    mut writer: ArrowColumnWriter,
    field: &Field,
    array: &ArrayRef,
    path: &Path,
) -> Result<ArrowColumnChunk> {
    for leaf in compute_leaves(field, array).map_err(|e| failed(path, e))? {
        writer.write(&leaf).map_err(|e| failed(path, e))?;
    }
    writer.close().map_err(|e| failed(path, e))
}

/// A slice of events being written, one range of keys after the other.
pub struct SliceWriter {
    writer: ArrowWriter<File>,
    path: std::path::PathBuf,
    pub rows: u64,
}

impl SliceWriter {
    pub fn new(path: &Path) -> Result<Self> {
        let plain = |builder: WriterPropertiesBuilder, name: &str| {
            builder
                .set_column_compression(ColumnPath::from(name), Compression::UNCOMPRESSED)
                .set_column_dictionary_enabled(ColumnPath::from(name), false)
        };
        // Keys and fingerprints are random bits: neither a dictionary nor zstd makes them smaller.
        let builder = properties(path)?
            .set_statistics_enabled(EnabledStatistics::None)
            .set_column_statistics_enabled(ColumnPath::from("ts"), EnabledStatistics::Chunk)
            .set_column_statistics_enabled(
                ColumnPath::from("contact_key"),
                EnabledStatistics::Chunk,
            )
            .set_column_dictionary_enabled(ColumnPath::from("ts"), false)
            .set_max_row_group_row_count(None);
        let builder = plain(plain(builder, "contact_key"), "event_hash");
        let writer = create(path, schema::events(), builder.build())?;
        Ok(SliceWriter { writer, path: path.to_path_buf(), rows: 0 })
    }

    /// Appends the rows of one range of keys, sorted, after those of the lower ranges.
    pub fn write_range(&mut self, batch: &RecordBatch) -> Result<()> {
        self.rows += batch.num_rows() as u64;
        self.writer.write(batch).map_err(|e| failed(&self.path, e))?;
        if self.writer.in_progress_rows() >= FEWEST_GROUP_ROWS {
            self.writer.flush().map_err(|e| failed(&self.path, e))?;
        }
        Ok(())
    }

    pub fn close(self) -> Result<()> {
        self.writer.close().map_err(|e| failed(&self.path, e))?;
        Ok(())
    }
}

fn properties(path: &Path) -> Result<WriterPropertiesBuilder> {
    let level = ZstdLevel::try_new(1).map_err(|e| failed(path, e))?;
    Ok(WriterProperties::builder()
        .set_compression(Compression::ZSTD(level))
        .set_created_by(concat!("microseg ", env!("CARGO_PKG_VERSION")).to_owned()))
}

fn create(
    path: &Path,
    schema: SchemaRef,
    properties: WriterProperties,
) -> Result<ArrowWriter<File>> {
    let file = File::create(path).map_err(|e| Error::io("write", path, e))?;
    ArrowWriter::try_new(file, schema, Some(properties)).map_err(|e| failed(path, e))
}

fn failed(path: &Path, cause: parquet::errors::ParquetError) -> Error {
    if let parquet::errors::ParquetError::External(inner) = &cause
        && let Some(io) = inner.downcast_ref::<std::io::Error>()
    {
        return Error::io("write", path, std::io::Error::from(io.kind()));
    }
    Error::data("could not write Parquet").at_file(path).caused_by(cause)
}
