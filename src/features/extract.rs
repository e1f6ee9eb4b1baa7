//! Running the plan, and the feature table on disk.

use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, Float64Array, RecordBatch, StringArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, Float64Type, Schema};
use ndarray::Array2;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::error::{Error, Result};
use crate::lake::{Lake, Session, write_table};
use crate::workspace::atomic::{self, Staging};
use crate::workspace::{AsOf, FeatureSettings, InputFile, Manifest, fingerprint};

use super::{FeatureSpec, FeatureTable, catalogue, compile, custom, dictionary_csv, local_time};

const TABLE_FILE: &str = "features.parquet";
const DICTIONARY_FILE: &str = "dictionary.csv";

/// What an extraction needs.
pub struct Extraction<'a> {
    pub lake: &'a Lake,
    pub as_of: &'a AsOf,
    pub threads: usize,
    pub settings: &'a FeatureSettings,
}

/// Computes all features of the catalogue and of the settings for every contact that exists at the
/// as-of.
pub fn extract(extraction: &Extraction<'_>) -> Result<FeatureTable> {
    let specs = catalogue();
    let session = Session::new(extraction.lake, extraction.as_of, extraction.threads)?;
    session.register(local_time::local_second());
    let batches = session.collect(&compile(&specs, extraction.as_of)?)?;
    with_custom(table(specs, &batches)?, extraction)
}

fn with_custom(table: FeatureTable, extraction: &Extraction<'_>) -> Result<FeatureTable> {
    if extraction.settings.is_empty() {
        return Ok(table);
    }
    let session = Session::new(extraction.lake, extraction.as_of, 1)?;
    custom::columns(&session, extraction.as_of, extraction.settings)?.append_to(table)
}

/// What the feature table is made from.
pub fn manifest(lake: &Manifest, as_of: &AsOf, custom: &FeatureSettings) -> Result<Manifest> {
    let specs = fingerprint(&String::from_utf8_lossy(&dictionary_csv(&catalogue())?))?;
    let input = InputFile { name: "lake".to_owned(), fingerprint: lake.hash()? };
    let zone = as_of.zone().iana_name().unwrap_or("UTC");
    let settings = fingerprint(&(specs, zone, custom))?;
    Ok(Manifest::new("features", settings, None, Some(as_of.to_string())).with_inputs(vec![input]))
}

fn table(specs: Vec<FeatureSpec>, batches: &[RecordBatch]) -> Result<FeatureTable> {
    let rows = batches.iter().map(RecordBatch::num_rows).sum();
    let mut values = Array2::from_elem((rows, specs.len()), f64::NAN);
    let mut ids = Vec::with_capacity(rows);
    for batch in batches {
        let first = ids.len();
        let id = cast(batch.column(0), &DataType::Utf8)?;
        ids.extend(id.as_string::<i32>().iter().map(|id| id.unwrap_or_default().to_owned()));
        for column in 0..specs.len() {
            let array = cast(batch.column(column + 1), &DataType::Float64)?;
            for (row, value) in array.as_primitive::<Float64Type>().iter().enumerate() {
                values[(first + row, column)] = value.unwrap_or(f64::NAN);
            }
        }
    }
    let present = values.mapv(|v| !v.is_nan());
    Ok(FeatureTable { ids, specs, values, present })
}

/// Writes `features.parquet` and `dictionary.csv` into `dir`, whole or not at all.
pub fn write(table: &FeatureTable, manifest: &Manifest, dir: &Path) -> Result<()> {
    let staging = Staging::new(dir)?;
    let mut fields = vec![Field::new("contact_id", DataType::Utf8, false)];
    fields.extend(table.specs.iter().map(|s| Field::new(&s.name, DataType::Float64, true)));
    let schema = Arc::new(Schema::new(fields));
    let mut arrays: Vec<ArrayRef> = vec![Arc::new(StringArray::from(table.ids.clone()))];
    for column in table.values.columns() {
        let array: Float64Array = column.iter().map(|v| (!v.is_nan()).then_some(*v)).collect();
        arrays.push(Arc::new(array));
    }
    let batch = RecordBatch::try_new(Arc::clone(&schema), arrays)?;
    write_table(&staging.path().join(TABLE_FILE), schema, std::iter::once(Ok(batch)))?;
    let dictionary = dictionary_csv(&table.specs)?;
    atomic::write_file(&staging.path().join(DICTIONARY_FILE), &dictionary)?;
    manifest.write(staging.path())?;
    staging.commit()
}

/// Reads the table that [`write`] wrote, where the settings have no features of their own.
pub fn read(dir: &Path) -> Result<FeatureTable> {
    read_with(dir, catalogue())
}

/// Reads the table of these features that [`write`] wrote.
pub fn read_with(dir: &Path, specs: Vec<FeatureSpec>) -> Result<FeatureTable> {
    let reader = opened(dir)?.build().map_err(|e| unreadable(dir, e))?;
    let batches = reader.collect::<Result<Vec<_>, _>>()?;
    let known = batches.first().is_none_or(|b| {
        let schema = b.schema();
        let names = schema.fields().iter().skip(1).map(|f| f.name().as_str());
        names.eq(specs.iter().map(|s| s.name.as_str()))
    });
    if !known {
        return Err(Error::data("the feature table is of another version")
            .at_file(&dir.join(TABLE_FILE))
            .hint(AGAIN));
    }
    table(specs, &batches)
}

/// Share of contacts that have a value, for every column of numbers; read off the file's footer.
pub fn coverage(dir: &Path) -> Result<Vec<(String, f64)>> {
    let builder = opened(dir)?;
    let (metadata, schema) = (builder.metadata(), builder.schema());
    let rows = metadata.file_metadata().num_rows();
    let share = |(place, field): (usize, &Arc<Field>)| {
        let nulls = metadata.row_groups().iter().map(|group| {
            let statistics = group.column(place).statistics();
            statistics.and_then(|s| s.null_count_opt()).unwrap_or_default()
        });
        let missing = nulls.sum::<u64>() as f64 / rows.max(1) as f64;
        (field.name().clone(), 1.0 - missing)
    };
    Ok(schema.fields().iter().enumerate().skip(1).map(share).collect())
}

const AGAIN: &str = "run `microseg features` first";

fn opened(dir: &Path) -> Result<ParquetRecordBatchReaderBuilder<std::fs::File>> {
    let path = dir.join(TABLE_FILE);
    let file = std::fs::File::open(&path)
        .map_err(|e| Error::io("open the feature table", &path, e).hint(AGAIN))?;
    ParquetRecordBatchReaderBuilder::try_new(file).map_err(|e| unreadable(dir, e))
}

fn unreadable(dir: &Path, cause: parquet::errors::ParquetError) -> Error {
    Error::data("the feature table cannot be read")
        .at_file(&dir.join(TABLE_FILE))
        .caused_by(cause)
        .hint(AGAIN)
}
