//! Where a growing function crosses zero, over many orders of magnitude.

use std::f64::consts::LN_2;

use crate::experiments::root::root;

/// The x from `least` upwards at which `f` becomes positive: doubles until it is, then solves in ln x.
/// `least` if it is so already, `None` if it is not by `most`. `near` is a first guess.
pub(super) fn crossing(f: impl Fn(f64) -> f64, least: f64, near: f64, most: f64) -> Option<f64> {
    if f(least) >= 0.0 {
        return Some(least);
    }
    // In ln x from here on: the ends of the bracket must be the very points that were tried.
    let at = |ln_x: f64| f(ln_x.exp());
    let (mut low, mut high) = (least.ln(), near.max(least * 2.0).ln());
    while at(high) <= 0.0 {
        if high > most.ln() {
            return None;
        }
        (low, high) = (high, high + LN_2);
    }
    Some(root(at, low, high).exp())
}
