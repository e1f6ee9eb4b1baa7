//! The days of the history, in UTC and in the shop's time zones.

use jiff::civil::Date;
use jiff::tz::{Offset, TimeZone};
use jiff::{Span, ToSpan};

use crate::error::{Error, Result};

pub(super) const DAY_S: i64 = 86_400;

/// Monday to Sunday: the weekend sees more visits.
const WEEKDAY_FACTORS: [f64; 7] = [0.95, 0.92, 0.92, 0.96, 1.02, 1.15, 1.08];
/// January to December: the shop lives from the weeks before Christmas.
const MONTH_FACTORS: [f64; 12] =
    [0.92, 0.95, 0.97, 1.0, 1.0, 0.97, 0.93, 0.93, 1.0, 1.02, 1.25, 1.3];
/// No day's factor is above this: 1.15 × 1.3.
pub(super) const MOST_BUSY: f64 = 1.5;

/// A place where contacts live.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Zone {
    pub name: &'static str,
    pub country: &'static str,
    pub weight: f64,
}

/// The first is the shop's own; contacts without a known zone live there.
pub(super) const ZONES: [Zone; 5] = [
    Zone { name: "Europe/London", country: "GB", weight: 0.46 },
    Zone { name: "Europe/Berlin", country: "DE", weight: 0.18 },
    Zone { name: "America/New_York", country: "US", weight: 0.18 },
    Zone { name: "America/Los_Angeles", country: "US", weight: 0.10 },
    Zone { name: "Australia/Sydney", country: "AU", weight: 0.08 },
];

/// Times are seconds since midnight UTC of the first day; the tables are per day because looking
/// up a time zone for every event would cost more than the rest of the simulation.
pub(super) struct Calendar {
    start: Date,
    days: usize,
    start_epoch_s: i64,
    day_texts: Vec<[u8; 10]>,
    offsets_s: Vec<Vec<i64>>,
    busy: Vec<f64>,
}

impl Calendar {
    /// The `days` days before `end`.
    pub fn new(end: Date, days: u16) -> Result<Self> {
        let start = end
            .checked_sub(Span::new().days(i64::from(days)))
            .map_err(|cause| Error::settings("the history starts too early").caused_by(cause))?;
        let dates: Vec<Date> = start.series(1.day()).take(usize::from(days)).collect();
        let offsets_s = ZONES.iter().map(|zone| offsets(zone, &dates)).collect::<Result<_>>()?;
        Ok(Calendar {
            start,
            days: dates.len(),
            start_epoch_s: epoch_s(start)?,
            day_texts: dates.iter().map(|date| day_text(*date)).collect(),
            offsets_s,
            busy: dates.iter().map(|date| busyness(*date)).collect(),
        })
    }

    /// Number of days.
    pub fn days(&self) -> i64 {
        self.days as i64
    }

    /// The exclusive end of the history, in seconds.
    pub fn end_s(&self) -> i64 {
        self.days() * DAY_S
    }

    /// Seconds since 1970 of a time.
    pub fn epoch_s(&self, t: i64) -> i64 {
        self.start_epoch_s + t
    }

    /// The day on which a date falls, negative before the start.
    pub fn day_of(&self, date: Date) -> i64 {
        (date - self.start).get_days().into()
    }

    /// The date of a day of the history.
    pub fn date(&self, day: i64) -> Date {
        self.start.saturating_add(Span::new().days(day))
    }

    /// How busy a day is; 1 is a common day.
    pub fn busy(&self, day: i64) -> f64 {
        self.busy[self.index(day)]
    }

    /// The UTC time of a second of a local day.
    pub fn utc(&self, zone: usize, local_day: i64, second: i64) -> i64 {
        local_day * DAY_S + second - self.offsets_s[zone][self.index(local_day)]
    }

    /// The local day and its second of a UTC time.
    pub fn local(&self, zone: usize, t: i64) -> (i64, i64) {
        let local = t + self.offsets_s[zone][self.index(t.div_euclid(DAY_S))];
        (local.div_euclid(DAY_S), local.rem_euclid(DAY_S))
    }

    /// Appends a time as `2026-03-01T08:15:30Z`.
    pub fn push_text(&self, t: i64, bytes: &mut Vec<u8>) {
        let two = |n: i64| [b'0' + (n / 10) as u8, b'0' + (n % 10) as u8];
        let second = t.rem_euclid(DAY_S);
        let [h, m, s] = [second / 3600, second / 60 % 60, second % 60].map(two);
        bytes.extend_from_slice(&self.day_texts[self.index(t.div_euclid(DAY_S))]);
        bytes.extend_from_slice(&[b'T', h[0], h[1], b':', m[0], m[1], b':', s[0], s[1], b'Z']);
    }

    fn index(&self, day: i64) -> usize {
        day.clamp(0, self.days() - 1) as usize
    }
}

/// The offset at local noon, which holds from the early morning after a change of clocks.
fn offsets(zone: &Zone, dates: &[Date]) -> Result<Vec<i64>> {
    let broken = |cause: jiff::Error| {
        Error::internal(format!("no offsets for {}", zone.name)).caused_by(cause)
    };
    let tz = TimeZone::get(zone.name).map_err(broken)?;
    let noon = |date: &Date| {
        let noon = date.at(12, 0, 0, 0).to_zoned(tz.clone()).map_err(broken)?;
        Ok(i64::from(noon.offset().seconds()))
    };
    dates.iter().map(noon).collect()
}

fn epoch_s(date: Date) -> Result<i64> {
    let midnight = Offset::UTC
        .to_timestamp(date.at(0, 0, 0, 0))
        .map_err(|cause| Error::settings("the history starts too early").caused_by(cause))?;
    Ok(midnight.as_second())
}

fn busyness(date: Date) -> f64 {
    let weekday = date.weekday().to_monday_zero_offset() as usize;
    WEEKDAY_FACTORS[weekday] * MONTH_FACTORS[date.month() as usize - 1]
}

fn day_text(date: Date) -> [u8; 10] {
    let digit = |n: i32| b'0' + (n % 10) as u8;
    let (y, m, d) = (i32::from(date.year()), i32::from(date.month()), i32::from(date.day()));
    let year = [digit(y / 1000), digit(y / 100), digit(y / 10), digit(y)];
    let rest = [b'-', digit(m / 10), digit(m), b'-', digit(d / 10), digit(d)];
    let mut text = [0; 10];
    text[..4].copy_from_slice(&year);
    text[4..].copy_from_slice(&rest);
    text
}
