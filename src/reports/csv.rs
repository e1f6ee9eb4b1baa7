//! Tables as CSV: plain machine numbers, percentages as fractions, nothing for a missing value.

use super::cell::{Cell, Form, inert};
use super::document::{Column, Table};
use crate::error::{Error, Result};

/// One table as CSV with a header line.
///
/// A column of intervals becomes a low and a high column, a column of money an amount and a
/// currency column. A unit follows the column's name in brackets; for percentages it is `fraction`.
pub fn render(table: &Table) -> Result<String> {
    let forms: Vec<Form> = (0..table.columns.len()).map(|i| form_of(table, i)).collect();
    let mut writer = csv::WriterBuilder::new().from_writer(Vec::new());
    let failed = |cause: csv::Error| Error::internal("could not make a CSV table").caused_by(cause);
    let heads = table.columns.iter().zip(&forms).enumerate();
    let head = heads.flat_map(|(i, (column, form))| names(column, unit(table, i), *form));
    writer.write_record(head).map_err(failed)?;
    for row in &table.rows {
        writer.write_record(fields(row, &forms)).map_err(failed)?;
    }
    let bytes = writer.into_inner().map_err(|cause| {
        Error::internal("could not make a CSV table").caused_by(cause.to_string())
    })?;
    String::from_utf8(bytes)
        .map_err(|cause| Error::internal("a CSV table is not text").caused_by(cause))
}

/// The widest form of a column's cells.
fn form_of(table: &Table, column: usize) -> Form {
    let cells = table.rows.iter().filter_map(|row| row.get(column));
    cells.map(Cell::form).max().unwrap_or(Form::Single)
}

/// The unit of a column's plain numbers: people see percentages, machines get fractions.
fn unit(table: &Table, column: usize) -> Option<&str> {
    let mut cells = table.rows.iter().filter_map(|row| row.get(column));
    let fractions = cells
        .any(|cell| matches!(cell, Cell::Percent { .. } | Cell::Interval { percent: true, .. }));
    let named = table.columns.get(column).and_then(|column| column.unit.as_deref());
    if fractions { Some("fraction") } else { named }
}

fn names(column: &Column, unit: Option<&str>, form: Form) -> Vec<String> {
    let unit = unit.map(|unit| format!(" [{unit}]")).unwrap_or_default();
    let one = |ending: &&str| match *ending {
        " currency" => inert(&format!("{}{ending}", column.name)),
        _ => inert(&format!("{}{ending}{unit}", column.name)),
    };
    form.endings().iter().map(one).collect()
}

/// One row's fields; a short row is filled up, so that every line has as many fields.
fn fields(row: &[Cell], forms: &[Form]) -> Vec<String> {
    let empty = Cell::Missing(String::new());
    let cell = |i: usize| row.get(i).unwrap_or(&empty);
    forms.iter().enumerate().flat_map(|(i, form)| cell(i).fields(*form)).collect()
}
