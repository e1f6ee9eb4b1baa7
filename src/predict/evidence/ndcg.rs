//! Discounted cumulative gain: a ranking judged by its top.

use crate::error::{Error, Result};

use super::input;
use super::ranking;

/// The normalised discounted cumulative gain of `values` ranked by `scores`: Σ value / log₂(place + 1),
/// over the same sum in the best order; only the first `most` places count where given. Equal scores
/// share their places (Järvelin & Kekäläinen 2002; ties as McSherry & Najork 2008).
///
/// `None` if no value is above zero, or no place counts.
///
/// # Errors
/// If the slices differ in length, a value or score is not finite, or a value is negative.
pub fn ndcg(values: &[f64], scores: &[f64], most: Option<usize>) -> Result<Option<f64>> {
    input::paired(scores, values)?;
    if let Some(row) = values.iter().position(|value| *value < 0.0) {
        return Err(Error::data(format!("the outcome of row {row} is {}", values[row]))
            .hint("a discounted gain needs outcomes that are not below 0"));
    }
    let most = most.unwrap_or(values.len());
    let best = gain(values, values, most);
    Ok((best > 0.0).then(|| gain(values, scores, most) / best))
}

fn gain(values: &[f64], scores: &[f64], most: usize) -> f64 {
    let order = ranking::descending(scores);
    let (mut place, mut sum) = (0, 0.0);
    for run in ranking::ties(&order, scores) {
        if place >= most {
            break;
        }
        let end = place + run.len();
        let mean = run.iter().map(|row| values[*row]).sum::<f64>() / run.len() as f64;
        let discounts = (place..end.min(most)).map(|p| 1.0 / (p as f64 + 2.0).log2());
        sum += mean * discounts.sum::<f64>();
        place = end;
    }
    sum
}
