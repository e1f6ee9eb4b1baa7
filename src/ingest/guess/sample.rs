//! Some rows of the files of one shape, column by column.

use std::path::Path;

use arrow::array::{ArrayRef, UInt32Array};

use crate::error::{Error, Result};

use super::super::source::{self, Format, RawBatch};

/// Rows looked at, over all files of a shape: enough to meet every common word and to tell days
/// from months, and read in well under a second.
const ROWS: usize = 2_000;
/// At least so many rows of each file.
const LEAST_ROWS: usize = 100;

/// A sample of the rows of files that share a header.
pub struct Sample {
    pub names: Vec<String>,
    pub columns: Vec<ArrayRef>,
}

impl Sample {
    /// Samples every file. Columns of a type that cannot be read are left out.
    pub fn of(files: &[&Path]) -> Result<Self> {
        let budget = (ROWS / files.len().max(1)).max(LEAST_ROWS);
        let mut sample: Option<Sample> = None;
        for file in files {
            let next = Sample::of_file(file, budget)?;
            sample = Some(match sample {
                Some(so_far) => so_far.with(next),
                None => next,
            });
        }
        sample.ok_or_else(|| Error::internal("a shape without a file"))
    }

    fn of_file(file: &Path, budget: usize) -> Result<Self> {
        let names = distinct_header(file)?;
        match first_rows(file, &names, budget) {
            Ok(columns) => Ok(Sample { names, columns }),
            Err(_) if source::detect(file)? == Format::Parquet => {
                Ok(Sample::of_readable_columns(file, names, budget))
            }
            Err(error) => Err(error),
        }
    }

    /// One nested column must not hide the others.
    fn of_readable_columns(file: &Path, names: Vec<String>, budget: usize) -> Self {
        let mut sample = Sample { names: Vec::new(), columns: Vec::new() };
        for name in names {
            if let Ok(columns) = first_rows(file, std::slice::from_ref(&name), budget) {
                sample.names.push(name);
                sample.columns.extend(columns);
            }
        }
        sample
    }

    /// Rows of both. Columns that only one has, or that differ in type, keep their own rows only if
    /// all columns can be joined; otherwise the first file speaks for the others.
    fn with(self, other: Sample) -> Self {
        let joined: Option<Vec<ArrayRef>> = self
            .names
            .iter()
            .zip(&self.columns)
            .map(|(name, column)| {
                let place = other.names.iter().position(|n| n == name)?;
                let pair = [column.as_ref(), other.columns[place].as_ref()];
                arrow::compute::concat(&pair).ok()
            })
            .collect();
        match joined {
            Some(columns) => Sample { names: self.names, columns },
            None => self,
        }
    }
}

/// The header's names, each once: a second column of a name cannot be told apart from the first.
pub fn distinct_header(file: &Path) -> Result<Vec<String>> {
    let mut names: Vec<String> = Vec::new();
    for name in source::header(file)? {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    Ok(names)
}

/// Picks rows of the file's first batch.
fn first_rows(file: &Path, names: &[String], budget: usize) -> Result<Vec<ArrayRef>> {
    let mut first: Option<RawBatch> = None;
    let outcome = source::stream(file, names, &mut |batch| {
        if first.is_some() {
            return Err(Error::internal("the sample is complete"));
        }
        first = Some(batch);
        Ok(())
    });
    let Some(batch) = first else {
        outcome?;
        return Ok(names.iter().map(|_| arrow::array::new_empty_array(&TEXT)).collect());
    };
    let rows = UInt32Array::from(picks(batch.rows(), budget));
    let pick = |column: &ArrayRef| {
        arrow::compute::take(column, &rows, None)
            .map_err(|e| Error::internal("sampling failed").caused_by(e))
    };
    batch.columns.iter().map(pick).collect()
}

const TEXT: arrow::datatypes::DataType = arrow::datatypes::DataType::Utf8;

/// Half of the rows from the start, where the lines of an order stand together; half spread over
/// the rest, so that a file sorted by time shows more than its first day.
fn picks(rows: usize, budget: usize) -> Vec<u32> {
    if rows <= budget {
        return (0..rows as u32).collect();
    }
    let head = budget / 2;
    let rest = budget - head;
    let spread = (0..rest).map(|i| head + i * (rows - head) / rest);
    (0..head).chain(spread).map(|row| row as u32).collect()
}
