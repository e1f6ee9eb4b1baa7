//! Bands of recency from the time that this shop's buyers take between orders.
//!
//! The gap of a buyer is the mean of the days between their orders, so that everybody who came back
//! counts once. Up to the median gap a contact is active; up to the third quartile due; up to the
//! ninetieth percentile overdue: nine of ten who came back usually do so sooner. Beyond it is lapsed.
//! Percentiles of the time between orders are the usual threshold where nobody cancels (Pananos, "Retail
//! churn": "9 times out of 10"; Statlas, "Customer churn calculation", takes the 40th and 80th).
//!
//! Gaps are known of those who came back before the as-of, so in a shop younger than a few cycles
//! they come out short.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// Percentiles of the gaps at which the bands end.
pub const PERCENTILES: [u8; 3] = [50, 75, 90];

/// Fewest gaps to take percentiles of: with fifty, five are beyond the ninetieth.
pub const FEWEST_GAPS: usize = 50;

/// The buying cycle of a shop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cycle {
    /// Contacts with a gap.
    pub gaps: usize,
    /// Whole days within each of [`PERCENTILES`].
    pub days: [i64; 3],
}

impl Cycle {
    /// The cycle of buyers whose gaps, in days, are given in any order. Contacts without a gap (NaN),
    /// and those who ordered on one day only (0), are left out.
    ///
    /// # Errors
    /// If there are fewer than [`FEWEST_GAPS`], or they are so short that two bands would end on one day.
    pub fn fit(gaps: &[f64]) -> Result<Self> {
        let is_known = |gap: &f64| gap.is_finite() && *gap > 0.0;
        let mut known: Vec<f64> = gaps.iter().copied().filter(is_known).collect();
        if known.len() < FEWEST_GAPS {
            return Err(Error::data(format!(
                "the RFM preset cycle needs {FEWEST_GAPS} contacts who ordered on two days or more, \
                 and there are {}",
                known.len()
            ))
            .hint("choose another preset, or give cut points for recency"));
        }
        known.sort_unstable_by(f64::total_cmp);
        let days = PERCENTILES.map(|percent| whole_days(&known, percent));
        if days[0] >= days[1] || days[1] >= days[2] {
            return Err(Error::data(format!(
                "the bands of the RFM preset cycle end after {}, {} and {} days, and two of them \
                 coincide",
                days[0], days[1], days[2]
            ))
            .hint("the gaps are too much alike; give cut points for recency"));
        }
        Ok(Cycle { gaps: known.len(), days })
    }
}

/// The days within a percentile of sorted gaps (type 7 of Hyndman & Fan 1996).
fn whole_days(sorted: &[f64], percent: u8) -> i64 {
    let place = (sorted.len() - 1) as f64 * f64::from(percent) / 100.0;
    let low = sorted[place.floor() as usize];
    let high = sorted[place.ceil() as usize];
    (low + place.fract() * (high - low)).floor() as i64
}
