//! Tests of the measures: reference numbers, second implementations, properties and edges.

mod edges;
mod naive;
mod properties;
mod ranking_references;
mod references;

use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

use super::*;

/// Asserts that two numbers agree to a relative or absolute tolerance.
fn close(got: f64, want: f64, tolerance: f64) {
    let gap = (got - want).abs();
    assert!(gap <= tolerance * want.abs().max(1.0), "got {got}, want {want}");
}

/// The number, where there must be one.
fn some<T>(value: crate::error::Result<Option<T>>) -> T {
    value.expect("valid rows").expect("a defined measure")
}

fn numbers(json: &serde_json::Value) -> Vec<f64> {
    json.as_array().expect("a list").iter().map(|v| v.as_f64().expect("a number")).collect()
}

fn number(json: &serde_json::Value) -> f64 {
    json.as_f64().expect("a number")
}

/// Labels, scores and weights with many ties; larger scores have more positives.
fn sample(rows: usize, levels: u32, seed: u64) -> (Vec<bool>, Vec<f64>, Vec<f64>) {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
    let mut labels = Vec::new();
    let (mut scores, mut weights) = (Vec::new(), Vec::new());
    for _ in 0..rows {
        let score = f64::from(rng.gen_range(0..=levels)) / f64::from(levels);
        labels.push(rng.r#gen::<f64>() < 0.2 + 0.6 * score);
        scores.push(score);
        weights.push(rng.gen_range(0.5..3.0));
    }
    (labels, scores, weights)
}

/// The rows in another order.
fn shuffled<T: Copy>(values: &[T], seed: u64) -> Vec<T> {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
    let mut order: Vec<usize> = (0..values.len()).collect();
    for last in (1..order.len()).rev() {
        order.swap(last, rng.gen_range(0..=last));
    }
    order.into_iter().map(|row| values[row]).collect()
}
