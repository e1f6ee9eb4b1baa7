//! Days, money and reasons as they are shown.

use jiff::civil::date;

use crate::estimate::Estimate;
use crate::ingest::exponent;
use crate::predict::churn::{Measure, Reason};
use crate::predict::scores::Range;
use crate::reports::{Cell, number};

/// Days since 1970 as "1998-06-30".
pub fn day(days: i32) -> String {
    let span = jiff::Span::new().try_days(days);
    let date = span.and_then(|span| date(1970, 1, 1).checked_add(span));
    date.map_or_else(|_| number::NONE.to_owned(), |date| date.to_string())
}

/// A sum in whole major units: "EUR 324,101".
pub fn sum(major: f64, currency: &str) -> String {
    match major.is_finite() {
        true => number::money(major.round() as i64, 0, currency),
        false => number::NONE.to_owned(),
    }
}

/// An amount to the minor unit.
pub fn amount(major: f64, currency: &str) -> Cell {
    let exponent = exponent(currency);
    if !major.is_finite() {
        return Cell::missing("not a number");
    }
    Cell::Money {
        minor: (major * 10f64.powi(exponent as i32)).round() as i64,
        exponent: exponent as u8,
        currency: currency.to_owned(),
    }
}

/// An amount that may be missing.
pub fn amount_or(major: Option<f64>, currency: &str, why: &str) -> Cell {
    major.map_or(Cell::missing(why), |major| amount(major, currency))
}

pub fn count(n: usize) -> String {
    number::count(n as u64)
}

pub fn decimal(value: f64, decimals: usize) -> Cell {
    Cell::Number { value, decimals }
}

pub fn percent(value: f64) -> Cell {
    Cell::Percent { value, decimals: 1 }
}

/// The interval of a number.
pub fn range(range: Range, decimals: usize) -> Cell {
    Cell::Interval { low: range.low, high: range.high, percent: false, decimals }
}

pub fn interval(estimate: &Estimate, decimals: usize) -> Cell {
    Cell::Interval { low: estimate.low, high: estimate.high, percent: false, decimals }
}

/// A fragment as a sentence: with a capital, and a full stop if it has none.
pub fn sentence(text: &str) -> String {
    let mut letters = text.trim().chars();
    let Some(first) = letters.next() else { return String::new() };
    let stop = if text.trim_end().ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{}{}{stop}", first.to_uppercase(), letters.as_str())
}

/// "raises: days since the last order (120); lowers: money spent (EUR 310.00)".
pub fn reasons(reasons: &[Reason], currency: &str) -> Cell {
    if reasons.is_empty() {
        return Cell::missing(
            "the way that is used says the same of everybody, or gives no reasons",
        );
    }
    let word = |reason: &Reason| {
        let way = if reason.log_odds > 0.0 { "raises" } else { "lowers" };
        format!("{way}: {} ({})", reason.what, fact(reason, currency))
    };
    Cell::text(reasons.iter().map(word).collect::<Vec<_>>().join("; "))
}

fn fact(reason: &Reason, currency: &str) -> String {
    let Some(value) = reason.value.filter(|value| value.is_finite()) else {
        return "none".to_owned();
    };
    match reason.measure {
        Measure::MinorUnits => {
            return number::money(value.round() as i64, exponent(currency) as u8, currency);
        }
        Measure::Logit => return number::percent(value, 1),
        Measure::Plain => {}
    }
    let decimals = match value.abs() {
        size if size.fract() == 0.0 || size >= 100.0 => 0,
        size if size >= 1.0 => 1,
        _ => 3,
    };
    number::decimal(value, decimals)
}
