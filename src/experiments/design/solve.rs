//! Where a growing function crosses zero, over many orders of magnitude.

use crate::experiments::root::root;

/// The x from `least` upwards at which `f` becomes positive: doubles until it is, then solves in ln x.
/// `least` if it is so already, `None` if it is not by `most`. `near` is a first guess.
pub(super) fn crossing(
    f: impl Fn(f64) -> f64,
    least: f64,
    near: f64,
    most: f64,
) -> Option<f64> {
    if f(least) >= 0.0 {
        return Some(least);
    }
    let (mut low, mut high) = (least, near.max(least * 2.0));
    while f(high) <= 0.0 {
        if high > most {
            return None;
        }
        (low, high) = (high, high * 2.0);
    }
    Some(root(|ln_x| f(ln_x.exp()), low.ln(), high.ln()).exp())
}
