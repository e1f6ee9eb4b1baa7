//! Parquet: columns keep their types, so that numbers and times need no parsing.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef};
use arrow::datatypes::{DataType, Schema, TimeUnit};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder,
};

use crate::error::{Error, Result};
use crate::lake::schema;

use super::{Job, Lines, RawBatch};

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

/// The columns to read, the types to read them as, and the row groups.
pub struct Layout {
    wanted: Vec<String>,
    metadata: ArrowReaderMetadata,
}

impl Layout {
    /// Text columns for which `repeats` is true are read as dictionaries.
    pub fn new(path: &Path, wanted: &[String], repeats: &[bool]) -> Result<Self> {
        let plain = builder(path)?;
        let fields = plain.schema().fields().iter().map(|field| {
            let repeats = wanted.iter().zip(repeats).any(|(w, r)| *r && w == field.name());
            match field.data_type() {
                DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View if repeats => {
                    Arc::new(field.as_ref().clone().with_data_type(schema::word()))
                }
                _ => Arc::clone(field),
            }
        });
        let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
        let options = ArrowReaderOptions::new().with_schema(schema);
        let file = File::open(path).map_err(|e| Error::io("open", path, e))?;
        let metadata =
            ArrowReaderMetadata::load(&file, options).map_err(|e| unreadable(path, e))?;
        Ok(Layout { wanted: wanted.to_vec(), metadata })
    }

    pub fn jobs(&self, send: &mut dyn FnMut(Job) -> bool) {
        let mut first_row = 1;
        for (number, group) in self.metadata.metadata().row_groups().iter().enumerate() {
            if !send(Job::RowGroup { number, first_row }) {
                return;
            }
            first_row += group.num_rows().unsigned_abs();
        }
    }

    pub fn read(
        &self,
        path: &Path,
        (group, first_row): (usize, u64),
        batch_rows: usize,
        take: &mut dyn FnMut(RawBatch) -> bool,
    ) -> Result<()> {
        let file = File::open(path).map_err(|e| Error::io("open", path, e))?;
        let builder =
            ParquetRecordBatchReaderBuilder::new_with_metadata(file, self.metadata.clone());
        let names = || self.wanted.iter().map(String::as_str);
        let mask = ProjectionMask::columns(builder.parquet_schema(), names());
        let reader = builder
            .with_projection(mask)
            .with_row_groups(vec![group])
            .with_batch_size(batch_rows)
            .build()
            .map_err(|e| unreadable(path, e))?;
        let mut first = first_row;
        for batch in reader {
            let batch = batch.map_err(|e| unreadable(path, e))?;
            let column = |name: &str| match batch.column_by_name(name) {
                Some(column) => plain(column).map_err(|e| e.at_file(path).at_column(name)),
                None => Err(Error::internal("a projected column is missing").at_column(name)),
            };
            let columns = names().map(column).collect::<Result<Vec<ArrayRef>>>()?;
            let lines = Lines::From(first);
            first += batch.num_rows() as u64;
            if !take(RawBatch { columns, lines, faults: Vec::new() }) {
                return Ok(());
            }
        }
        Ok(())
    }
}

/// Brings a column to one of the types that cells are read from: text, i64, f64, bool, microseconds.
fn plain(column: &ArrayRef) -> Result<ArrayRef> {
    let target = match column.data_type() {
        DataType::Utf8 | DataType::Int64 | DataType::Float64 | DataType::Boolean => {
            return Ok(Arc::clone(column));
        }
        word if *word == schema::word() => return Ok(Arc::clone(column)),
        DataType::Int8 | DataType::Int16 | DataType::Int32 => DataType::Int64,
        DataType::UInt8 | DataType::UInt16 | DataType::UInt32 => DataType::Int64,
        // Half of them are too large for a signed integer.
        DataType::UInt64 => DataType::Utf8,
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
