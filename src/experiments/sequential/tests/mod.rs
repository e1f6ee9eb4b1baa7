//! Tests of the sequential methods: reference numbers, properties, and error rates by simulation.

mod calibration;
mod properties;
mod references;

use super::super::level::Level;
use super::*;

fn level(alpha: f64) -> Level {
    Level::new(1.0 - alpha).expect("a level")
}

/// Asserts that two numbers agree to a relative tolerance.
fn close(got: f64, want: f64, tolerance: f64) {
    assert!((got - want).abs() <= tolerance * want.abs(), "got {got}, want {want}");
}
