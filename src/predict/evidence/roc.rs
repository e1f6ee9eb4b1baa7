//! The ROC curve and the largest gap between the classes.

use serde::Serialize;

use crate::error::Result;

use super::ranking::Ranking;

/// One point of the ROC curve: the rates when all rows that score at least `threshold` are called
/// positive.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct RocPoint {
    /// `None` at the first point, where no row is called positive.
    pub threshold: Option<f64>,
    pub false_positive_rate: f64,
    pub true_positive_rate: f64,
}

/// The ROC curve from (0, 0) to (1, 1), one point a distinct score, best first; points on straight
/// lines are kept (scikit-learn's `drop_intermediate=False`).
///
/// `None` if one class has no row (or no weight).
///
/// # Errors
/// As of [`auc`](super::auc()).
pub fn roc_curve(
    labels: &[bool],
    scores: &[f64],
    weights: Option<&[f64]>,
) -> Result<Option<Vec<RocPoint>>> {
    let ranking = Ranking::new(labels, scores, weights)?;
    if !ranking.has_both_classes() {
        return Ok(None);
    }
    let thresholds = std::iter::once(None).chain(ranking.tiers.iter().map(|t| Some(t.score)));
    let points =
        thresholds.zip(ranking.cumulative()).map(|(threshold, (positives, negatives))| RocPoint {
            threshold,
            false_positive_rate: negatives / ranking.negatives,
            true_positive_rate: positives / ranking.positives,
        });
    Ok(Some(points.collect()))
}

/// The Kolmogorov-Smirnov distance of the classes' scores: the largest |true - false positive rate|.
///
/// `None` and errors as of [`roc_curve`].
pub fn kolmogorov_smirnov(
    labels: &[bool],
    scores: &[f64],
    weights: Option<&[f64]>,
) -> Result<Option<f64>> {
    let gap = |p: &RocPoint| (p.true_positive_rate - p.false_positive_rate).abs();
    Ok(roc_curve(labels, scores, weights)?.map(|points| points.iter().map(gap).fold(0.0, f64::max)))
}
