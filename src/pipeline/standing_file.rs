//! Where everybody stands, as Parquet with a row a contact, and what its columns refer to.

use std::path::Path;
use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, DictionaryArray, RecordBatch, StringArray, UInt8Array, UInt16Array,
};
use arrow::datatypes::{DataType, Field, Schema, UInt8Type, UInt16Type};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::lake::write_table;
use crate::segments::refresh::{
    Candidate, Held, LayerStanding, Migration, SegmentVersion, Standing,
};
use crate::workspace::atomic;

const MEMBERSHIP_FILE: &str = "membership.parquet";
const STANDING_FILE: &str = "standing.json";

/// What the columns of the table refer to.
#[derive(Serialize, Deserialize)]
struct Header {
    as_of: String,
    /// Id, version, and whether a model finds its members.
    segments: Vec<(String, u32, bool)>,
    dates: Vec<String>,
    layers: Vec<String>,
}

/// Writes a standing into `dir`.
pub fn write(standing: &Standing, dir: &Path) -> Result<()> {
    let header = Header {
        as_of: standing.as_of.clone(),
        segments: standing
            .segments
            .iter()
            .map(|s| (s.id.clone(), s.version, s.is_discovered))
            .collect(),
        dates: standing.dates.clone(),
        layers: standing.layers.iter().map(|l| l.key.clone()).collect(),
    };
    atomic::write_json(&dir.join(STANDING_FILE), &header)?;
    let batch = batch(standing)?;
    let path = dir.join(MEMBERSHIP_FILE);
    write_table(&path, batch.schema(), std::iter::once(Ok(batch))).map(drop)
}

/// A contact's segment in each layer, the as-of since which, and a move that waits.
fn batch(standing: &Standing) -> Result<RecordBatch> {
    let ids: Vec<&str> = standing.segments.iter().map(|s| s.id.as_str()).collect();
    let none = ids.len() as u16;
    let with_none: Vec<&str> = ids.iter().copied().chain([Migration::NONE]).collect();
    let dates: Vec<&str> = standing.dates.iter().map(String::as_str).collect();
    let mut columns: Vec<(String, ArrayRef)> =
        vec![("contact_id".to_owned(), Arc::new(StringArray::from_iter_values(&standing.ids)))];
    for LayerStanding { key, held } in &standing.layers {
        let segment = held.iter().map(|h| h.segment).collect();
        let since = held.iter().map(|h| Some(h.since)).collect();
        let waiting = held.iter().map(|h| h.candidate.map(|c| c.segment.unwrap_or(none)));
        let seen: UInt8Array = held.iter().map(|h| h.candidate.map(|c| c.seen)).collect();
        columns.extend([
            (key.clone(), words(segment, &ids)?),
            (format!("{key} since"), words(since, &dates)?),
            (format!("{key} waiting for"), words(waiting.collect(), &with_none)?),
            (format!("{key} waiting times"), Arc::new(seen) as ArrayRef),
        ]);
    }
    let field =
        |(name, array): &(String, ArrayRef)| Field::new(name, array.data_type().clone(), true);
    let fields: Vec<Field> = columns.iter().map(field).collect();
    let arrays = columns.into_iter().map(|(_, array)| array).collect();
    Ok(RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays)?)
}

fn words(keys: UInt16Array, words: &[&str]) -> Result<ArrayRef> {
    let values: ArrayRef = Arc::new(StringArray::from_iter_values(words));
    Ok(Arc::new(DictionaryArray::<UInt16Type>::try_new(keys, values)?))
}

/// Reads the standing in `dir`.
///
/// # Errors
///
/// A data error if it is not there, damaged, or of another version.
pub fn read(dir: &Path) -> Result<Standing> {
    let path = dir.join(STANDING_FILE);
    let bytes = std::fs::read(&path).map_err(|e| Error::io("read", &path, e))?;
    let header: Header = serde_json::from_slice(&bytes).map_err(|e| damaged(&path).caused_by(e))?;
    let path = dir.join(MEMBERSHIP_FILE);
    let file = std::fs::File::open(&path).map_err(|e| Error::io("open", &path, e))?;
    let reader = ParquetRecordBatchReaderBuilder::try_new(file)
        .and_then(|builder| builder.with_batch_size(1 << 16).build())
        .map_err(|e| damaged(&path).caused_by(e))?;
    let mut standing = Standing {
        as_of: header.as_of,
        ids: Vec::new(),
        segments: header
            .segments
            .into_iter()
            .map(|(id, version, is_discovered)| SegmentVersion { id, version, is_discovered })
            .collect(),
        dates: header.dates,
        layers: header
            .layers
            .into_iter()
            .map(|key| LayerStanding { key, held: Vec::new() })
            .collect(),
    };
    let segments = standing.segments.iter().map(|s| s.id.clone());
    let segments = places(segments.chain([Migration::NONE.to_owned()]));
    let dates = places(standing.dates.iter().cloned());
    for batch in reader {
        let batch = batch?;
        append(&batch, &mut standing, (&segments, &dates)).ok_or_else(|| damaged(&path))?;
    }
    Ok(standing)
}

fn places(words: impl Iterator<Item = String>) -> FxHashMap<String, u16> {
    words.enumerate().map(|(place, word)| (word, place as u16)).collect()
}

/// `None` if a column is missing or refers to what is not there.
fn append(
    batch: &RecordBatch,
    standing: &mut Standing,
    (segments, dates): (&FxHashMap<String, u16>, &FxHashMap<String, u16>),
) -> Option<()> {
    let none = standing.segments.len() as u16;
    let ids = batch.column_by_name("contact_id")?.as_string_opt::<i32>()?;
    standing.ids.extend(ids.iter().flatten().map(str::to_owned));
    for layer in &mut standing.layers {
        let key = &layer.key;
        let column = |of: &str| batch.column_by_name(&format!("{key}{of}"));
        let segment = codes(column("")?, segments)?;
        let since = codes(column(" since")?, dates)?;
        let waiting = codes(column(" waiting for")?, segments)?;
        let seen = column(" waiting times")?.as_primitive_opt::<UInt8Type>()?;
        for row in 0..batch.num_rows() {
            let candidate = waiting[row].map(|segment| Candidate {
                segment: (segment != none).then_some(segment),
                seen: if seen.is_valid(row) { seen.value(row) } else { 0 },
            });
            layer.held.push(Held { segment: segment[row], since: since[row]?, candidate });
        }
    }
    Some(())
}

/// Places of a column's words among all words.
fn codes(column: &ArrayRef, places: &FxHashMap<String, u16>) -> Option<Vec<Option<u16>>> {
    let column = arrow::compute::cast(
        column,
        &DataType::Dictionary(Box::new(DataType::UInt16), Box::new(DataType::Utf8)),
    )
    .ok()?;
    let column = column.as_dictionary_opt::<UInt16Type>()?;
    let words = column.values().as_string_opt::<i32>()?;
    let code = |word: Option<&str>| word.and_then(|word| places.get(word).copied());
    let known: Vec<Option<u16>> = words.iter().map(code).collect();
    let row = |key: Option<u16>| match key {
        None => Some(None),
        Some(key) => known.get(usize::from(key)).copied().flatten().map(Some),
    };
    column.keys().iter().map(row).collect()
}

fn damaged(path: &Path) -> Error {
    Error::data("where contacts stood at the last refresh cannot be read").at_file(path).hint(
        "put back a copy of the folder `refreshes`; or move it aside: the next refresh is then a first one",
    )
}
