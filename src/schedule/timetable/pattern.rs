//! The five fields of a cron pattern, on a wall clock without a zone.

use croner::parser::{CronParser, Seconds, Year};
use croner::{CronComponent, CronPattern, Weekday};
use jiff::civil::{Date, DateTime};

use crate::error::{Error, Result, shown};

const EXAMPLE: &str = "five fields: minute, hour, day of the month, month, day of the week; for example \
                       `30 6 * * MON-FRI` is 06:30 from Monday to Friday";
/// The Gregorian calendar repeats after so many years, weekdays and all.
const CYCLE_YEARS: i16 = 400;
/// The names that each field may hold, in the order of the fields, besides digits and `*,-/`.
const NAMES: [&[&str]; 5] = [
    &[],
    &[],
    &["L", "W", "?"],
    &["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"],
    &["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT", "L", "#", "?", "+"],
];

/// A pattern that fits at least one minute of some year.
#[derive(Debug, Clone)]
pub(super) struct Pattern {
    /// Bit m: minute m fits.
    minutes: u64,
    hours: u32,
    /// Bit m: month m, from 1, fits.
    months: u16,
    days: CronPattern,
    /// Whether the hour field has a wildcard or a step.
    pub by_elapsed_time: bool,
}

impl Pattern {
    pub fn parse(text: &str) -> Result<Self> {
        let fields: Vec<&str> = text.split_whitespace().collect();
        if text.contains('@') {
            return Err(Error::settings("nicknames such as `@daily` are not read").hint(EXAMPLE));
        }
        let [_, hour, _, _, _] = fields[..] else {
            return Err(refused(text, "a cron pattern has five fields, without seconds or years"));
        };
        if let Some((field, _)) =
            fields.iter().zip(NAMES).find(|(field, names)| !fits(field, names))
        {
            return Err(refused(text, &format!("cannot read the field `{}`", shown(field))));
        }
        let parser =
            CronParser::builder().seconds(Seconds::Disallowed).year(Year::Disallowed).build();
        let cron = parser
            .parse(text)
            .map_err(|cause| refused(text, "not a cron pattern").caused_by(cause))?;
        let pattern = Pattern {
            minutes: bits(&cron.pattern.minutes),
            hours: bits(&cron.pattern.hours) as u32,
            months: bits(&cron.pattern.months) as u16,
            by_elapsed_time: hour.contains(['*', '/']),
            days: cron.pattern,
        };
        match pattern.next_from(DateTime::constant(2000, 1, 1, 0, 0, 0, 0)) {
            Some(_) => Ok(pattern),
            None => Err(refused(text, "this pattern never occurs")),
        }
    }

    /// The first minute at or after `from` that fits; `from` is a whole minute.
    pub fn next_from(&self, from: DateTime) -> Option<DateTime> {
        let last_year = from.year().saturating_add(CYCLE_YEARS);
        let mut date = from.date();
        let mut start = (from.hour(), from.minute());
        while date.year() <= last_year {
            if self.months >> date.month() & 1 == 0 {
                // One day before the first of the next month; the step below does the rest.
                date = date.last_of_month();
            } else if self.fits_day(date)
                && let Some((hour, minute)) = self.time_from(start)
            {
                return Some(date.at(hour, minute, 0, 0));
            }
            date = date.tomorrow().ok()?;
            start = (0, 0);
        }
        None
    }

    /// The first time of a day at or after a time that fits.
    fn time_from(&self, (hour, minute): (i8, i8)) -> Option<(i8, i8)> {
        let later = self.minutes & (u64::MAX << minute);
        if self.hours >> hour & 1 == 1 && later != 0 {
            return Some((hour, later.trailing_zeros() as i8));
        }
        let hours = self.hours & (u32::MAX << (hour + 1));
        let fits = hours != 0 && self.minutes != 0;
        fits.then(|| (hours.trailing_zeros() as i8, self.minutes.trailing_zeros() as i8))
    }

    fn fits_day(&self, date: Date) -> bool {
        let weekday = Weekday::from_days_from_sunday(date.weekday().to_sunday_zero_offset() as u32);
        let (year, month, day) = (date.year().into(), date.month() as u32, date.day() as u32);
        self.days.day_match(year, month, day, weekday).unwrap_or(false)
    }
}

/// The plain values of a field, below 64, as bits.
fn bits(field: &CronComponent) -> u64 {
    field.values().iter().fold(0, |bits, value| bits | 1 << value)
}

/// Whether a field holds only what it may: croner replaces names wherever they stand, so that a month in
/// the hour field would count as a number.
fn fits(field: &str, names: &[&str]) -> bool {
    let mut left = field.to_ascii_uppercase();
    for name in names {
        left = left.replace(name, "0");
    }
    // An empty item of a list is a slip.
    let items = left.trim_start_matches(',').len() == left.len() && !left.ends_with(',');
    items
        && !left.contains(",,")
        && left.bytes().all(|b| b.is_ascii_digit() || b"*,-/".contains(&b))
}

fn refused(text: &str, what: &str) -> Error {
    Error::settings(what).with_value(text).hint(EXAMPLE)
}
