//! A query's result, column by column.

use std::collections::HashMap;

use arrow::array::{AsArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Float64Type};

use super::super::units::Levels;
use super::statement::SEGMENT_COLUMN;
use crate::error::Result;

/// Level of a segment column for contacts without a value.
pub const UNKNOWN_LEVEL: &str = "(unknown)";

/// The columns by name, whatever the batches. Numbers that are missing are NaN.
pub(super) struct Columns {
    texts: HashMap<String, Vec<Option<String>>>,
    numbers: HashMap<String, Vec<f64>>,
}

impl Columns {
    pub(super) fn read(batches: &[RecordBatch]) -> Result<Self> {
        let mut columns = Columns { texts: HashMap::new(), numbers: HashMap::new() };
        for batch in batches {
            for (field, array) in batch.schema().fields().iter().zip(batch.columns()) {
                let name = field.name().clone();
                if is_number(&name) {
                    let values = cast(array, &DataType::Float64)?;
                    let values = values.as_primitive::<Float64Type>().iter();
                    let column = columns.numbers.entry(name).or_default();
                    column.extend(values.map(|v| v.unwrap_or(f64::NAN)));
                } else {
                    let values = cast(array, &DataType::Utf8)?;
                    let values = values.as_string::<i32>().iter();
                    let column = columns.texts.entry(name).or_default();
                    column.extend(values.map(|v| v.map(str::to_owned)));
                }
            }
        }
        Ok(columns)
    }

    pub(super) fn number(&self, name: &str) -> &[f64] {
        self.numbers.get(name).map_or(&[], Vec::as_slice)
    }

    pub(super) fn text(&self, name: &str) -> &[Option<String>] {
        self.texts.get(name).map_or(&[], Vec::as_slice)
    }

    /// The level of a breakdown in one row; that of the proposal comes from `segments`, by contact.
    pub(super) fn level<'a>(
        &'a self,
        column: &str,
        row: usize,
        segments: &'a HashMap<String, String>,
    ) -> Option<&'a str> {
        if column == SEGMENT_COLUMN {
            let id = self.text("contact_id").get(row)?.as_deref()?;
            return segments.get(id).map(String::as_str);
        }
        self.text(&format!("by_{column}")).get(row)?.as_deref()
    }
}

fn is_number(name: &str) -> bool {
    const NUMBERS: [&str; 5] = ["is_mature", "was_sent", "start_us", "assigned_us", "first_hours"];
    name.starts_with("metric_") || name.starts_with("log_") || NUMBERS.contains(&name)
}

impl Levels {
    /// Codes labels in sorted order; a missing one is [`UNKNOWN_LEVEL`].
    pub fn of<'a>(labels: impl Iterator<Item = Option<&'a str>>) -> Self {
        let labels: Vec<&str> = labels.map(|l| l.unwrap_or(UNKNOWN_LEVEL)).collect();
        let names: std::collections::BTreeSet<&str> = labels.iter().copied().collect();
        let names: Vec<&str> = names.into_iter().collect();
        let code = |label: &&str| names.binary_search(label).unwrap_or(0) as u32;
        let codes = labels.iter().map(code).collect();
        Levels { codes, names: names.iter().map(|n| (*n).to_owned()).collect() }
    }
}
