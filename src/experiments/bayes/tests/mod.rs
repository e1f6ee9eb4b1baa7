//! Tests of posteriors: reference numbers, properties, edges.

mod properties;
mod references;

use super::super::counts::Counts;
use super::super::level::Level;
use super::super::means::Sample;
use super::*;

fn counts(successes: u64, n: u64) -> Counts {
    Counts::new(n, successes).expect("valid counts")
}

/// Asserts that two numbers agree to a relative tolerance.
fn close(got: f64, want: f64, tolerance: f64) {
    assert!((got - want).abs() <= tolerance * want.abs(), "got {got}, want {want}");
}
