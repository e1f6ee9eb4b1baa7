//! Tests of send times: reference numbers, properties, planted curves.

mod calibration;
mod properties;
mod references;

use super::super::counts::Counts;
use super::super::level::Level;
use super::*;

fn bin(hour: f64, successes: u64, n: u64) -> HourBin {
    HourBin { hour, counts: Counts::new(n, successes).expect("valid counts") }
}

fn read(bins: &[HourBin], harmonics: usize) -> SendTime {
    let bins = HourBins::new(bins).expect("valid bins");
    let params = SendTimeParams::new(harmonics, Level::DEFAULT).expect("valid parameters");
    params.read(&bins).expect("hours that carry the harmonics")
}

/// Asserts that two numbers agree to a relative tolerance.
fn close(got: f64, want: f64, tolerance: f64) {
    assert!((got - want).abs() <= tolerance * want.abs(), "got {got}, want {want}");
}

/// Hours from one to the other the shorter way round.
fn apart(one: f64, other: f64) -> f64 {
    let gap = (one - other).rem_euclid(24.0);
    gap.min(24.0 - gap)
}
