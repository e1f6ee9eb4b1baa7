//! Moving probabilities on their logits to a given mean.

use super::order_columns::logit;

/// The shift after which the mean of `probabilities` is `mean`; by bisection, to 1e-12.
pub(super) fn shift_to(probabilities: &[f64], mean: f64) -> f64 {
    let (mut low, mut high) = (-20.0, 20.0);
    let n = probabilities.len().max(1) as f64;
    while high - low > 1e-12 {
        let middle = f64::midpoint(low, high);
        let sum: f64 = probabilities.iter().map(|p| shifted(*p, middle)).sum();
        if sum / n < mean {
            low = middle;
        } else {
            high = middle;
        }
    }
    f64::midpoint(low, high)
}

/// A probability moved by `shift` on its logit.
pub(super) fn shifted(p: f64, shift: f64) -> f64 {
    1.0 / (1.0 + (-(logit(p) + shift)).exp())
}
