//! Slices: the events of a stretch of time, each a file, so that new rows rewrite only the files of
//! their own time.
//!
//! The latest two calendar quarters lie in slices of a month, older ones in slices of a quarter:
//! where rows still arrive, little is written again, and long histories stay few files. Which slice a
//! row belongs to follows from its month and the latest month alone.

use std::ops::Range;
use std::sync::LazyLock;

use jiff::civil::date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

/// A calendar month in UTC: months since January 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Month(pub i32);

const FIRST_YEAR: i16 = 1970;
const LAST_YEAR: i16 = 2300;

/// The first microsecond of every month.
static STARTS: LazyLock<Vec<i64>> = LazyLock::new(|| {
    let months = (FIRST_YEAR..LAST_YEAR).flat_map(|y| (1..=12).map(move |m| date(y, m, 1)));
    let starts = months.filter_map(|day| day.to_zoned(TimeZone::UTC).ok());
    starts.map(|at| at.timestamp().as_microsecond()).collect()
});

impl Month {
    /// The month of a moment; the first or last one known for moments outside.
    pub fn of(us: i64) -> Self {
        let after = STARTS.partition_point(|start| *start <= us);
        Month(after.saturating_sub(1) as i32)
    }

    pub fn start_us(self) -> i64 {
        match STARTS.get(self.0.max(0) as usize) {
            Some(start) => *start,
            None => i64::MAX,
        }
    }

    fn quarter(self) -> i32 {
        self.0.div_euclid(3)
    }
}

/// A stretch of months that is stored as one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Span {
    pub first: Month,
    /// 1 or 3.
    pub months: i32,
}

impl Span {
    /// The slice of a row of `month` in a lake whose latest row is of `latest`.
    pub fn of(month: Month, latest: Month) -> Self {
        if month.quarter() + 1 >= latest.quarter() {
            return Span { first: month, months: 1 };
        }
        Span { first: Month(month.quarter() * 3), months: 3 }
    }

    /// From its first microsecond to the first one after it.
    pub fn us(self) -> Range<i64> {
        self.first.start_us()..Month(self.first.0 + self.months).start_us()
    }

    /// `2026-03` or `2026-Q1`; files sort by time within their kind.
    pub fn name(self) -> String {
        let (year, month) = (i32::from(FIRST_YEAR) + self.first.0 / 12, self.first.0 % 12);
        match self.months {
            1 => format!("{year:04}-{:02}", month + 1),
            _ => format!("{year:04}-Q{}", month / 3 + 1),
        }
    }

    /// File name within the folder of the events.
    pub fn file_name(self) -> String {
        format!("{}.parquet", self.name())
    }
}

/// A stored slice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Slice {
    pub span: Span,
    pub rows: u64,
    pub first_us: i64,
    pub last_us: i64,
    /// Fingerprint of the file's content.
    pub fingerprint: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    const MARCH_2026: Month = Month(56 * 12 + 2);

    #[test]
    fn months_begin_at_midnight_utc() {
        // 2026-03-01T00:00:00Z
        let start = 1_772_323_200_000_000;
        assert_eq!(MARCH_2026.start_us(), start);
        assert_eq!(Month::of(start), MARCH_2026);
        assert_eq!(Month::of(start - 1), Month(MARCH_2026.0 - 1));
    }

    #[test]
    fn the_latest_two_quarters_are_months_and_older_ones_quarters() {
        let latest = Month(MARCH_2026.0 + 2);
        let name = |months_before: i32| Span::of(Month(latest.0 - months_before), latest).name();
        assert_eq!([0, 1, 2, 4].map(name), ["2026-05", "2026-04", "2026-03", "2026-01"]);
        assert_eq!([5, 7, 8].map(name), ["2025-Q4", "2025-Q4", "2025-Q3"]);
    }
}
