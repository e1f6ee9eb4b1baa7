//! Closed history: what no window reaches any more, summed up once and kept between runs.
//!
//! Everything before the cut is in sums, and so are the mails sent before it with what came of them.
//! A later run needs the events from [`History::open_from_us`] on only. Any cut that lies far enough
//! back gives the same bits as none.

use std::path::Path;

use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::workspace::atomic::{self, Staging};

use super::families::of_numbers;
use super::{Closed, FeatureTable, store};

const DAY_US: i64 = 86_400_000_000;

/// The longest window, a year, and the month in which a mail may still be opened.
const OPEN_DAYS: i64 = 365 + 31;

/// A delivery or an open finds its mail at most this long before it.
const MATCHED_DAYS: i64 = 31;

const TABLE_FILE: &str = "closed.parquet";
const KEY_FILE: &str = "key.json";

/// What a closed history was made from. Another key is another history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HistoryKey {
    /// The cut.
    pub until_us: i64,
    /// A newer program may sum up otherwise.
    pub program: String,
    /// Name and fingerprint of every slice of events that it was read from.
    pub slices: Vec<(String, String)>,
}

/// The closed history of all contacts.
#[derive(Debug, Clone)]
pub struct History {
    until_us: i64,
    nobody: Closed,
    by_contact: FxHashMap<String, Closed>,
}

impl History {
    /// The latest cut for features at `now_us`: the start of a month in UTC that no window reaches.
    pub fn cut(now_us: i64) -> Result<i64> {
        let failed = |e: jiff::Error| Error::data("an as-of is out of range").caused_by(e);
        let last = Timestamp::from_microsecond(now_us - OPEN_DAYS * DAY_US).map_err(failed)?;
        let first: Date = last.to_zoned(TimeZone::UTC).date().first_of_month();
        let start = first.to_zoned(TimeZone::UTC).map_err(failed)?;
        Ok(start.timestamp().as_microsecond())
    }

    /// Whether a history cut at `until_us` should be cut anew for features at `now_us`: it never is
    /// wrong, but after three months there is more to read than to sum up.
    pub fn is_stale(until_us: i64, now_us: i64) -> Result<bool> {
        let failed = |e: jiff::Error| Error::data("an as-of is out of range").caused_by(e);
        let cut = Timestamp::from_microsecond(until_us).map_err(failed)?.to_zoned(TimeZone::UTC);
        let latest = cut.checked_add(3.months()).map_err(failed)?;
        Ok(Self::cut(now_us)? > latest.timestamp().as_microsecond()
            || until_us > Self::cut(now_us)?)
    }

    /// Rows before this are needed no more.
    pub fn open_from_us(&self) -> i64 {
        self.until_us - MATCHED_DAYS * DAY_US
    }

    /// Rows from this on are not needed to close a history at `until_us`.
    pub fn closed_by_us(until_us: i64) -> i64 {
        until_us + MATCHED_DAYS * DAY_US
    }

    /// The history in a table that the family [`super::families::Closing`] filled.
    pub fn of(until_us: i64, table: &FeatureTable) -> Self {
        let rows = table.values.rows().into_iter();
        let sums = rows.map(|row| of_numbers(until_us, &row.to_vec()));
        let by_contact = table.ids.iter().cloned().zip(sums).collect();
        let nobody = Closed { until_us, mails_until_us: until_us, ..Closed::NOTHING };
        History { until_us, nobody, by_contact }
    }

    /// The sums of the contact called `id`.
    pub fn of_contact(&self, id: &str) -> &Closed {
        self.by_contact.get(id).unwrap_or(&self.nobody)
    }

    /// Keeps the history in `dir`, whole or not at all.
    pub fn write(table: &FeatureTable, key: &HistoryKey, dir: &Path) -> Result<()> {
        let staging = Staging::new(dir)?;
        store::write_parquet(table, &staging.path().join(TABLE_FILE))?;
        let json = serde_json::to_vec_pretty(key)
            .map_err(|e| Error::internal("a history's key could not be written").caused_by(e))?;
        atomic::write_file(&staging.path().join(KEY_FILE), &json)?;
        staging.commit()
    }

    /// The key of the history in `dir`, if there is one that can be understood.
    pub fn key(dir: &Path) -> Option<HistoryKey> {
        serde_json::from_slice(&std::fs::read(dir.join(KEY_FILE)).ok()?).ok()
    }

    /// Reads the history that [`History::write`] wrote.
    pub fn read(dir: &Path, key: &HistoryKey) -> Result<Self> {
        let specs =
            super::FeatureFamily::specs(&super::families::Closing { until_us: key.until_us });
        Ok(Self::of(key.until_us, &store::read_parquet(&dir.join(TABLE_FILE), specs)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> i64 {
        text.parse::<Timestamp>().unwrap().as_microsecond()
    }

    #[test]
    fn the_cut_is_the_start_of_a_month_that_no_window_reaches() -> Result<()> {
        // 396 days before July 2026 is 31 May 2025.
        assert_eq!(History::cut(at("2026-07-01T00:00:00Z"))?, at("2025-05-01T00:00:00Z"));
        assert_eq!(History::cut(at("2026-07-02T00:00:00Z"))?, at("2025-06-01T00:00:00Z"));
        Ok(())
    }

    #[test]
    fn a_cut_is_renewed_after_three_months_and_when_it_lies_too_late() -> Result<()> {
        let now = at("2026-07-02T00:00:00Z");
        assert!(!History::is_stale(at("2025-03-01T00:00:00Z"), now)?);
        assert!(History::is_stale(at("2025-02-01T00:00:00Z"), now)?);
        assert!(History::is_stale(at("2025-07-01T00:00:00Z"), now)?);
        Ok(())
    }
}
