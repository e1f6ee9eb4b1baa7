//! The area under the ROC curve, its uncertainty, and the comparison of two scores.
//!
//! DeLong, E. R., DeLong, D. M. & Clarke-Pearson, D. L. (1988), Comparing the areas under two or more
//! correlated receiver operating characteristic curves, *Biometrics* 44, 837-845; by ranks as in Sun,
//! X. & Xu, W. (2014), *IEEE Signal Processing Letters* 21, 1389-1393.

use serde::Serialize;

use crate::error::Result;
use crate::estimate::Estimate;

use super::input;
use super::normal;
use super::placement::Placements;
use super::ranking::Ranking;

/// The chance that a positive row scores above a negative one, ties counting half.
///
/// `None` if one class has no row (or no weight).
///
/// # Errors
/// If the slices differ in length, a score is not finite, or a weight is negative or not finite.
pub fn auc(labels: &[bool], scores: &[f64], weights: Option<&[f64]>) -> Result<Option<f64>> {
    let ranking = Ranking::new(labels, scores, weights)?;
    if !ranking.has_both_classes() {
        return Ok(None);
    }
    let (mut above, mut won) = (0.0, 0.0);
    for tier in &ranking.tiers {
        won += tier.negatives * (above + tier.positives / 2.0);
        above += tier.positives;
    }
    Ok(Some((won / (ranking.positives * ranking.negatives)).min(1.0)))
}

/// The Gini coefficient of a ranking, 2 AUC - 1. `None` and errors as of [`auc`].
pub fn gini(labels: &[bool], scores: &[f64], weights: Option<&[f64]>) -> Result<Option<f64>> {
    Ok(auc(labels, scores, weights)?.map(|area| 2.0 * area - 1.0))
}

/// The AUC with DeLong's standard error and an interval at `level`, built on the logit of the AUC.
///
/// At an AUC of 0 or 1 DeLong's variance is zero and says nothing. With m the smaller class's number
/// of rows, m pairs share no row, and all of them are in order with chance AUCᵐ; the interval holds
/// what Clopper and Pearson's does for m of m, from (α/2)^(1/m) to 1 (mirrored at 0). It is wide on
/// purpose. Where every row has the same score the AUC is 1/2 by construction, and so are both bounds.
/// With one row in a class there is no variance; inside (0, 1) the interval then is 0 to 1.
///
/// `None` if one class has no row.
///
/// # Errors
/// As of [`auc`]; also if `level` does not lie strictly between 0 and 1.
pub fn auc_estimate(labels: &[bool], scores: &[f64], level: f64) -> Result<Option<Estimate>> {
    input::scored(labels, scores)?;
    let z = normal::critical(level)?;
    let placements = Placements::new(labels, scores);
    if !placements.has_both_classes() {
        return Ok(None);
    }
    let point = placements.area();
    let variance = placements.variance();
    let estimate = |std_error: Option<f64>, low: f64, high: f64, method| {
        Some(Estimate { point, std_error, low, high, level, method })
    };
    if point == 0.0 || point == 1.0 {
        let least = ((1.0 - level) / 2.0).powf(1.0 / placements.smaller_class() as f64);
        let (low, high) = if point == 1.0 { (least, 1.0) } else { (0.0, 1.0 - least) };
        return Ok(estimate(variance.map(f64::sqrt), low, high, EXACT));
    }
    let Some(error) = variance.map(f64::sqrt) else {
        return Ok(estimate(None, 0.0, 1.0, ONE_ROW));
    };
    let centre = (point / (1.0 - point)).ln();
    let reach = z * error / (point * (1.0 - point));
    let back = |logit: f64| 1.0 / (1.0 + (-logit).exp());
    let (low, high) =
        if error == 0.0 { (point, point) } else { (back(centre - reach), back(centre + reach)) };
    Ok(estimate(Some(error), low, high, "DeLong, logit scale"))
}

const EXACT: &str = "exact for separated classes, from disjoint pairs";
const ONE_ROW: &str = "none: one row in a class";

/// Two scores of the same rows, compared by their AUC.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AucComparison {
    pub first: f64,
    pub second: f64,
    /// first - second, with its interval on the plain scale.
    pub difference: Estimate,
    /// `None` where the difference has no variance to be held against.
    pub z: Option<f64>,
    /// Two-sided.
    pub p: Option<f64>,
}

/// DeLong's test of two scores on the same labels.
///
/// Where both scores place every row alike, z is 0 and p is 1. Where a class has one row, or the
/// variance is zero though the areas differ, there is no test, and the interval is -1 to 1.
///
/// `None` if one class has no row.
///
/// # Errors
/// As of [`auc_estimate`], for either score.
pub fn compare_auc(
    labels: &[bool],
    first: &[f64],
    second: &[f64],
    level: f64,
) -> Result<Option<AucComparison>> {
    input::scored(labels, first)?;
    input::scored(labels, second)?;
    let critical = normal::critical(level)?;
    let one = Placements::new(labels, first);
    if !one.has_both_classes() {
        return Ok(None);
    }
    let two = Placements::new(labels, second);
    let gap = one.less(&two);
    let point = gap.area();
    let error = gap.variance().map(f64::sqrt);
    let (z, reach) = match error {
        Some(error) if error > 0.0 => (Some(point / error), Some(critical * error)),
        Some(_) if point == 0.0 => (Some(0.0), Some(0.0)),
        _ => (None, None),
    };
    let (low, high) = reach.map_or((-1.0, 1.0), |r| ((point - r).max(-1.0), (point + r).min(1.0)));
    let method = if z.is_some() { "DeLong, paired" } else { "none: no variance" };
    let difference = Estimate { point, std_error: error, low, high, level, method };
    let p = z.map(normal::two_sided);
    Ok(Some(AucComparison { first: one.area(), second: two.area(), difference, z, p }))
}
