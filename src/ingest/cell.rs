//! One mapped column of a batch, read cell by cell.

use std::borrow::Cow;

use arrow::array::{
    Array, AsArray, BooleanArray, Float64Array, Int32Array, Int64Array, StringArray,
    TimestampMicrosecondArray,
};
use arrow::datatypes::{DataType, Float64Type, Int32Type, Int64Type, TimestampMicrosecondType};

use super::money::MoneyReader;
use super::quarantine::Rule;
use super::time::TimeReader;
use super::words::address_code;
use crate::error::has_address;

/// A text with an address in it becomes a code: no address goes further than this, in no column.
fn without_address(text: &str) -> Cow<'_, str> {
    if has_address(text) { Cow::Owned(address_code(text)) } else { Cow::Borrowed(text) }
}

/// The cells of one canonical column.
pub enum Cells<'a> {
    /// Not mapped: every cell is missing.
    Absent,
    /// The same text in every row.
    Constant(&'a str),
    Text(&'a StringArray),
    /// Codes, and the words that they stand for.
    Word(&'a Int32Array, &'a StringArray),
    Integer(&'a Int64Array),
    Float(&'a Float64Array),
    Flag(&'a BooleanArray),
    Time(&'a TimestampMicrosecondArray, bool),
}

impl<'a> Cells<'a> {
    /// Wraps an array of one of the types that sources deliver; any other type reads as absent,
    /// which the sources' own conversion rules out.
    pub fn of(array: &'a dyn Array) -> Self {
        match array.data_type() {
            DataType::Utf8 => Cells::Text(array.as_string()),
            DataType::Dictionary(_, _) => match array.as_dictionary_opt::<Int32Type>() {
                Some(words) => match words.values().as_string_opt() {
                    Some(texts) => Cells::Word(words.keys(), texts),
                    None => Cells::Absent,
                },
                None => Cells::Absent,
            },
            DataType::Int64 => Cells::Integer(array.as_primitive::<Int64Type>()),
            DataType::Float64 => Cells::Float(array.as_primitive::<Float64Type>()),
            DataType::Boolean => Cells::Flag(array.as_boolean()),
            DataType::Timestamp(_, zone) => {
                Cells::Time(array.as_primitive::<TimestampMicrosecondType>(), zone.is_some())
            }
            _ => Cells::Absent,
        }
    }

    pub fn is_missing(&self, row: usize) -> bool {
        match self {
            Cells::Absent => true,
            Cells::Constant(_) => false,
            Cells::Text(a) => a.is_null(row) || a.value(row).trim().is_empty(),
            Cells::Word(codes, texts) => {
                codes.is_null(row) || texts.value(codes.value(row) as usize).trim().is_empty()
            }
            Cells::Integer(a) => a.is_null(row),
            Cells::Float(a) => a.is_null(row),
            Cells::Flag(a) => a.is_null(row),
            Cells::Time(a, _) => a.is_null(row),
        }
    }

    /// The cell as text; whole numbers without a fraction, whatever their stored type.
    pub fn text(&self, row: usize) -> Option<Cow<'_, str>> {
        if self.is_missing(row) {
            return None;
        }
        Some(match self {
            Cells::Absent => return None,
            Cells::Constant(text) => Cow::Borrowed(*text),
            Cells::Text(a) => without_address(a.value(row).trim()),
            Cells::Word(codes, texts) => {
                without_address(texts.value(codes.value(row) as usize).trim())
            }
            Cells::Integer(a) => Cow::Owned(a.value(row).to_string()),
            Cells::Float(a) => Cow::Owned(a.value(row).to_string()),
            Cells::Flag(a) => Cow::Borrowed(if a.value(row) { "true" } else { "false" }),
            Cells::Time(a, _) => Cow::Owned(a.value(row).to_string()),
        })
    }

    /// The cell's text as it stands, with an address if it is one: to be looked at, never kept.
    pub fn raw_text(&self, row: usize) -> Option<&str> {
        if self.is_missing(row) {
            return None;
        }
        match self {
            Cells::Text(a) => Some(a.value(row).trim()),
            Cells::Word(codes, texts) => Some(texts.value(codes.value(row) as usize).trim()),
            Cells::Constant(text) => Some(text),
            _ => None,
        }
    }

    /// As [`Cells::raw_text`], only where the text is an address.
    pub fn raw_address(&self, row: usize) -> Option<&str> {
        self.raw_text(row).filter(|text| text.contains('@'))
    }

    /// The cell as a time, in microseconds UTC.
    pub fn time(&self, row: usize, reader: &TimeReader) -> Result<Option<i64>, Rule> {
        if self.is_missing(row) {
            return Ok(None);
        }
        match self {
            Cells::Time(a, has_zone) => reader.micros(a.value(row), *has_zone),
            Cells::Integer(a) => reader.integer(a.value(row)),
            Cells::Float(a) => reader.text(&a.value(row).to_string()),
            Cells::Text(a) => reader.text(a.value(row)),
            Cells::Word(codes, texts) => reader.text(texts.value(codes.value(row) as usize)),
            Cells::Constant(text) => reader.text(text),
            _ => Err(Rule::NotATime),
        }
        .map(Some)
    }

    /// The cell as minor units.
    pub fn money(&self, row: usize, reader: MoneyReader) -> Result<Option<i64>, Rule> {
        if self.is_missing(row) {
            return Ok(None);
        }
        match self {
            Cells::Float(a) => reader.float(a.value(row)),
            Cells::Integer(a) => reader.float(a.value(row) as f64),
            Cells::Text(a) => reader.text(a.value(row)),
            Cells::Constant(text) => reader.text(text),
            _ => Err(Rule::NotAnAmount),
        }
        .map(Some)
    }

    /// This cell times `price`, in minor units.
    pub fn money_with(
        &self,
        price: &Cells<'_>,
        row: usize,
        reader: MoneyReader,
    ) -> Result<Option<i64>, Rule> {
        if self.is_missing(row) || price.is_missing(row) {
            return Ok(None);
        }
        if let (Cells::Float(price), Some(quantity)) = (price, self.number(row)?) {
            return reader.float(quantity * price.value(row)).map(Some);
        }
        match (self.text(row), price.text(row)) {
            (Some(quantity), Some(price)) => reader.product(&quantity, &price).map(Some),
            _ => Ok(None),
        }
    }

    /// The cell as a finite number.
    pub fn number(&self, row: usize) -> Result<Option<f64>, Rule> {
        if self.is_missing(row) {
            return Ok(None);
        }
        let value = match self {
            Cells::Float(a) => a.value(row),
            Cells::Integer(a) => a.value(row) as f64,
            Cells::Text(a) => a.value(row).trim().parse().map_err(|_| Rule::NotANumber)?,
            Cells::Constant(text) => text.parse().map_err(|_| Rule::NotANumber)?,
            _ => return Err(Rule::NotANumber),
        };
        if value.is_finite() { Ok(Some(value)) } else { Err(Rule::NotFinite) }
    }

    /// The cell as true or false.
    pub fn flag(&self, row: usize) -> Result<Option<bool>, Rule> {
        if let Cells::Flag(a) = self {
            return Ok((!a.is_null(row)).then(|| a.value(row)));
        }
        match self.text(row).as_deref() {
            None => Ok(None),
            Some(text) => match text.to_ascii_lowercase().as_str() {
                "true" | "1" | "yes" | "t" | "y" => Ok(Some(true)),
                "false" | "0" | "no" | "f" | "n" => Ok(Some(false)),
                _ => Err(Rule::NotAFlag),
            },
        }
    }
}
