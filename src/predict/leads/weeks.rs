//! Earlier as-ofs.

use jiff::{Span, Timestamp};

use crate::error::{Error, Result};
use crate::workspace::AsOf;

/// The same time of day so many weeks before, in the as-of's zone.
pub(super) fn weeks_before(as_of: &AsOf, weeks: usize) -> Result<AsOf> {
    let out_of_range = |cause: jiff::Error| {
        Error::settings("the weeks before the as-of reach out of the calendar")
            .hint("ask for fewer weeks")
            .caused_by(cause)
    };
    let weeks = i64::try_from(weeks).unwrap_or(i64::MAX);
    let span = Span::new().try_weeks(weeks).map_err(out_of_range)?;
    let at = Timestamp::from_microsecond(as_of.micros()).map_err(out_of_range)?;
    let before = at.to_zoned(as_of.zone().clone()).checked_sub(span).map_err(out_of_range)?;
    AsOf::parse(&before.timestamp().to_string(), as_of.zone().clone())
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;

    #[test]
    fn a_week_ends_at_midnight_also_where_the_clocks_change() {
        let zone = TimeZone::get("Europe/London").unwrap();
        let as_of = AsOf::parse("2026-04-01", zone).unwrap();
        let before = weeks_before(&as_of, 1).unwrap();
        assert_eq!(before.to_string(), "2026-03-25");
        assert_eq!((as_of.micros() - before.micros()) / 3_600_000_000, 7 * 24 - 1);
        assert_eq!(weeks_before(&as_of, 0).unwrap(), as_of);
    }
}
