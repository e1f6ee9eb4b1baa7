//! When people are active: the share of activity in each local hour of one series.

use serde::Serialize;

/// One series of hours.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HourPanel {
    pub name: String,
    /// How many events it is made from, as it should be shown: "n = 1,204".
    pub n: String,
    /// Fractions of the series' activity in hours 0 to 23, local to the recipient.
    pub shares: Vec<f64>,
    /// Circular mean hour, 0 to 24; `None` where no hour is preferred.
    pub mean_hour: Option<f64>,
}

/// Hours of a day.
pub(super) const HOURS: usize = 24;

impl HourPanel {
    pub(super) fn is_empty(&self) -> bool {
        !self.shares.iter().any(|share| *share > 0.0)
    }

    /// The mean hour from 0 to 24, where there is activity and an hour is preferred.
    pub(super) fn mean(&self) -> Option<f64> {
        let mean = self.mean_hour.filter(|hour| hour.is_finite() && !self.is_empty());
        mean.map(|hour| hour.rem_euclid(24.0))
    }

    /// The mean hour in words, or that there is none.
    pub(super) fn preference(&self) -> String {
        match self.mean() {
            _ if self.is_empty() => "no activity".to_owned(),
            Some(hour) => format!("mean hour {}", clock(hour)),
            None => "no preferred hour".to_owned(),
        }
    }
}

/// An hour with a fraction as a time of day: 18.5 is `18:30`.
pub(super) fn clock(hour: f64) -> String {
    let minutes = (hour.rem_euclid(24.0) * 60.0).round() as i64 % (24 * 60);
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

/// The ends of an interval of hours, clockwise: the first from 0 to 24, the second after it and at most
/// a day later; `None` where an end is undefined.
pub(super) fn clockwise((from, to): (f64, f64)) -> Option<(f64, f64)> {
    if !(from.is_finite() && to.is_finite()) {
        return None;
    }
    if to - from >= 24.0 {
        return Some((0.0, 24.0));
    }
    let start = from.rem_euclid(24.0);
    Some((start, start + (to - from).rem_euclid(24.0)))
}
