//! The feature table on disk: `features.parquet`, its specs, and the data dictionary.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{
    ArrayRef, AsArray, DictionaryArray, Float64Array, Int32Array, RecordBatch, StringArray,
};
use arrow::buffer::{BooleanBuffer, NullBuffer};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, Float64Type, Schema, SchemaRef};
use ndarray::Array2;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::error::{Error, Result};
use crate::lake::{schema, write_columns};
use crate::workspace::Manifest;
use crate::workspace::atomic::{self, Staging};

use super::{FeatureSpec, FeatureTable, Labels, Unit, dictionary_csv};

const TABLE_FILE: &str = "features.parquet";
const DICTIONARY_FILE: &str = "dictionary.csv";
const SPECS_FILE: &str = "specs.json";

const HINT: &str = "run `microseg features` first";

/// Writes the table, its specs and the dictionary into `dir`, whole or not at all.
pub fn write(table: &FeatureTable, manifest: &Manifest, dir: &Path) -> Result<()> {
    let staging = Staging::new(dir)?;
    write_parquet(table, &staging.path().join(TABLE_FILE))?;
    let specs = table.all_specs();
    atomic::write_file(&staging.path().join(DICTIONARY_FILE), &dictionary_csv(&specs)?)?;
    atomic::write_json(&staging.path().join(SPECS_FILE), &specs)?;
    manifest.write(staging.path())?;
    staging.commit()
}

/// Writes the table as one Parquet file: numbers as they are, words dictionary-coded.
pub fn write_parquet(table: &FeatureTable, path: &Path) -> Result<()> {
    let columns = |places: Range<usize>, rows: Range<usize>| columns(table, places, rows);
    write_columns(path, schema_of(table), table.contacts(), &columns)
}

fn schema_of(table: &FeatureTable) -> SchemaRef {
    let mut fields = vec![Field::new("contact_id", DataType::Utf8, false)];
    fields.extend(table.specs.iter().map(|s| Field::new(&s.name, DataType::Float64, true)));
    fields.extend(table.label_specs.iter().map(|s| Field::new(&s.name, schema::word(), true)));
    Arc::new(Schema::new(fields))
}

/// Some rows of some columns, by their places in [`schema_of`].
fn columns(
    table: &FeatureTable,
    places: Range<usize>,
    rows: Range<usize>,
) -> Result<Vec<ArrayRef>> {
    let mut arrays: Vec<ArrayRef> = Vec::with_capacity(places.len());
    if places.start == 0 {
        arrays.push(Arc::new(StringArray::from_iter_values(&table.ids[rows.clone()])));
    }
    let numbers = table.specs.len();
    let first = places.start.max(1) - 1;
    let last = (places.end - 1).min(numbers);
    arrays.extend(number_columns(table, first..last, rows.clone()));
    for Labels { codes, texts } in
        &table.labels[first.max(numbers) - numbers..places.end.max(numbers + 1) - 1 - numbers]
    {
        let keys: Int32Array = codes[rows.clone()].iter().map(|c| c.map(|c| c as i32)).collect();
        let texts = Arc::new(StringArray::from_iter_values(texts));
        arrays.push(Arc::new(DictionaryArray::try_new(keys, texts)?));
    }
    Ok(arrays)
}

/// Some rows of numbers, which lie row by row: of each row all columns are taken at once.
fn number_columns(
    table: &FeatureTable,
    columns: Range<usize>,
    rows: Range<usize>,
) -> impl Iterator<Item = ArrayRef> {
    let mut values: Vec<Vec<f64>> =
        columns.clone().map(|_| Vec::with_capacity(rows.len())).collect();
    if !columns.is_empty() {
        for row in table.values.slice(ndarray::s![rows, columns]).rows() {
            values.iter_mut().zip(row).for_each(|(column, value)| column.push(*value));
        }
    }
    values.into_iter().map(|column| {
        let present: BooleanBuffer = column.iter().map(|value| !value.is_nan()).collect();
        Arc::new(Float64Array::new(column.into(), Some(NullBuffer::new(present)))) as ArrayRef
    })
}

/// The table as CSV: missing values are empty.
pub fn csv(table: &FeatureTable) -> Result<Vec<u8>> {
    let mut writer = arrow::csv::Writer::new(Vec::new());
    let schema = schema_of(table);
    let columns = columns(table, 0..schema.fields().len(), 0..table.contacts())?;
    writer.write(&RecordBatch::try_new(schema, columns)?)?;
    Ok(writer.into_inner())
}

/// The specs of the table in `dir`, numbers first.
pub fn read_specs(dir: &Path) -> Result<Vec<FeatureSpec>> {
    let path = dir.join(SPECS_FILE);
    let bytes = std::fs::read(&path).map_err(|e| Error::io("read", &path, e).hint(HINT))?;
    serde_json::from_slice(&bytes).map_err(|e| {
        Error::data("the features' specs cannot be read").at_file(&path).caused_by(e).hint(HINT)
    })
}

/// Reads the table that [`write`] wrote.
pub fn read(dir: &Path) -> Result<FeatureTable> {
    let path = dir.join(TABLE_FILE);
    if !path.exists() {
        let missing = std::io::Error::from(std::io::ErrorKind::NotFound);
        return Err(Error::io("open the feature table", &path, missing).hint(HINT));
    }
    read_parquet(&path, read_specs(dir)?)
}

/// The file of the table in `dir`.
pub fn table_path(dir: &Path) -> PathBuf {
    dir.join(TABLE_FILE)
}

/// Share of contacts that have a value, for every column; read off the file's footer.
pub fn coverage(dir: &Path) -> Result<Vec<(String, f64)>> {
    let path = dir.join(TABLE_FILE);
    let builder = opened(&path)?;
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

fn opened(path: &Path) -> Result<ParquetRecordBatchReaderBuilder<std::fs::File>> {
    let file = std::fs::File::open(path)
        .map_err(|e| Error::io("open the feature table", path, e).hint(HINT))?;
    ParquetRecordBatchReaderBuilder::try_new(file).map_err(|e| unreadable(path, e))
}

fn unreadable(path: &Path, cause: parquet::errors::ParquetError) -> Error {
    Error::data("the feature table cannot be read").at_file(path).caused_by(cause).hint(HINT)
}

/// Reads the table with these specs that [`write_parquet`] wrote.
pub fn read_parquet(path: &Path, specs: Vec<FeatureSpec>) -> Result<FeatureTable> {
    let reader = opened(path)?.build().map_err(|e| unreadable(path, e))?;
    let batches = reader.collect::<Result<Vec<_>, _>>()?;
    let known = batches.first().is_none_or(|b| {
        let schema = b.schema();
        let names = schema.fields().iter().skip(1).map(|f| f.name().as_str());
        names.eq(specs.iter().map(|s| s.name.as_str()))
    });
    if !known {
        return Err(Error::data("the feature table is of another version")
            .at_file(path)
            .hint(HINT));
    }
    table(specs, &batches)
}

fn table(specs: Vec<FeatureSpec>, batches: &[RecordBatch]) -> Result<FeatureTable> {
    let (label_specs, specs): (Vec<_>, Vec<_>) =
        specs.into_iter().partition(|s| s.unit == Unit::Label);
    let rows = batches.iter().map(RecordBatch::num_rows).sum();
    let mut values = Array2::from_elem((rows, specs.len()), f64::NAN);
    let mut words: Vec<Vec<Option<String>>> = label_specs.iter().map(|_| Vec::new()).collect();
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
        for (place, words) in words.iter_mut().enumerate() {
            let array = cast(batch.column(1 + specs.len() + place), &DataType::Utf8)?;
            words.extend(array.as_string::<i32>().iter().map(|word| word.map(str::to_owned)));
        }
    }
    let labels = words.into_iter().map(labels).collect();
    Ok(FeatureTable::new(ids, specs, values, label_specs, labels))
}

fn labels(words: Vec<Option<String>>) -> Labels {
    let mut texts: Vec<String> = words.iter().flatten().cloned().collect();
    texts.sort();
    texts.dedup();
    let code = |word: &Option<String>| {
        let place = word.as_ref().and_then(|word| texts.binary_search(word).ok());
        place.map(|place| place as u32)
    };
    Labels { codes: words.iter().map(code).collect(), texts }
}
