//! The population stability index.

use serde::{Deserialize, Serialize};
use statrs::distribution::{ChiSquared, ContinuousCDF};

/// How far two spreads over the same groups are apart, and what chance alone would give.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct StabilityIndex {
    /// Σ (q − p) ln(q / p) over the groups.
    pub index: f64,
    /// What two samples of these sizes from one population stay below in 95 of 100 cases.
    pub noise: f64,
}

/// Probability with which chance alone stays below the noise.
const NOISE_LEVEL: f64 = 0.95;

/// Added to every count, so that an empty group weighs little and not infinitely (Jeffreys' prior for shares).
const HALF: f64 = 0.5;

/// The index of `now` against `before`, both counts by group; groups that are empty in both take no part.
///
/// The index is the symmetric divergence of Jeffreys (1946, *Proc. R. Soc. A* 186, 453-461), in credit scoring known as
/// population stability index. Under one population it is about (1/n + 1/m) χ² with one less degrees of freedom than
/// groups (Yurdakul & Naranjo 2020, *Journal of Risk Model Validation* 14(4)). `None` if there is nobody before or now,
/// or only one group.
pub fn stability_index(before: &[u64], now: &[u64]) -> Option<StabilityIndex> {
    let pairs: Vec<(f64, f64)> = before
        .iter()
        .zip(now)
        .filter(|(b, n)| **b + **n > 0)
        .map(|(b, n)| (*b as f64, *n as f64))
        .collect();
    let (n, m) = pairs.iter().fold((0.0, 0.0), |(n, m), (b, w)| (n + b, m + w));
    if n == 0.0 || m == 0.0 || pairs.len() < 2 {
        return None;
    }
    let groups = pairs.len() as f64;
    let share = |count: f64, all: f64| (count + HALF) / (all + HALF * groups);
    let index = pairs
        .iter()
        .map(|(b, w)| {
            let (p, q) = (share(*b, n), share(*w, m));
            (q - p) * (q / p).ln()
        })
        .sum();
    let chi = ChiSquared::new(groups - 1.0).ok()?;
    let noise = (1.0 / n + 1.0 / m) * chi.inverse_cdf(NOISE_LEVEL);
    Some(StabilityIndex { index, noise })
}
