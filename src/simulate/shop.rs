//! The shop: its settings, and writing it out.

use std::fmt;
use std::path::Path;

use jiff::civil::Date;
use rayon::prelude::*;

use super::calendar::Calendar;
use super::campaign::{self, Campaign};
use super::catalogue::Catalogue;
use super::life::Life;
use super::record::{Record, Recorded};
use super::truth::Written;
use super::writer::Writer;
use crate::error::{Error, Result};

/// Contacts simulated by one task: small enough to share out, large enough to be worth it.
const CHUNK: u32 = 256;
/// Contacts held in memory while the ones before them are written. Fixed, because Parquet files
/// would show it.
const BATCH: u32 = 16 * CHUNK;
/// Ids have seven digits.
const MOST_CONTACTS: u32 = 9_999_999;
/// A year, so that the seasons and a lapse of 120 days and more fit.
const LEAST_DAYS: u16 = 365;
const MOST_DAYS: u16 = 3650;

/// The format of the exported tables. The truth tables are always CSV.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Text with a header, times as `2026-03-01T08:15:30Z`, empty for missing.
    Csv,
    /// Timestamps in UTC milliseconds, money as decimals, null for missing.
    Parquet,
}

impl Format {
    pub(super) fn extension(self) -> &'static str {
        match self {
            Format::Csv => "csv",
            Format::Parquet => "parquet",
        }
    }
}

/// Settings of a simulated shop, not yet checked.
#[derive(Debug, Clone, PartialEq)]
pub struct ShopParams {
    contacts: u32,
    seed: u64,
    end: Date,
    days: u16,
    has_faults: bool,
    has_flags: bool,
    turns: f64,
}

impl ShopParams {
    /// A shop with so many contacts. The history is the 540 days before 2026-07-01: a year and a
    /// half has every season once and room for lapses, and a fixed end keeps the clock out.
    pub fn new(contacts: u32, seed: u64) -> Self {
        ShopParams {
            contacts,
            seed,
            end: jiff::civil::date(2026, 7, 1),
            days: 540,
            has_faults: false,
            has_flags: true,
            turns: 0.0,
        }
    }

    /// The first day that is no longer part of the history (UTC).
    #[must_use]
    pub fn end(mut self, end: Date) -> Self {
        self.end = end;
        self
    }

    /// The length of the history in days, from 365 to 3650.
    #[must_use]
    pub fn days(mut self, days: u16) -> Self {
        self.days = days;
        self
    }

    /// Whether faults are planted in the exports, which must be CSV then.
    #[must_use]
    pub fn faults(mut self, has_faults: bool) -> Self {
        self.has_faults = has_faults;
        self
    }

    /// Whether the platform says which opens and clicks are machines'. Without, that column is
    /// empty, and `truth/machine` still tells.
    #[must_use]
    pub fn flags(mut self, has_flags: bool) -> Self {
        self.has_flags = has_flags;
        self
    }

    /// The share of eligible contacts that turn in each of the last twelve full weeks, from 0 to 1: a
    /// lapsing loyal who had stopped, and has not ordered since, comes back as a morning loyalist; a
    /// window shopper becomes a bargain hunter. Each begins with an order on the day of the turn.
    /// Contacts who do not turn are the same to the byte as without turns.
    #[must_use]
    pub fn turns(mut self, share: f64) -> Self {
        self.turns = share;
        self
    }

    /// The shop, if the settings make sense.
    pub fn check(self) -> Result<Shop> {
        if !(1..=MOST_CONTACTS).contains(&self.contacts) {
            return Err(Error::settings(format!("cannot simulate {} contacts", self.contacts))
                .hint(format!("choose from 1 to {MOST_CONTACTS} contacts")));
        }
        if !(LEAST_DAYS..=MOST_DAYS).contains(&self.days) {
            return Err(Error::settings(format!("cannot simulate {} days", self.days))
                .hint(format!("choose from {LEAST_DAYS} to {MOST_DAYS} days")));
        }
        if !(2000..=2200).contains(&self.end.year()) {
            return Err(Error::settings(format!("cannot simulate a shop up to {}", self.end))
                .hint("choose an end between the years 2000 and 2200"));
        }
        if !(0.0..=1.0).contains(&self.turns) {
            return Err(Error::settings(format!("cannot turn a share of {} a week", self.turns))
                .hint("choose a share from 0 to 1, for example 0.01"));
        }
        let calendar = Calendar::new(self.end, self.days)?;
        let campaigns = campaign::schedule(&calendar);
        Ok(Shop { params: self, calendar, catalogue: Catalogue::new(), campaigns })
    }
}

/// A checked shop, ready to be written. Nothing of its history is in memory.
pub struct Shop {
    params: ShopParams,
    pub(super) calendar: Calendar,
    pub(super) catalogue: Catalogue,
    pub(super) campaigns: Vec<Campaign>,
}

impl fmt::Debug for Shop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shop").field("params", &self.params).finish_non_exhaustive()
    }
}

impl Shop {
    /// Number of contacts.
    pub fn contacts(&self) -> u32 {
        self.params.contacts
    }

    /// The seed that all randomness comes from.
    pub fn seed(&self) -> u64 {
        self.params.seed
    }

    /// The first day after the history.
    pub fn end(&self) -> Date {
        self.params.end
    }

    /// The length of the history in days.
    pub fn days(&self) -> u16 {
        self.params.days
    }

    /// Whether faults are planted.
    pub fn has_faults(&self) -> bool {
        self.params.has_faults
    }

    /// The share of eligible contacts that turn in a week; 0 if nobody does.
    pub fn turns(&self) -> f64 {
        self.params.turns
    }

    /// Whether machines are flagged.
    pub fn has_flags(&self) -> bool {
        self.params.has_flags
    }

    /// Writes all tables and the truth into `dir`, which must be new or empty: the same bytes for
    /// the same settings, whatever the number of threads. `progress` is told the number of
    /// contacts written so far.
    ///
    /// No table appears in `dir` before all of them are written.
    pub fn write(&self, dir: &Path, format: Format, progress: &dyn Fn(u64)) -> Result<Written> {
        if self.has_faults() && format != Format::Csv {
            return Err(Error::settings("faults are planted in CSV files only")
                .hint("leave out --files parquet, or --faults"));
        }
        let mut writer = Writer::create(self, dir, format)?;
        let mut waiting: Vec<Recorded> = Vec::new();
        let mut first = 1;
        while first <= self.contacts() || !waiting.is_empty() {
            // Writing one batch while the next is simulated, on the caller's thread pool.
            let (written, next) = rayon::join(
                || writer.append(std::mem::take(&mut waiting)),
                || self.simulate(first, format),
            );
            written?;
            progress(u64::from((first - 1).min(self.contacts())));
            waiting = next;
            first += BATCH;
        }
        writer.finish()
    }

    /// The rows of a batch, by chunk, in the order of the contacts.
    fn simulate(&self, first: u32, format: Format) -> Vec<Recorded> {
        let end = (first + BATCH).min(self.contacts() + 1);
        let starts: Vec<u32> = (first..end).step_by(CHUNK as usize).collect();
        let chunk = |start: &u32| {
            let mut record = Record::new(self, format);
            for number in *start..(start + CHUNK).min(end) {
                record.add(&Life::simulate(self, number));
            }
            record.finish()
        };
        starts.par_iter().map(chunk).collect()
    }
}
