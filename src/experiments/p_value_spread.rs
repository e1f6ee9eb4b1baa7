//! The p-values of many segments against what chance alone would give.

use serde::Serialize;

use super::bayes::BetaPrior;
use super::counts::Counts;
use super::level::Level;

/// One comparison's p-value at its rank.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RankedP {
    pub segment: String,
    pub arm: String,
    pub p: f64,
    /// The mean of the p-value of this rank if no segment differed: rank / (m + 1).
    pub expected: f64,
    /// Between which values the p-value of this rank lies at the level, if no segment differed and they were
    /// independent.
    pub low: f64,
    pub high: f64,
}

/// P-values in rising order, with the band of the order statistics of as many uniform numbers: that of rank
/// i of m is Beta(i, m + 1 - i). Empty for fewer than two.
pub(super) fn p_value_spread(mut found: Vec<(String, String, f64)>, level: Level) -> Vec<RankedP> {
    const FEWEST: usize = 2;
    found.retain(|(_, _, p)| !p.is_nan());
    if found.len() < FEWEST {
        return Vec::new();
    }
    found.sort_by(|a, b| a.2.total_cmp(&b.2).then_with(|| (&a.0, &a.1).cmp(&(&b.0, &b.1))));
    let m = found.len();
    let outside = (1.0 - level.get()) / 2.0;
    let ranked = found.into_iter().enumerate().filter_map(|(place, (segment, arm, p))| {
        let rank = (place + 1) as f64;
        let others = (m + 1) as f64 - rank;
        let of_rank = BetaPrior::new(rank, others).ok()?.posterior(&Counts::default());
        let (low, high) = (of_rank.quantile(outside), of_rank.quantile(1.0 - outside));
        Some(RankedP { segment, arm, p, expected: rank / (m + 1) as f64, low, high })
    });
    ranked.collect()
}
