//! Some rows of one table, already in the form of their file.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, BooleanBuilder, Decimal128Builder, Int32Builder, RecordBatch, StringBuilder,
    TimestampMillisecondBuilder,
};
use arrow::datatypes::{DataType, Field, Schema, TimeUnit};

use super::calendar::Calendar;
use super::shop::Format;
use super::table::{Cell, Table};
use crate::error::{Error, Result};

/// Rows made cell by cell from left to right; both formats take the same calls, so that they
/// cannot disagree.
pub(super) struct Block<'a> {
    calendar: &'a Calendar,
    body: Body,
    rows: u64,
}

enum Body {
    Csv(Vec<u8>),
    Columns { columns: Vec<Column>, next: usize },
}

enum Column {
    Text(StringBuilder),
    Time(TimestampMillisecondBuilder),
    Money(Decimal128Builder),
    Whole(Int32Builder),
    Flag(BooleanBuilder),
}

/// Finished rows.
pub(super) enum Rows {
    Csv(Vec<u8>),
    Columns(Vec<ArrayRef>),
}

impl<'a> Block<'a> {
    pub fn new(table: &Table, format: Format, calendar: &'a Calendar) -> Self {
        let body = match format {
            Format::Csv => Body::Csv(Vec::new()),
            Format::Parquet => {
                let columns = table.columns.iter().map(|(_, cell)| Column::new(*cell)).collect();
                Body::Columns { columns, next: 0 }
            }
        };
        Block { calendar, body, rows: 0 }
    }

    pub fn text<'t>(&mut self, value: impl Into<Option<&'t str>>) {
        let value = value.into();
        match &mut self.body {
            Body::Csv(bytes) => {
                push_quoted(value.unwrap_or(""), bytes);
                bytes.push(b',');
            }
            body => {
                if let Some(Column::Text(column)) = body.column() {
                    column.append_option(value);
                }
            }
        }
    }

    pub fn time(&mut self, t: impl Into<Option<i64>>) {
        let t = t.into();
        match &mut self.body {
            Body::Csv(bytes) => {
                if let Some(t) = t {
                    self.calendar.push_text(t, bytes);
                }
                bytes.push(b',');
            }
            body => {
                if let Some(Column::Time(column)) = body.column() {
                    column.append_option(t.map(|t| self.calendar.epoch_s(t) * 1000));
                }
            }
        }
    }

    pub fn money(&mut self, pence: i64) {
        match &mut self.body {
            Body::Csv(bytes) => {
                if pence < 0 {
                    bytes.push(b'-');
                }
                let pence = pence.unsigned_abs();
                push_number(pence / 100, 1, bytes);
                bytes.push(b'.');
                push_number(pence % 100, 2, bytes);
                bytes.push(b',');
            }
            body => {
                if let Some(Column::Money(column)) = body.column() {
                    column.append_value(i128::from(pence));
                }
            }
        }
    }

    pub fn whole(&mut self, value: impl Into<Option<u16>>) {
        let value = value.into();
        match &mut self.body {
            Body::Csv(bytes) => {
                if let Some(value) = value {
                    push_number(u64::from(value), 1, bytes);
                }
                bytes.push(b',');
            }
            body => {
                if let Some(Column::Whole(column)) = body.column() {
                    column.append_option(value.map(i32::from));
                }
            }
        }
    }

    pub fn flag(&mut self, value: Option<bool>) {
        match &mut self.body {
            Body::Csv(bytes) => bytes.extend_from_slice(match value {
                Some(true) => b"true,",
                Some(false) => b"false,",
                None => b",",
            }),
            body => {
                if let Some(Column::Flag(column)) = body.column() {
                    column.append_option(value);
                }
            }
        }
    }

    pub fn end_row(&mut self) {
        self.rows += 1;
        match &mut self.body {
            Body::Csv(bytes) => {
                // The comma after the last cell.
                bytes.pop();
                bytes.push(b'\n');
            }
            Body::Columns { next, .. } => *next = 0,
        }
    }

    /// The rows and their number.
    pub fn finish(self) -> (Rows, u64) {
        let rows = match self.body {
            Body::Csv(bytes) => Rows::Csv(bytes),
            Body::Columns { columns, .. } => {
                Rows::Columns(columns.into_iter().map(Column::finish).collect())
            }
        };
        (rows, self.rows)
    }
}

impl Body {
    /// The column of the next cell; none for CSV.
    fn column(&mut self) -> Option<&mut Column> {
        match self {
            Body::Csv(_) => None,
            Body::Columns { columns, next } => {
                *next += 1;
                columns.get_mut(*next - 1)
            }
        }
    }
}

impl Column {
    fn new(cell: Cell) -> Self {
        match cell {
            Cell::Text => Column::Text(StringBuilder::new()),
            Cell::Time => Column::Time(
                TimestampMillisecondBuilder::new().with_data_type(data_type(Cell::Time)),
            ),
            Cell::Money => {
                Column::Money(Decimal128Builder::new().with_data_type(data_type(Cell::Money)))
            }
            Cell::Whole => Column::Whole(Int32Builder::new()),
            Cell::Flag => Column::Flag(BooleanBuilder::new()),
        }
    }

    fn finish(self) -> ArrayRef {
        match self {
            Column::Text(mut column) => Arc::new(column.finish()),
            Column::Time(mut column) => Arc::new(column.finish()),
            Column::Money(mut column) => Arc::new(column.finish()),
            Column::Whole(mut column) => Arc::new(column.finish()),
            Column::Flag(mut column) => Arc::new(column.finish()),
        }
    }
}

/// The Parquet schema of a table.
pub(super) fn schema(table: &Table) -> Arc<Schema> {
    let field = |(name, cell): &(&str, Cell)| Field::new(*name, data_type(*cell), true);
    Arc::new(Schema::new(table.columns.iter().map(field).collect::<Vec<_>>()))
}

/// The record batch of finished columns.
pub(super) fn record_batch(table: &Table, columns: Vec<ArrayRef>) -> Result<RecordBatch> {
    RecordBatch::try_new(schema(table), columns).map_err(|cause| {
        Error::internal(format!("rows do not fit the table {}", table.name)).caused_by(cause)
    })
}

fn data_type(cell: Cell) -> DataType {
    match cell {
        Cell::Text => DataType::Utf8,
        // An offset: arrow reads zone names only with a feature that we do without.
        Cell::Time => DataType::Timestamp(TimeUnit::Millisecond, Some("+00:00".into())),
        Cell::Money => DataType::Decimal128(12, 2),
        Cell::Whole => DataType::Int32,
        Cell::Flag => DataType::Boolean,
    }
}

fn push_quoted(text: &str, bytes: &mut Vec<u8>) {
    if !text.bytes().any(|byte| matches!(byte, b',' | b'"' | b'\n' | b'\r')) {
        bytes.extend_from_slice(text.as_bytes());
        return;
    }
    bytes.push(b'"');
    for byte in text.bytes() {
        if byte == b'"' {
            bytes.push(b'"');
        }
        bytes.push(byte);
    }
    bytes.push(b'"');
}

/// Appends a number with at least so many digits.
pub(super) fn push_number(number: u64, digits: usize, bytes: &mut Vec<u8>) {
    let mut text = [b'0'; 20];
    let mut at = text.len();
    let mut left = number;
    while left > 0 || text.len() - at < digits {
        at -= 1;
        text[at] = b'0' + (left % 10) as u8;
        left /= 10;
    }
    bytes.extend_from_slice(&text[at..]);
}
