//! The one time format of a source, from all its time columns.

use crate::lake::Content;

use super::reading::Reading;
use super::time_format::{Swapped, TimeFormat};

/// How a source writes times.
pub struct Clock {
    pub format: String,
    /// Zone that the export's own convention gives to its times.
    pub zone: Option<&'static str>,
    /// True if times carry no zone and no convention says which it is.
    pub is_naive: bool,
}

impl Clock {
    /// The first time column decides, which is the needed one; columns written in another way are
    /// left out.
    pub fn of(reading: &mut Reading) -> Self {
        let times = time_columns(reading);
        let first = times.first().and_then(|&c| reading.columns[c].time.clone());
        let Some(mut first) = first else {
            return Clock { format: "iso".to_owned(), zone: None, is_naive: false };
        };
        if let Some(or) = first.or.take() {
            first.format = choose(reading, &times, &first.format, or);
        }
        leave_out_others(reading, &first.format);
        // Fivetran writes every time in UTC and marks its tables with columns of its own.
        let is_fivetran = reading.columns.iter().any(|c| c.name.starts_with("_fivetran"));
        let zone = (is_fivetran && !first.has_zone).then_some("UTC");
        Clock { format: first.format, zone, is_naive: !first.has_zone && zone.is_none() }
    }
}

fn time_columns(reading: &Reading) -> Vec<usize> {
    let times = reading.matching.matches.iter().filter(|m| m.field.content == Content::Time);
    times.map(|m| m.column).collect()
}

/// Day or month first: another time column may settle it, or the order of the rows.
fn choose(reading: &mut Reading, times: &[usize], format: &str, or: Swapped) -> String {
    let reads_all = |format: &str| {
        times.iter().all(|&column| TimeFormat::reads(format, &reading.columns[column]))
    };
    if reads_all(&or.format) && !reads_all(format) {
        return or.format;
    }
    let name = reading.columns[times[0]].name.clone();
    if or.is_settled_by_order {
        reading.comments.push(format!(
            "`{name}` could be {format} or {}: only under the first are the rows in order",
            or.format
        ));
    } else if reads_all(&or.format) {
        reading.checks.push(format!(
            "{}: `{name}` could be {format} or {}: is the day or the month first? taken as the former",
            reading.shape.name(),
            or.format
        ));
    }
    format.to_owned()
}

fn leave_out_others(reading: &mut Reading, format: &str) {
    let columns = &reading.columns;
    let is_other = |content, column: usize| {
        content == Content::Time
            && !columns[column].is_empty()
            && !TimeFormat::reads(format, &columns[column])
    };
    let others: Vec<String> = reading
        .matching
        .matches
        .iter()
        .filter(|m| is_other(m.field.content, m.column))
        .map(|m| {
            format!("`{}` writes times in another way and is left out", columns[m.column].name)
        })
        .collect();
    reading.matching.matches.retain(|m| !is_other(m.field.content, m.column));
    reading.comments.extend(others);
}
