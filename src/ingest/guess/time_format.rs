//! How a column writes times, told from its values.

use jiff::tz::TimeZone;

use super::super::time::TimeReader;
use super::column::Column;

/// Numbers after this are no moments but ids: 2100-01-01 UTC.
const LATEST_US: i64 = 4_102_444_800_000_000;
/// A column is one of times if so many of its values are.
const LEAST_SHARE: f64 = 0.9;
/// Patterns that read none of the first few values are not tried on the others.
const FIRST_VALUES: usize = 3;

const DATES: [&str; 15] = [
    "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d-%m-%Y", "%m-%d-%Y", "%d/%m/%y", "%m/%d/%y", "%d.%m.%y",
    "%Y/%m/%d", "%Y.%m.%d", "%b %d, %Y", "%d %b %Y", "%d-%b-%Y", "%B %d, %Y", "%d %B %Y",
];
const CLOCKS: [&str; 11] = [
    "", " %H:%M", " %H:%M:%S", " %H:%M:%S%.f", " %I:%M %p", " %I:%M:%S %p", ", %H:%M",
    ", %H:%M:%S", ", %I:%M %p", " %H:%M:%S %z", "T%H:%M:%S",
];

/// A format that reads a column's values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimeFormat {
    pub format: String,
    pub has_zone: bool,
    /// The same format with day and month exchanged, where it reads as many values.
    pub or: Option<Swapped>,
}

/// The other reading of a date such as 03/04/2026.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Swapped {
    pub format: String,
    /// True if the rows are in the order of time under the chosen format only.
    pub is_settled_by_order: bool,
}

impl TimeFormat {
    /// The format that reads most values; `None` if the column does not hold times.
    pub fn of(column: &Column) -> Option<Self> {
        if let Some(has_zone) = column.typed_time() {
            return Some(TimeFormat { format: "iso".to_owned(), has_zone, or: None });
        }
        let values = column.values();
        let mut best: Option<(usize, String)> = None;
        for format in formats(&values) {
            let read = instants(&format, &values).len();
            if best.as_ref().is_none_or(|(most, _)| read > *most) && read > 0 {
                best = Some((read, format));
            }
        }
        let (read, format) = best?;
        let is_time = read as f64 >= LEAST_SHARE * values.len() as f64;
        is_time.then(|| TimeFormat::chosen(format, read, &values))
    }

    fn chosen(format: String, read: usize, values: &[&str]) -> Self {
        let has_zone = match format.as_str() {
            "iso" => values.iter().filter(|v| carries_zone(v)).count() * 2 > values.len(),
            "unix_s" | "unix_ms" => true,
            pattern => pattern.contains("%z"),
        };
        let other = swapped(&format).filter(|other| instants(other, values).len() == read);
        let Some(other) = other else { return TimeFormat { format, has_zone, or: None } };
        let (sorted, other_sorted) = (is_sorted(&format, values), is_sorted(&other, values));
        let is_settled_by_order = sorted != other_sorted;
        let (format, other) =
            if other_sorted && !sorted { (other, format) } else { (format, other) };
        TimeFormat { format, has_zone, or: Some(Swapped { format: other, is_settled_by_order }) }
    }

    /// True if `format` reads the column as well as a format of its own would have to.
    pub fn reads(format: &str, column: &Column) -> bool {
        let values = column.values();
        column.typed_time().is_some()
            || instants(format, &values).len() as f64 >= LEAST_SHARE * values.len() as f64
    }
}

/// The formats worth trying, most certain first: of equals the first wins.
fn formats(values: &[&str]) -> Vec<String> {
    let first = &values[..values.len().min(FIRST_VALUES)];
    let patterns = DATES.iter().flat_map(|d| CLOCKS.iter().map(move |c| format!("{d}{c}")));
    let all = ["iso", "unix_s", "unix_ms"].map(str::to_owned).into_iter().chain(patterns);
    all.filter(|format| !instants(format, first).is_empty()).collect()
}

fn instants(format: &str, values: &[&str]) -> Vec<i64> {
    match TimeReader::new(format, TimeZone::UTC, Some(LATEST_US)) {
        Ok(reader) => values.iter().filter_map(|v| reader.text(v).ok()).collect(),
        Err(_) => Vec::new(),
    }
}

fn is_sorted(format: &str, values: &[&str]) -> bool {
    let at = instants(format, values);
    at.is_sorted() || at.is_sorted_by(|a, b| a >= b)
}

fn swapped(format: &str) -> Option<String> {
    let pair = [("%d/%m/", "%m/%d/"), ("%d-%m-", "%m-%d-")];
    pair.iter().find_map(|(a, b)| {
        let turned =
            |from: &str, to: &str| format.strip_prefix(from).map(|rest| format!("{to}{rest}"));
        turned(a, b).or_else(|| turned(b, a))
    })
}

/// True for a `Z`, " UTC" or an offset after the time of day.
fn carries_zone(text: &str) -> bool {
    let clock = text.find(':').map_or("", |at| &text[at..]);
    clock.ends_with(['Z', 'z', ']']) || clock.ends_with("UTC") || clock.contains(['+', '-'])
}
