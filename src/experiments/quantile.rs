//! Quantiles of a metric: the median order, the slowest tenth.

use super::effect::{Effect, NoEstimate, Side};
use super::level::Level;
use super::means::{Sample, compare_means};
use super::sorted_values::SortedValues;
use crate::error::{Error, Result};
use crate::estimate::Estimate;

/// Which quantile, strictly between 0 and 1: 0.5 is the median.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quantile(f64);

impl Quantile {
    pub const MEDIAN: Quantile = Quantile(0.5);

    /// # Errors
    ///
    /// A settings error if `share` does not lie strictly between 0 and 1.
    pub fn new(share: f64) -> Result<Self> {
        if share > 0.0 && share < 1.0 {
            return Ok(Quantile(share));
        }
        Err(Error::settings("a quantile lies between 0 and 1")
            .with_value(share.to_string())
            .hint("write 0.9 for the value that nine in ten stay below"))
    }

    pub fn get(self) -> f64 {
        self.0
    }

    /// Ranks nν ± z√(nν(1−ν)), the upper one plus 1, to the nearest: between their values the quantile lies
    /// with the level's probability (Campbell & Gardner 1988). `None` beyond the rows.
    fn ranks(self, n: u64, z: f64) -> Option<(u64, u64)> {
        let rows = n as f64;
        let middle = rows * self.0;
        let half = z * (middle * (1.0 - self.0)).sqrt();
        let (low, high) = (middle - half, middle + half);
        (low > 0.0 && high < rows)
            .then(|| ((low.round() as u64).max(1), ((1.0 + high).round() as u64).min(n)))
    }

    /// The first n above z² ν/(1−ν) and z² (1−ν)/ν, from where on the bounds lie within the rows.
    fn rows_needed(self) -> u64 {
        let z = Level::DEFAULT.normal_critical();
        let odds = self.0 / (1.0 - self.0);
        (z * z * odds.max(1.0 / odds)).floor() as u64 + 1
    }
}

/// The quantile of one arm with the interval between two order statistics, which needs no density and no
/// shape. `None` if a bound lies beyond the rows, or without rows.
pub fn quantile_estimate(
    values: &SortedValues,
    quantile: Quantile,
    level: Level,
) -> Option<Estimate> {
    let (low, high) = quantile.ranks(values.len() as u64, level.normal_critical())?;
    let (low, high) = (values.at_rank(low)?, values.at_rank(high)?);
    Some(Estimate {
        point: values.quantile(quantile.0)?,
        std_error: Some((high - low) / (2.0 * level.normal_critical())),
        low,
        high,
        level: level.get(),
        method: "order statistics",
    })
}

/// Compares a quantile of two arms: the difference with Welch's t, where the standard error of each arm's
/// quantile is its 95 % interval by order statistics over 2z, and Fieller's set for the relative lift.
///
/// It needs the sorted values, not sums. One value for each recipient: values that come several to a
/// recipient are not independent, and the interval would be too narrow. Of a metric that is mostly zero,
/// take a quantile above the zeros. Constant cost.
///
/// # Errors
///
/// [`NoEstimate`] if an arm has fewer rows than the quantile needs, or its bounds are one and the same value.
pub fn compare_quantiles(
    control: &SortedValues,
    treatment: &SortedValues,
    quantile: Quantile,
    level: Level,
) -> Result<Effect, NoEstimate> {
    let control = sample(control, quantile, Side::Control)?;
    let treatment = sample(treatment, quantile, Side::Treatment)?;
    compare_bounds(&control, &treatment, level)
}

pub(super) fn compare_bounds(
    control: &Sample,
    treatment: &Sample,
    level: Level,
) -> Result<Effect, NoEstimate> {
    let mut effect = compare_means(control, treatment, level)?;
    effect.difference.method = "order statistics, welch-t";
    effect.p_method = "welch t test, order statistics";
    if let Some(lift) = &mut effect.relative_lift {
        lift.estimate.method = "fieller, order statistics";
    }
    Ok(effect)
}

fn sample(values: &SortedValues, quantile: Quantile, arm: Side) -> Result<Sample, NoEstimate> {
    let n = values.len() as u64;
    if n == 0 {
        return Err(NoEstimate::NoRows { arm });
    }
    let needed = quantile.rows_needed();
    let few = NoEstimate::FewRows { arm, needed };
    let estimate = quantile_estimate(values, quantile, Level::DEFAULT).ok_or(few)?;
    quantile_sample(&Bounds { rows: n, rows_of_bounds: n, estimate }, arm)
}

/// An arm's quantile, and the bounds that were found in some of its rows.
pub(super) struct Bounds {
    pub rows: u64,
    pub rows_of_bounds: u64,
    pub estimate: Estimate,
}

/// The quantile as if it were a mean, with a sample variance of (n − 1) ((high − low)/2z)², scaled to all
/// rows.
pub(super) fn quantile_sample(bounds: &Bounds, arm: Side) -> Result<Sample, NoEstimate> {
    let tied = NoEstimate::TiedQuantile { arm };
    let Bounds { rows, rows_of_bounds, estimate } = bounds;
    let width = (estimate.high - estimate.low) / (2.0 * Level::DEFAULT.normal_critical());
    let scale = *rows_of_bounds as f64 / *rows as f64 * rows.saturating_sub(1) as f64;
    if width <= 0.0 {
        return Err(tied);
    }
    Sample::new(*rows, estimate.point, scale * width * width).map_err(|_| tied)
}
