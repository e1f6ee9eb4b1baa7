//! Parquet: columns keep their types, so that numbers and times need no parsing.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef};
use arrow::datatypes::{DataType, TimeUnit};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ParquetRecordBatchReaderBuilder};

use crate::error::{Error, Result};

use super::{BATCH_ROWS, Lines, RawBatch};

fn builder(path: &Path) -> Result<ParquetRecordBatchReaderBuilder<File>> {
    let file = File::open(path).map_err(|e| Error::io("open", path, e))?;
    let metadata =
        ArrowReaderMetadata::load(&file, Default::default()).map_err(|e| unreadable(path, e))?;
    Ok(ParquetRecordBatchReaderBuilder::new_with_metadata(file, metadata))
}

fn unreadable(path: &Path, cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::data("not a readable Parquet file")
        .at_file(path)
        .caused_by(cause)
        .hint("was it written to the end? export it again")
}

pub fn header(path: &Path) -> Result<Vec<String>> {
    Ok(builder(path)?.schema().fields().iter().map(|f| f.name().clone()).collect())
}

pub fn read(path: &Path, wanted: &[String], send: &mut dyn FnMut(RawBatch) -> bool) -> Result<()> {
    let builder = builder(path)?;
    let names: Vec<&str> = wanted.iter().map(String::as_str).collect();
    let mask = ProjectionMask::columns(builder.parquet_schema(), names.iter().copied());
    let reader = builder
        .with_projection(mask)
        .with_batch_size(BATCH_ROWS)
        .build()
        .map_err(|e| unreadable(path, e))?;
    let mut first = 1;
    for batch in reader {
        let batch = batch.map_err(|e| unreadable(path, e))?;
        let columns: Result<Vec<ArrayRef>> = names
            .iter()
            .map(|name| match batch.column_by_name(name) {
                Some(column) => plain(column).map_err(|e| e.at_file(path).at_column(*name)),
                None => Err(Error::internal("a projected column is missing").at_column(*name)),
            })
            .collect();
        let lines = Lines::From(first);
        first += batch.num_rows() as u64;
        if !send(RawBatch { columns: columns?, lines, faults: Vec::new() }) {
            return Ok(());
        }
    }
    Ok(())
}

/// Brings a column to one of the types that cells are read from: text, i64, f64, bool, microseconds.
fn plain(column: &ArrayRef) -> Result<ArrayRef> {
    let target = match column.data_type() {
        DataType::Utf8 | DataType::Int64 | DataType::Float64 | DataType::Boolean => {
            return Ok(Arc::clone(column));
        }
        DataType::Int8 | DataType::Int16 | DataType::Int32 => DataType::Int64,
        DataType::UInt8 | DataType::UInt16 | DataType::UInt32 | DataType::UInt64 => DataType::Int64,
        DataType::Float16 | DataType::Float32 => DataType::Float64,
        DataType::Timestamp(_, zone) => DataType::Timestamp(TimeUnit::Microsecond, zone.clone()),
        DataType::Date32 | DataType::Date64 => DataType::Timestamp(TimeUnit::Microsecond, None),
        _ => DataType::Utf8,
    };
    arrow::compute::cast(column, &target).map_err(|cause| {
        Error::data(format!("a column of type {} cannot be read", column.data_type()))
            .caused_by(cause)
            .hint("write it as text, a number, a time or true/false")
    })
}
