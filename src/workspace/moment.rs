//! The as-of moment: nothing at or after it is seen by a feature, a score or a label.

use jiff::{Timestamp, civil, tz::TimeZone};
use serde::Serialize;

use crate::error::{Error, Result};

/// A moment in UTC before which data counts, with the time zone in which its days are counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AsOf {
    at: Timestamp,
    zone: TimeZone,
}

impl AsOf {
    /// The start of `date` in `zone`.
    pub fn start_of(date: civil::Date, zone: TimeZone) -> Result<Self> {
        let at = zone.to_zoned(date.at(0, 0, 0, 0)).map_err(|cause| {
            Error::settings("the as-of date is out of range")
                .with_value(date.to_string())
                .caused_by(cause)
        })?;
        Ok(AsOf { at: at.timestamp(), zone })
    }

    /// Parses `2026-07-01`, or a full moment such as `2026-07-01T12:00:00Z`.
    pub fn parse(text: &str, zone: TimeZone) -> Result<Self> {
        let is_day = text.len() <= "2026-07-01".len();
        if let (true, Ok(date)) = (is_day, text.parse::<civil::Date>()) {
            return Self::start_of(date, zone);
        }
        match text.parse::<Timestamp>() {
            Ok(at) => Ok(AsOf { at, zone }),
            Err(_) => Err(Error::settings("not an as-of date")
                .with_value(text)
                .hint("write a day such as 2026-07-01, or a moment such as 2026-07-01T12:00:00Z")),
        }
    }

    /// The first midnight in `zone` after `last_us`: all of the data up to that row is seen.
    pub fn after(last_us: i64, zone: TimeZone) -> Result<Self> {
        let last = Timestamp::from_microsecond(last_us)
            .map_err(|cause| Error::data("a time is out of range").caused_by(cause))?;
        let day = last.to_zoned(zone.clone()).date();
        let next = day.tomorrow().map_err(|cause| {
            Error::data("the last day of the data is out of range").caused_by(cause)
        })?;
        Self::start_of(next, zone)
    }

    /// Calendar days from the day of `us` (microseconds UTC) to the as-of's day, in its zone.
    pub fn days_since(&self, us: i64) -> i64 {
        let second = us.div_euclid(1_000_000);
        let at = Timestamp::from_second(second).unwrap_or(self.at);
        let offset = |at: Timestamp| i64::from(self.zone.to_offset(at).seconds());
        let day = |at: Timestamp| (at.as_second() + offset(at)).div_euclid(86_400);
        day(self.at) - day(at)
    }

    /// Microseconds since 1970 in UTC.
    pub fn micros(&self) -> i64 {
        self.at.as_microsecond()
    }

    pub fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// The calendar date of the moment in its zone.
    pub fn date(&self) -> civil::Date {
        self.at.to_zoned(self.zone.clone()).date()
    }
}

impl std::fmt::Display for AsOf {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let local = self.at.to_zoned(self.zone.clone());
        if local.time() == civil::Time::midnight() {
            write!(f, "{}", local.date())
        } else {
            write!(f, "{}", self.at)
        }
    }
}

impl Serialize for AsOf {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
