//! Who a rule selects: the statement that is shown, run.

use arrow::array::{AsArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Int64Type, UInt64Type};

use crate::error::Result;

use super::ground::Ground;
use super::members::Members;
use super::rule::Rule;

/// Contacts of the first look at a rule.
pub const SAMPLE: usize = 1_000;

/// What a rule selects of a sample: the contacts with the smallest keys. A key is a hash of the id, so
/// that they are as good as drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sample {
    pub contacts: u64,
    pub members: u64,
}

impl Ground {
    /// The contacts that a rule selects. The rule must have been checked.
    pub fn members(&self, rule: &Rule) -> Result<Members> {
        let ids = self.session.words(&self.sql(rule))?;
        Members::find(ids.iter().map(String::as_str), self.ids())
    }

    /// What a rule selects of the first [`SAMPLE`] contacts by key; `None` where there are no more
    /// contacts than that. Reads only their events.
    pub fn sample(&self, rule: &Rule) -> Result<Option<Sample>> {
        if self.ids().len() <= SAMPLE {
            return Ok(None);
        }
        // The smallest keys of those who have features, which are all contacts.
        let keys = self.session.collect(&format!(
            "SELECT contact_key FROM contacts ORDER BY contact_key LIMIT {SAMPLE}"
        ))?;
        let key = |batch: &RecordBatch| -> Result<Option<u64>> {
            let keys = cast(batch.column(0), &DataType::UInt64)?;
            Ok(keys.as_primitive::<UInt64Type>().iter().flatten().max())
        };
        let last = keys.iter().map(key).collect::<Result<Vec<_>>>()?.into_iter().flatten().max();
        let sql = rule.sql(self.surroundings(last));
        let members = self.session.words(&sql)?.len() as u64;
        Ok(Some(Sample { contacts: SAMPLE as u64, members }))
    }
}

/// The rows of a query for words and their counts.
pub(super) fn counted(batches: &[RecordBatch]) -> Result<Vec<(String, i64)>> {
    let mut rows = Vec::new();
    for batch in batches {
        let words = cast(batch.column(0), &DataType::Utf8)?;
        let counts = cast(batch.column(1), &DataType::Int64)?;
        let counts = counts.as_primitive::<Int64Type>().values();
        let words = words.as_string::<i32>().iter().map(|word| word.unwrap_or_default().to_owned());
        rows.extend(words.zip(counts.iter().copied()));
    }
    Ok(rows)
}
