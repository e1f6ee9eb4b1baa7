//! Times as exports write them, to microseconds since 1970 in UTC.

use std::borrow::Cow;

use jiff::{Timestamp, civil, fmt::temporal, tz::TimeZone};

use crate::error::{Error, Result};

use super::quarantine::Rule;

/// Earliest time that is taken for real: 1990-01-01 UTC. Zero and two-digit years end up before it.
const EARLIEST_US: i64 = 631_152_000_000_000;

/// The end of the year 9999: what is later stands for "never".
const LATEST_US: i64 = 253_402_300_800_000_000;

static ISO: temporal::DateTimeParser = temporal::DateTimeParser::new();

/// How a source writes times.
#[derive(Debug, Clone)]
pub struct TimeReader {
    format: TimeFormat,
    zone: TimeZone,
    /// Times after this are faults; `None` takes any.
    latest_us: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum TimeFormat {
    Iso,
    UnixSeconds,
    UnixMilliseconds,
    Pattern(String),
}

impl TimeReader {
    /// `format` is `iso`, `unix_s`, `unix_ms` or a strftime pattern; `zone` is for times without one.
    pub fn new(format: &str, zone: TimeZone, latest_us: Option<i64>) -> Result<Self> {
        let format = match format {
            "iso" => TimeFormat::Iso,
            "unix_s" => TimeFormat::UnixSeconds,
            "unix_ms" => TimeFormat::UnixMilliseconds,
            pattern if pattern.contains('%') => TimeFormat::Pattern(pattern.to_owned()),
            other => {
                return Err(Error::settings("unknown time_format")
                    .with_value(other)
                    .hint("write iso, unix_s, unix_ms or a pattern such as %d/%m/%Y %H:%M"));
            }
        };
        Ok(TimeReader { format, zone, latest_us })
    }

    /// Reads a time written as text.
    pub fn text(&self, text: &str) -> Result<i64, Rule> {
        let us = match &self.format {
            TimeFormat::Iso => self.iso(text)?,
            TimeFormat::UnixSeconds => scaled(text, 1e6)?,
            TimeFormat::UnixMilliseconds => scaled(text, 1e3)?,
            TimeFormat::Pattern(pattern) => self.pattern(pattern, text)?,
        };
        self.plausible(us)
    }

    /// Reads a whole number: seconds or milliseconds since 1970, or a day such as 19970101.
    pub fn integer(&self, value: i64) -> Result<i64, Rule> {
        let us = match &self.format {
            TimeFormat::UnixSeconds => value.checked_mul(1_000_000).ok_or(Rule::NotATime)?,
            TimeFormat::UnixMilliseconds => value.checked_mul(1_000).ok_or(Rule::NotATime)?,
            _ => return self.text(&value.to_string()),
        };
        self.plausible(us)
    }

    /// Takes microseconds from a typed column: UTC if the column has a zone, else local time.
    pub fn micros(&self, us: i64, has_zone: bool) -> Result<i64, Rule> {
        if has_zone || self.zone == TimeZone::UTC {
            return self.plausible(us);
        }
        let wall = Timestamp::from_microsecond(us).map_err(|_| Rule::NotATime)?;
        self.local(TimeZone::UTC.to_datetime(wall)).and_then(|us| self.plausible(us))
    }

    fn plausible(&self, us: i64) -> Result<i64, Rule> {
        match self.latest_us {
            _ if us < EARLIEST_US => Err(Rule::TooLongAgo),
            _ if us > LATEST_US => Err(Rule::NotATime),
            Some(latest) if us > latest => Err(Rule::InTheFuture),
            _ => Ok(us),
        }
    }

    fn iso(&self, text: &str) -> Result<i64, Rule> {
        if let Ok(at) = ISO.parse_timestamp(text.as_bytes()) {
            return Ok(at.as_microsecond());
        }
        let text = undecorated(text);
        if let Ok(at) = ISO.parse_timestamp(text.as_bytes()) {
            return Ok(at.as_microsecond());
        }
        match ISO.parse_datetime(text.as_bytes()) {
            Ok(wall) => self.local(wall),
            Err(_) => Err(Rule::NotATime),
        }
    }

    fn pattern(&self, pattern: &str, text: &str) -> Result<i64, Rule> {
        let parts = jiff::fmt::strtime::parse(pattern, text).map_err(|_| Rule::NotATime)?;
        if let Ok(at) = parts.to_timestamp() {
            return Ok(at.as_microsecond());
        }
        match parts.to_datetime() {
            Ok(wall) => self.local(wall),
            Err(_) => parts
                .to_date()
                .map_err(|_| Rule::NotATime)
                .and_then(|date| self.local(date.at(0, 0, 0, 0))),
        }
    }

    /// A wall-clock time in the source's zone. In the hour that daylight saving repeats or skips, the
    /// usual rule holds: the first of two, or the same distance after the gap.
    fn local(&self, wall: civil::DateTime) -> Result<i64, Rule> {
        self.zone.to_timestamp(wall).map(|at| at.as_microsecond()).map_err(|_| Rule::NotATime)
    }
}

/// Removes what stops ISO parsers: a trailing " UTC", a space before an offset such as " +0000".
fn undecorated(text: &str) -> Cow<'_, str> {
    if let Some(bare) = text.strip_suffix(" UTC") {
        return Cow::Owned(format!("{bare}Z"));
    }
    match text.rfind(" +").or_else(|| text.rfind(" -")) {
        Some(at) if at >= "2024-01-01".len() => {
            Cow::Owned(format!("{}{}", &text[..at], &text[at + 1..]))
        }
        _ => Cow::Borrowed(text),
    }
}

fn scaled(text: &str, to_us: f64) -> Result<i64, Rule> {
    let value: f64 = text.parse().map_err(|_| Rule::NotATime)?;
    let us = (value * to_us).round();
    if us.abs() < 1e18 { Ok(us as i64) } else { Err(Rule::NotATime) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reader(format: &str, zone: &str) -> TimeReader {
        let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
        TimeReader::new(format, zone, None).unwrap_or_else(|e| panic!("{e}"))
    }

    #[test]
    fn the_ways_in_which_exports_write_one_moment() {
        let at = Ok(1_772_352_930_000_000); // 2026-03-01T08:15:30Z
        for text in [
            "2026-03-01T08:15:30Z", "2026-03-01 08:15:30", "2026-03-01T08:15:30.000",
            "2026-03-01 08:15:30 UTC", "2026-03-01 10:15:30 +0200", "2026-03-01T03:15:30-05:00",
        ] {
            assert_eq!(reader("iso", "UTC").text(text), at, "{text}");
        }
        assert_eq!(reader("unix_s", "UTC").text("1772352930"), at);
        assert_eq!(reader("unix_ms", "UTC").integer(1_772_352_930_000), at);
        assert_eq!(reader("%d/%m/%Y %H:%M:%S", "UTC").text("01/03/2026 08:15:30"), at);
        assert_eq!(reader("iso", "Europe/Berlin").text("2026-03-01 09:15:30"), at);
        assert_eq!(reader("iso", "Europe/Berlin").micros(1_772_356_530_000_000, false), at);
        assert_eq!(reader("iso", "UTC").text("20260301"), Ok(1_772_323_200_000_000));
    }

    #[test]
    fn what_is_not_a_time_is_refused() {
        for text in ["", "yesterday", "2026-13-01", "31/12/2026", "12"] {
            assert_eq!(reader("iso", "UTC").text(text), Err(Rule::NotATime), "{text}");
        }
        assert_eq!(reader("unix_s", "UTC").text("0"), Err(Rule::TooLongAgo));
    }
}
