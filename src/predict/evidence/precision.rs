//! Precision against recall: average precision and the area by trapezoids.

use crate::error::Result;

use super::ranking::Ranking;

/// Σ (recall gained at a score) × (precision at that score), over falling distinct scores.
///
/// `None` if there is no positive or no negative row (or no weight in one).
///
/// # Errors
/// As of [`auc`](super::auc()).
pub fn average_precision(
    labels: &[bool],
    scores: &[f64],
    weights: Option<&[f64]>,
) -> Result<Option<f64>> {
    let step = |before: Point, here: Point| (here.recall - before.recall) * here.precision;
    Ok(curve(labels, scores, weights)?.map(|points| area(&points, step)))
}

/// The area under precision against recall, by trapezoids from (recall 0, precision 1). Straight lines
/// between points are optimistic here (Davis & Goadrich 2006); [`average_precision`] has none.
///
/// `None` and errors as of [`average_precision`].
pub fn precision_recall_area(
    labels: &[bool],
    scores: &[f64],
    weights: Option<&[f64]>,
) -> Result<Option<f64>> {
    let step = |before: Point, here: Point| {
        (here.recall - before.recall) * (here.precision + before.precision) / 2.0
    };
    Ok(curve(labels, scores, weights)?.map(|points| area(&points, step)))
}

#[derive(Clone, Copy)]
struct Point {
    recall: f64,
    precision: f64,
}

fn area(points: &[Point], step: impl Fn(Point, Point) -> f64) -> f64 {
    points.windows(2).map(|pair| step(pair[0], pair[1])).sum()
}

fn curve(labels: &[bool], scores: &[f64], weights: Option<&[f64]>) -> Result<Option<Vec<Point>>> {
    let ranking = Ranking::new(labels, scores, weights)?;
    if !ranking.has_both_classes() {
        return Ok(None);
    }
    let start = Point { recall: 0.0, precision: 1.0 };
    let rest = ranking.cumulative().into_iter().skip(1).map(|(positives, negatives)| Point {
        recall: positives / ranking.positives,
        precision: positives / (positives + negatives),
    });
    Ok(Some(std::iter::once(start).chain(rest).collect()))
}
