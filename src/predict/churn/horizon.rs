//! Within which time a contact who does nothing counts as lost.

use serde::Serialize;

use super::super::orders::PurchaseDays;

/// A horizon in days and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Horizon {
    pub days: u32,
    pub source: String,
}

/// Nine of ten repeat orders come within this gap: later than that is unusual.
const SHARE_OF_GAPS: f64 = 0.9;
/// Fewer gaps say little about a percentile.
const LEAST_GAPS: usize = 100;
/// Without gaps of the shop's own: a quarter of a year, as most reports count.
const DEFAULT_DAYS: u32 = 90;
/// Shorter is within one mailing cycle; longer, and the history rarely reaches for a backtest.
const RANGE: (u32, u32) = (28, 180);

impl Horizon {
    /// The horizon given, or the shop's own: no longer than a quarter of what was seen, so that there is
    /// something left to test on.
    pub fn choose(given: Option<u32>, days: &PurchaseDays, days_seen: u32) -> Self {
        if let Some(days) = given {
            return Horizon { days, source: "as given".to_owned() };
        }
        let gaps = days.all_gaps();
        let most = RANGE.1.min(days_seen / 4).max(RANGE.0);
        if gaps.len() < LEAST_GAPS {
            return Horizon {
                days: DEFAULT_DAYS.min(most),
                source: format!(
                    "the default: {} gaps between orders are too few to tell the shop's own, which takes {LEAST_GAPS}",
                    gaps.len()
                ),
            };
        }
        let at = ((gaps.len() - 1) as f64 * SHARE_OF_GAPS).round() as usize;
        let own = gaps[at].max(1) as u32;
        let days = own.clamp(RANGE.0, most);
        let mut source =
            format!("the gap that nine of ten repeat orders do not exceed, of {} gaps", gaps.len());
        if days != own {
            source.push_str(&format!("; that is {own} days, kept within {} to {most}", RANGE.0));
        }
        Horizon { days, source }
    }
}
