//! One value of a table, with one formatting for people and one for machines.

use serde::Serialize;

use super::number;

/// One value of a table.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Cell {
    Text(String),
    /// An id: unchanged in CSV, so that it can be joined on, even where it begins like a formula.
    Id(String),
    /// A whole number of things.
    Count(u64),
    Number {
        value: f64,
        decimals: usize,
    },
    /// `value` is a fraction: 0.25 is shown as 25%.
    Percent {
        value: f64,
        decimals: usize,
    },
    /// `minor` units of a currency with `exponent` decimals (2 for EUR, 0 for JPY).
    Money {
        minor: i64,
        exponent: u8,
        currency: String,
    },
    PValue(f64),
    /// Bounds of an interval, fractions if `percent`; either may be infinite.
    Interval {
        low: f64,
        high: f64,
        percent: bool,
        decimals: usize,
    },
    /// No value, and why.
    Missing(String),
}

impl Cell {
    /// A cell of words.
    pub fn text(text: impl Into<String>) -> Self {
        Cell::Text(text.into())
    }

    /// A cell without a value, and why.
    pub fn missing(reason: impl Into<String>) -> Self {
        Cell::Missing(reason.into())
    }

    /// The value as people read it.
    pub fn shown(&self) -> String {
        match self {
            Cell::Text(text) | Cell::Id(text) => text.clone(),
            Cell::Count(n) => number::count(*n),
            Cell::Number { value, decimals } => number::decimal(*value, *decimals),
            Cell::Percent { value, decimals } => number::percent(*value, *decimals),
            Cell::Money { minor, exponent, currency } => number::money(*minor, *exponent, currency),
            Cell::PValue(p) => number::p_value(*p),
            Cell::Interval { low, high, percent, decimals } => {
                let one = if *percent { number::percent } else { number::decimal };
                format!("{} to {}", one(*low, *decimals), one(*high, *decimals))
            }
            Cell::Missing(_) => number::NONE.to_owned(),
        }
    }

    /// Why there is no value, if there is none.
    pub fn reason(&self) -> Option<&str> {
        match self {
            Cell::Missing(reason) => Some(reason),
            _ => None,
        }
    }

    /// How many CSV columns this kind of cell fills.
    pub(super) fn form(&self) -> Form {
        match self {
            Cell::Interval { .. } => Form::Interval,
            Cell::Money { .. } => Form::Money,
            _ => Form::Single,
        }
    }

    /// The value as machines read it, over the columns of `form`; a missing value is empty.
    pub(super) fn fields(&self, form: Form) -> Vec<String> {
        let mut fields = match self {
            Cell::Text(text) => vec![inert(text)],
            Cell::Id(text) => vec![text.clone()],
            Cell::Count(n) => vec![n.to_string()],
            Cell::Number { value, .. } | Cell::Percent { value, .. } => vec![number::plain(*value)],
            Cell::PValue(p) => vec![number::plain(*p)],
            Cell::Money { minor, exponent, currency } => {
                vec![number::plain_money(*minor, *exponent), inert(currency)]
            }
            Cell::Interval { low, high, .. } => vec![number::plain(*low), number::plain(*high)],
            Cell::Missing(_) => Vec::new(),
        };
        fields.resize(form.width(), String::new());
        fields
    }
}

/// How a table column spreads over CSV columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Form {
    Single,
    /// Amount and currency.
    Money,
    /// Low and high.
    Interval,
}

impl Form {
    /// Endings of the CSV column names.
    pub(super) fn endings(self) -> &'static [&'static str] {
        match self {
            Form::Single => &[""],
            Form::Money => &["", " currency"],
            Form::Interval => &[" low", " high"],
        }
    }

    fn width(self) -> usize {
        self.endings().len()
    }
}

/// A name that a spreadsheet would run as a formula gets an apostrophe in front.
pub(super) fn inert(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}
