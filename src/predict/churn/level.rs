//! Moving probabilities on their logits to a given mean.

use crate::numeric::root::root_within;

use super::order_columns::logit;

/// The shift after which the mean of `probabilities` is `mean`, to 1e-12.
pub(super) fn shift_to(probabilities: &[f64], mean: f64) -> f64 {
    const FARTHEST: f64 = 20.0;
    let n = probabilities.len().max(1) as f64;
    let beyond =
        |shift: f64| probabilities.iter().map(|p| shifted(*p, shift)).sum::<f64>() / n - mean;
    match (beyond(-FARTHEST) < 0.0, beyond(FARTHEST) > 0.0) {
        (false, _) => -FARTHEST,
        (_, false) => FARTHEST,
        _ => root_within(beyond, -FARTHEST, FARTHEST, 1e-12),
    }
}

/// A probability moved by `shift` on its logit.
pub(super) fn shifted(p: f64, shift: f64) -> f64 {
    1.0 / (1.0 + (-(logit(p) + shift)).exp())
}
