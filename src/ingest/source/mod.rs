//! Source files as batches of columns: CSV, NDJSON and Parquet, plain, `.gz` or `.zst`.
//!
//! A [`RawBatch`] holds the wanted columns with the line of every row, and the rows that could not
//! be read at all. Reading runs on a thread of its own, so that parsing overlaps with decoding.

mod csv;
mod format;
mod ndjson;
mod parquet;
mod paths;

use std::path::Path;

use arrow::array::ArrayRef;

use crate::error::{Error, Kind, Result};

use super::quarantine::{Fault, Rule};

pub use format::{Format, detect};
pub use paths::resolve;

/// Rows to a batch: small enough to stay in cache, large enough to make per-batch work vanish.
const BATCH_ROWS: usize = 32_768;

/// Some rows of a file: the wanted columns, in the order they were asked for.
pub struct RawBatch {
    pub columns: Vec<ArrayRef>,
    pub lines: Lines,
    pub faults: Vec<Fault>,
}

/// The line of each row. Parquet has no lines: there it is the row's number, from 1.
pub enum Lines {
    Each(Vec<u64>),
    From(u64),
}

impl Lines {
    pub fn of(&self, row: usize) -> u64 {
        match self {
            Lines::Each(lines) => lines[row],
            Lines::From(first) => first + row as u64,
        }
    }
}

impl RawBatch {
    pub fn rows(&self) -> usize {
        self.columns.first().map_or(0, |c| c.len())
    }
}

/// Column names of a file. For NDJSON: the keys of the first rows.
pub fn header(path: &Path) -> Result<Vec<String>> {
    match detect(path)? {
        Format::Csv => csv::header(path),
        Format::Ndjson => ndjson::header(path),
        Format::Parquet => parquet::header(path),
    }
}

/// Calls `take` with every batch of the file at `path`. Each wanted column must exist.
pub fn stream(
    path: &Path,
    wanted: &[String],
    take: &mut dyn FnMut(RawBatch) -> Result<()>,
) -> Result<()> {
    let format = detect(path)?;
    let known = header(path)?;
    for name in wanted {
        if format != Format::Ndjson && !known.contains(name) {
            let known = known.iter().map(String::as_str);
            return Err(Error::unknown(Kind::Settings, "column", name, known).at_file(path));
        }
    }
    std::thread::scope(|scope| {
        let (sender, receiver) = std::sync::mpsc::sync_channel(4);
        let reader = scope.spawn(move || {
            // A closed channel means that the taker failed; its error is the one to report.
            let mut send = |batch| sender.send(batch).is_ok();
            match format {
                Format::Csv => csv::read(path, wanted, &mut send),
                Format::Ndjson => ndjson::read(path, wanted, &mut send),
                Format::Parquet => parquet::read(path, wanted, &mut send),
            }
        });
        let taken = receiver.iter().try_for_each(&mut *take);
        drop(receiver);
        let read = reader.join().unwrap_or_else(|_| Err(Error::internal("a reader panicked")));
        taken.and(read)
    })
}

/// Collects text cells of one batch, column by column.
struct TextColumns {
    builders: Vec<arrow::array::StringBuilder>,
    lines: Vec<u64>,
    faults: Vec<Fault>,
}

impl TextColumns {
    fn new(columns: usize) -> Self {
        TextColumns {
            builders: (0..columns).map(|_| arrow::array::StringBuilder::new()).collect(),
            lines: Vec::new(),
            faults: Vec::new(),
        }
    }

    fn push(&mut self, line: u64, cells: &[Option<&str>]) {
        for (builder, cell) in self.builders.iter_mut().zip(cells) {
            builder.append_option(*cell);
        }
        self.lines.push(line);
    }

    fn fault(&mut self, line: u64, rule: Rule, value: &str) {
        self.faults.push(Fault::new(line, "", value, rule));
    }

    fn is_full(&self) -> bool {
        self.lines.len() + self.faults.len() >= BATCH_ROWS
    }

    fn is_empty(&self) -> bool {
        self.lines.is_empty() && self.faults.is_empty()
    }

    fn take(&mut self) -> RawBatch {
        RawBatch {
            columns: self
                .builders
                .iter_mut()
                .map(|b| std::sync::Arc::new(b.finish()) as _)
                .collect(),
            lines: Lines::Each(std::mem::take(&mut self.lines)),
            faults: std::mem::take(&mut self.faults),
        }
    }
}

/// A cell's text, trimmed; the ways in which exports write "nothing" become `None`.
fn present(text: &str) -> Option<&str> {
    let text = text.trim();
    (!matches!(text, "" | "NULL" | "null" | "\\N")).then_some(text)
}
