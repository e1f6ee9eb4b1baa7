//! A pattern in a time zone, and its occurrences.

use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{SignedDuration, Timestamp, ToSpan};

use super::pattern::Pattern;
use crate::error::{Error, Result};

/// A cron pattern that occurs, in a time zone that exists.
#[derive(Debug, Clone)]
pub struct Timetable {
    cron: String,
    pattern: Pattern,
    zone: TimeZone,
}

impl Timetable {
    /// Reads a cron pattern of five fields, and the IANA name of a time zone.
    ///
    /// # Errors
    ///
    /// Settings errors with an example: a pattern that cannot be read, has other fields than five or
    /// never occurs (30 February), and an unknown time zone.
    pub fn parse(cron: &str, zone: &str) -> Result<Self> {
        let pattern = Pattern::parse(cron)?;
        let zone = TimeZone::get(zone).map_err(|_| {
            Error::settings("unknown time zone")
                .with_value(zone)
                .hint("use a name of the IANA database, for example `Europe/London` or `UTC`")
        })?;
        Ok(Timetable { cron: cron.trim().to_owned(), pattern, zone })
    }

    /// The pattern as it was given.
    pub fn cron(&self) -> &str {
        &self.cron
    }

    /// The name of the time zone.
    pub fn zone_name(&self) -> &str {
        self.zone.iana_name().unwrap_or("UTC")
    }

    /// The first occurrence after a moment (never at it); none at the end of the calendar (year 9999).
    pub fn next_after(&self, moment: Timestamp) -> Option<Timestamp> {
        match self.pattern.by_elapsed_time {
            true => self.next_elapsed(moment),
            false => self.next_local(moment),
        }
    }

    /// The last occurrence that is after the first moment and not after the second.
    pub fn last_within(&self, after: Timestamp, until: Timestamp) -> Option<Timestamp> {
        let next_within = |second: i64| {
            let next = self.next_after(Timestamp::from_second(second).ok()?)?;
            (next <= until).then_some(next)
        };
        // Occurrences are at whole seconds, so that the seconds of both bounds decide.
        let (first, mut past) = (floor_second(after), floor_second(until));
        let mut width = 60;
        while past - width > first && next_within(past - width).is_none() {
            width *= 2;
        }
        // The answer is what comes after the last second that has anything after it.
        let mut before = first.max(past - width);
        next_within(before)?;
        while past - before > 1 {
            let middle = before + (past - before) / 2;
            match next_within(middle) {
                Some(_) => before = middle,
                None => past = middle,
            }
        }
        next_within(before)
    }

    /// Local times in order; their moments never go back, as [`Self::moment`] says.
    fn next_local(&self, moment: Timestamp) -> Option<Timestamp> {
        let mut from = minute_after(self.zone.to_datetime(moment))?;
        loop {
            let local = self.pattern.next_from(from)?;
            // The second pass of a repeated hour is behind the moments of the first.
            match self.moment(local)? {
                at if at > moment => return Some(at),
                _ => from = minute_after(local)?,
            }
        }
    }

    /// When a local time occurs: the first time if it comes twice, at the end of the gap if it never
    /// comes.
    fn moment(&self, local: DateTime) -> Option<Timestamp> {
        match self.zone.to_ambiguous_timestamp(local).offset() {
            AmbiguousOffset::Unambiguous { offset } => offset.to_timestamp(local).ok(),
            AmbiguousOffset::Fold { before, .. } => before.to_timestamp(local).ok(),
            AmbiguousOffset::Gap { after, .. } => {
                // By the clock of after the gap this is still before it, by less than its length.
                let early = after.to_timestamp(local).ok()?;
                Some(self.zone.following(early).next()?.timestamp())
            }
        }
    }

    /// The stretches between changes of the clocks, one after another.
    fn next_elapsed(&self, moment: Timestamp) -> Option<Timestamp> {
        let mut since = moment;
        let mut from = minute_after(self.zone.to_datetime(moment))?;
        loop {
            let local = self.pattern.next_from(from)?;
            let at = self.zone.to_offset(since).to_timestamp(local).ok()?;
            match self.zone.following(since).next() {
                Some(change) if change.timestamp() <= at => {
                    since = change.timestamp();
                    let local = self.zone.to_datetime(since);
                    from = minute_after(local.checked_sub(1.nanosecond()).ok()?)?;
                }
                _ => return Some(at),
            }
        }
    }
}

/// The first whole minute after a local time.
fn minute_after(local: DateTime) -> Option<DateTime> {
    let minute = local.date().at(local.hour(), local.minute(), 0, 0);
    minute.checked_add(SignedDuration::from_mins(1)).ok()
}

fn floor_second(moment: Timestamp) -> i64 {
    moment.as_second() - i64::from(moment.subsec_nanosecond() < 0)
}
