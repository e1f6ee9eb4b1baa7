//! Source files as batches of columns: CSV, NDJSON and Parquet, plain, `.gz` or `.zst`.
//!
//! A [`RawBatch`] holds the wanted columns with the line of every row, and the rows that could not
//! be read at all. Reading runs on a thread of its own, so that parsing overlaps with decoding.

mod blocks;
mod csv;
mod format;
mod ndjson;
mod parquet;
mod paths;
mod shares;

use std::path::Path;

use arrow::array::ArrayRef;

use crate::error::{Error, Kind, Result};

use super::quarantine::{Fault, Rule};

pub use format::{Format, detect};
pub use paths::resolve;
pub use shares::{parts, share_out};

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

/// A part of a file that can be read by itself.
enum Job {
    /// Whole records of a text file, from this line on; the last part ends with the file.
    Text {
        bytes: Vec<u8>,
        first_line: u64,
        is_last: bool,
    },
    RowGroup {
        number: usize,
        first_row: u64,
    },
}

/// A file opened for some of its columns.
struct Opened<'a> {
    path: &'a Path,
    wanted: &'a [String],
    layout: Layout,
    batch_rows: usize,
}

enum Layout {
    Csv(csv::Layout),
    Ndjson,
    Parquet(parquet::Layout),
}

impl<'a> Opened<'a> {
    /// Each wanted column must exist. Those for which `repeats` is true hold few different words:
    /// Parquet delivers them as dictionaries.
    fn new(path: &'a Path, wanted: &'a [String], repeats: &[bool]) -> Result<Self> {
        let format = detect(path)?;
        let known = header(path)?;
        for name in wanted {
            if format != Format::Ndjson && !known.contains(name) {
                let known = known.iter().map(String::as_str);
                return Err(Error::unknown(Kind::Settings, "column", name, known).at_file(path));
            }
        }
        let layout = match format {
            Format::Csv => Layout::Csv(csv::Layout::new(path, wanted)?),
            Format::Ndjson => Layout::Ndjson,
            Format::Parquet => Layout::Parquet(parquet::Layout::new(path, wanted, repeats)?),
        };
        Ok(Opened { path, wanted, layout, batch_rows: BATCH_ROWS })
    }

    /// Cuts the file into parts; stops when `send` returns false.
    fn jobs(&self, send: &mut dyn FnMut(Job) -> bool) -> Result<()> {
        match &self.layout {
            Layout::Csv(layout) => blocks::records(self.path, layout.separator(), send),
            Layout::Ndjson => blocks::lines(self.path, send),
            Layout::Parquet(layout) => {
                layout.jobs(send);
                Ok(())
            }
        }
    }

    /// Reads one part, batch by batch; stops when `take` returns false.
    fn read(&self, job: Job, take: &mut dyn FnMut(RawBatch) -> bool) -> Result<()> {
        match (&self.layout, job) {
            (Layout::Csv(layout), Job::Text { bytes, first_line, is_last }) => {
                let text = csv::Text { bytes, first_line, is_last };
                layout.read(self.path, text, take)
            }
            (Layout::Parquet(layout), Job::RowGroup { number, first_row }) => {
                layout.read(self.path, (number, first_row), self.batch_rows, take)
            }
            (_, Job::Text { bytes, first_line, .. }) => {
                ndjson::read(&bytes, first_line, self.wanted, take);
                Ok(())
            }
            (_, Job::RowGroup { .. }) => Err(Error::internal("a text file has no row groups")),
        }
    }
}

/// Calls `take` with every batch of the file at `path`, in order. Each wanted column must exist.
pub fn stream(
    path: &Path,
    wanted: &[String],
    take: &mut dyn FnMut(RawBatch) -> Result<()>,
) -> Result<()> {
    let opened = Opened::new(path, wanted, &vec![false; wanted.len()])?;
    std::thread::scope(|scope| {
        let (sender, receiver) = std::sync::mpsc::sync_channel(4);
        let opened = &opened;
        let reader = scope.spawn(move || {
            let mut outcome = Ok(());
            opened.jobs(&mut |job| {
                // A closed channel means that the taker failed; its error is the one to report.
                let mut open = true;
                outcome = opened.read(job, &mut |batch| {
                    open = sender.send(batch).is_ok();
                    open
                });
                open && outcome.is_ok()
            })?;
            outcome
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

    fn push<'a>(&mut self, line: u64, cells: impl Iterator<Item = Option<&'a str>>) {
        for (builder, cell) in self.builders.iter_mut().zip(cells) {
            builder.append_option(cell);
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
