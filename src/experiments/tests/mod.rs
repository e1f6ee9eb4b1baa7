//! Tests of the experiment readouts: reference numbers, properties, edges and one real experiment.

mod coverage;
mod edges;
mod hillstrom;
mod parts;
mod properties;
mod references;
mod tables;

use super::*;

/// Asserts that two numbers agree to a relative or absolute tolerance.
fn close(got: f64, want: f64, tolerance: f64) {
    let gap = (got - want).abs();
    assert!(gap <= tolerance * want.abs().max(1.0), "got {got}, want {want}");
}

fn counts(successes: u64, n: u64) -> Counts {
    Counts::new(n, successes).expect("a valid table")
}

fn sample(n: u64, mean: f64, variance: f64) -> Sample {
    Sample::new(n, mean, variance).expect("a valid sample")
}
