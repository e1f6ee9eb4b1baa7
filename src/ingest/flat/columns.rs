//! Any columns of a file, as text and as numbers, kept whole.

use std::path::Path;

use crate::error::{Error, Result};

use super::super::cell::Cells;
use super::super::quarantine::{Fault, Quarantine, Rule};
use super::super::source::{self, RawBatch};
use super::super::words::WordColumn;

/// Columns of one file, as text and as numbers; a row with a cell that is no number is left out.
#[derive(Default)]
pub struct FlatColumns {
    pub texts: Vec<WordColumn>,
    /// NaN where missing.
    pub numbers: Vec<Vec<f64>>,
    pub rows: u64,
    pub quarantine: Quarantine,
}

/// Reads the columns called `texts` and `numbers` of the file at `path`.
pub fn read_columns(path: &Path, texts: &[String], numbers: &[String]) -> Result<FlatColumns> {
    let wanted: Vec<String> = texts.iter().chain(numbers).cloned().collect();
    let mut columns = FlatColumns {
        texts: texts.iter().map(|_| WordColumn::default()).collect(),
        numbers: vec![Vec::new(); numbers.len()],
        ..FlatColumns::default()
    };
    let file = columns.quarantine.file(path);
    source::stream(path, &wanted, &mut |batch| {
        columns.push(&batch, texts.len(), &wanted, file);
        Ok(())
    })?;
    if columns.rows == 0 {
        return Err(Error::data("there is a header and no rows")
            .at_file(path)
            .hint("check the export's date range and filters"));
    }
    columns.quarantine.sort();
    Ok(columns)
}

impl FlatColumns {
    /// Rows that were kept.
    pub fn kept(&self) -> u64 {
        self.rows - self.quarantine.len() as u64
    }

    fn push(&mut self, batch: &RawBatch, texts: usize, names: &[String], file: u32) {
        self.rows += (batch.rows() + batch.faults.len()) as u64;
        for fault in &batch.faults {
            self.quarantine.add(file, fault.clone());
        }
        let cells: Vec<Cells<'_>> = batch.columns.iter().map(|c| Cells::of(c.as_ref())).collect();
        let mut values = vec![0.0; cells.len() - texts];
        for row in 0..batch.rows() {
            match numbers_of(&cells[texts..], row, &mut values) {
                Ok(()) => self.keep(&cells[..texts], row, &values),
                Err((place, rule)) => {
                    let cell = cells[texts + place].text(row).unwrap_or_default();
                    let name = &names[texts + place];
                    let fault = Fault::new(batch.lines.of(row), name, &cell, rule);
                    self.quarantine.add(file, fault);
                }
            }
        }
    }

    fn keep(&mut self, texts: &[Cells<'_>], row: usize, values: &[f64]) {
        for (column, cell) in self.texts.iter_mut().zip(texts) {
            column.push(cell.text(row).as_deref());
        }
        for (column, value) in self.numbers.iter_mut().zip(values) {
            column.push(*value);
        }
    }
}

fn numbers_of(cells: &[Cells<'_>], row: usize, values: &mut [f64]) -> Result<(), (usize, Rule)> {
    for (place, (cell, value)) in cells.iter().zip(values).enumerate() {
        *value = cell.number(row).map_err(|rule| (place, rule))?.unwrap_or(f64::NAN);
    }
    Ok(())
}
