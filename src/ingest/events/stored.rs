//! Rows of the lake that new rows may change, read back as if they came from a source.

use std::fs::File;
use std::path::Path;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{Int32Type, Int64Type, TimestampMicrosecondType, UInt64Type};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use rustc_hash::FxHashSet;

use crate::error::{Error, Result};
use crate::lake::schema::MACHINE_BY;

use super::super::words::{Interner, NONE};
use super::WORDS;
use super::chunk::{CONTEXT, HUMAN, MACHINE, MISSING, Row, SILENT};
use super::intake::EventIntake;

/// Rows to a batch.
const BATCH_ROWS: usize = 32_768;

/// One stored slice.
pub struct Stored<'a> {
    pub path: &'a Path,
}

impl Stored<'_> {
    fn failed(&self, cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
        Error::data("a slice of the lake cannot be read")
            .at_file(self.path)
            .caused_by(cause)
            .hint("remove the folder `lake` and run `microseg ingest` again")
    }

    fn builder(&self) -> Result<ParquetRecordBatchReaderBuilder<File>> {
        let file = File::open(self.path).map_err(|e| Error::io("open", self.path, e))?;
        let builder = ParquetRecordBatchReaderBuilder::try_new(file);
        Ok(builder.map_err(|e| self.failed(e))?.with_batch_size(BATCH_ROWS))
    }

    /// True if the slice holds an event with one of these ids. Reads one column.
    pub fn holds(&self, hashes: &FxHashSet<u64>) -> Result<bool> {
        let builder = self.builder()?;
        let mask = ProjectionMask::columns(builder.parquet_schema(), ["event_hash"]);
        for batch in builder.with_projection(mask).build().map_err(|e| self.failed(e))? {
            let batch = batch.map_err(|e| self.failed(e))?;
            let column = batch.column(0).as_primitive::<UInt64Type>();
            if column.iter().flatten().any(|hash| hashes.contains(&hash)) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Gives every row for which `keep` is true to `intake`; as context if `is_context`.
    pub fn read(
        &self,
        intake: &mut EventIntake,
        is_context: bool,
        keep: &dyn Fn(i64) -> bool,
    ) -> Result<()> {
        for batch in self.builder()?.build().map_err(|e| self.failed(e))? {
            let batch = batch.map_err(|e| self.failed(e))?;
            let extra = if is_context { CONTEXT } else { 0 };
            rows(&batch, intake, extra, keep)?;
        }
        Ok(())
    }
}

fn rows(
    batch: &RecordBatch,
    intake: &mut EventIntake,
    extra: u8,
    keep: &dyn Fn(i64) -> bool,
) -> Result<()> {
    let key = batch.column(0).as_primitive::<UInt64Type>();
    let ts = batch.column(1).as_primitive::<TimestampMicrosecondType>();
    let kind = codes(batch.column(2), &mut |word| {
        let code = crate::lake::schema::EVENT_KINDS.binary_search(&word);
        code.map_or(NONE, |code| code as u32)
    });
    let words: Vec<Vec<u32>> = (0..WORDS.len())
        .map(|place| word_codes(batch.column(3 + place), &mut intake.words[place]))
        .collect();
    let after = 3 + WORDS.len();
    let integers = |at: usize| batch.column(after + at).as_primitive::<Int64Type>();
    let (duration, value) = (integers(0), integers(1));
    let machine = batch.column(after + 2).as_boolean();
    let by = codes(batch.column(after + 3), &mut |word| {
        MACHINE_BY.iter().position(|by| *by == word).map_or(NONE, |code| code as u32)
    });
    let hash = batch.column(after + 4).as_primitive::<UInt64Type>();
    let updated = batch.column(after + 5).as_primitive::<TimestampMicrosecondType>();
    let integer = |array: &arrow::array::Int64Array, row: usize| {
        if array.is_null(row) { MISSING } else { array.value(row) }
    };
    for row in (0..batch.num_rows()).filter(|&row| keep(ts.value(row))) {
        // A rule's verdict is made anew; the platform's stays.
        let said = by[row] != NONE && MACHINE_BY[by[row] as usize] == "platform";
        let flag = match (said, machine.value(row)) {
            (false, _) => SILENT,
            (true, false) => HUMAN,
            (true, true) => MACHINE,
        };
        let mut event = Row {
            key: key.value(row),
            ts: ts.value(row),
            kind: kind[row] as u8,
            flag: flag | extra,
            words: [NONE; WORDS.len()],
            duration_ms: integer(duration, row),
            value_minor: integer(value, row),
            hash: if hash.is_null(row) { 0 } else { hash.value(row) },
            updated_us: if updated.is_null(row) { MISSING } else { updated.value(row) },
        };
        for (word, column) in event.words.iter_mut().zip(&words) {
            *word = column[row];
        }
        intake.keep(&event)?;
    }
    Ok(())
}

fn word_codes(column: &dyn Array, words: &mut Interner) -> Vec<u32> {
    codes(column, &mut |word| words.code(word))
}

/// The codes of a dictionary column by what `code` makes of each word.
fn codes(column: &dyn Array, code: &mut dyn FnMut(&str) -> u32) -> Vec<u32> {
    let column = column.as_dictionary::<Int32Type>();
    let texts = column.values().as_string::<i32>();
    // Only words that occur: a dictionary may hold others.
    let mut known: Vec<Option<u32>> = vec![None; texts.len()];
    let of = |key: Option<i32>| match key {
        None => NONE,
        Some(key) => *known[key as usize].get_or_insert_with(|| code(texts.value(key as usize))),
    };
    column.keys().iter().map(of).collect()
}
