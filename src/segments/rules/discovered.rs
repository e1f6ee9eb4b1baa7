//! Discovered segments, as a proposal on disk has them.

use std::collections::BTreeMap;
use std::path::Path;

use arrow::array::AsArray;
use arrow::compute::cast;
use arrow::datatypes::{DataType, Int64Type};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde::Deserialize;

use crate::error::{Error, Result};

use super::members::Members;
use super::rule::Rule;

const HINT: &str = "run `microseg propose` again";

/// One discovered segment.
#[derive(Debug, Clone, PartialEq)]
pub struct Discovered {
    pub id: String,
    pub name: String,
    /// The rule that describes it, where the proposal has one. Its members are the model's, not the
    /// rule's.
    pub rule: Option<Rule>,
    pub members: Members,
}

/// The parts of `proposal.json` that are read here.
#[derive(Deserialize)]
struct Stored {
    segments: Vec<StoredSegment>,
}

#[derive(Deserialize)]
struct StoredSegment {
    number: i64,
    id: String,
    name: String,
    #[serde(default)]
    rule: Option<Rule>,
}

/// Reads the segments of the proposal in `dir`; `ids` are those of all contacts, ascending.
///
/// # Errors
///
/// A data error if the proposal cannot be read, or is of other contacts.
pub fn read(dir: &Path, ids: &[String]) -> Result<Vec<Discovered>> {
    let path = dir.join("proposal.json");
    let bytes = std::fs::read(&path).map_err(|e| Error::io("read", &path, e).hint(HINT))?;
    let stored: Stored = serde_json::from_slice(&bytes).map_err(|e| {
        Error::data("the proposal cannot be understood").at_file(&path).caused_by(e).hint(HINT)
    })?;
    let mut members = members(&dir.join("membership.parquet"))?;
    let discovered = |segment: StoredSegment| {
        let ids_of = members.remove(&segment.number).unwrap_or_default();
        Ok(Discovered {
            id: segment.id,
            members: Members::find(ids_of.iter().map(String::as_str), ids)?,
            name: segment.name,
            rule: segment.rule,
        })
    };
    stored.segments.into_iter().map(discovered).collect()
}

/// Ids by number of segment, in the order of the file, which is that of ids.
fn members(path: &Path) -> Result<BTreeMap<i64, Vec<String>>> {
    let failed = |e: parquet::errors::ParquetError| {
        Error::data("the segments cannot be read").at_file(path).caused_by(e).hint(HINT)
    };
    let file = std::fs::File::open(path).map_err(|e| Error::io("open", path, e).hint(HINT))?;
    let reader =
        ParquetRecordBatchReaderBuilder::try_new(file).and_then(|b| b.build()).map_err(failed)?;
    let mut members: BTreeMap<i64, Vec<String>> = BTreeMap::new();
    for batch in reader {
        let batch = batch?;
        let column = |name: &str, of: &DataType| {
            let column = batch.column_by_name(name).ok_or_else(|| {
                Error::data("the segments are of another version").at_file(path).hint(HINT)
            })?;
            Ok::<_, Error>(cast(column, of)?)
        };
        let ids = column("contact_id", &DataType::Utf8)?;
        let numbers = column("segment", &DataType::Int64)?;
        let numbers = numbers.as_primitive::<Int64Type>();
        for (id, number) in ids.as_string::<i32>().iter().zip(numbers) {
            if let (Some(id), Some(number)) = (id, number) {
                members.entry(number).or_default().push(id.to_owned());
            }
        }
    }
    Ok(members)
}
