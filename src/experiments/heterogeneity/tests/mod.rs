//! Tests of effects over segments: reference numbers, properties, edges, and calibration by
//! simulation.

mod calibration;
mod edges;
mod properties;
mod reference_pooling;
mod reference_shrinkage;
mod reference_tables;

use serde_json::Value;

use super::super::{Counts, Level};
use super::*;

/// Numbers computed with R 4.2 (metafor, VGAM, mantelhaen.test), statsmodels, gbstats and
/// multiple-inference.
fn reference(part: &str) -> Vec<Value> {
    let text = include_str!("../../../../tests/data/heterogeneity.json");
    let mut all: Value = serde_json::from_str(text).expect("valid JSON");
    let Value::Array(cases) = all[part].take() else { panic!("no part {part}") };
    cases
}

/// Asserts that two numbers agree to a relative or absolute tolerance.
#[track_caller]
fn close(got: f64, want: f64, tolerance: f64) {
    let gap = (got - want).abs();
    assert!(gap <= tolerance * want.abs().max(1.0), "got {got}, want {want}");
}

/// The same, relative only.
#[track_caller]
fn near(got: f64, want: f64, tolerance: f64) {
    let gap = (got - want).abs();
    assert!(gap <= tolerance * want.abs(), "got {got}, want {want}");
}

fn number(value: &Value) -> f64 {
    match value.as_str() {
        Some("Infinity") => f64::INFINITY,
        Some("-Infinity") => f64::NEG_INFINITY,
        _ => value.as_f64().expect("a number"),
    }
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().expect("a list").iter().map(number).collect()
}

fn effects_of(effects: &[f64], variances: &[f64]) -> SegmentEffects {
    let one = |(i, (effect, variance)): (usize, (&f64, &f64))| SegmentEffect {
        name: format!("s{i}"),
        effect: *effect,
        std_error: variance.sqrt(),
    };
    let all = effects.iter().zip(variances).enumerate().map(one).collect();
    SegmentEffects::new(all).expect("usable effects")
}

fn effects(case: &Value) -> SegmentEffects {
    effects_of(&numbers(&case["effects"]), &numbers(&case["variances"]))
}

fn counts(successes: u64, n: u64) -> Counts {
    Counts::new(n, successes).expect("a valid table")
}

/// Rows of (control successes, control n, treatment successes, treatment n).
fn segments_of(rows: &[[u64; 4]]) -> Segments {
    Segments::new(rows.iter().enumerate().map(|(i, [xc, nc, xt, nt])| Segment {
        name: format!("s{i}"),
        control: counts(*xc, *nc),
        treatment: counts(*xt, *nt),
    }))
}

fn segments(case: &Value) -> Segments {
    let rows = case["segments"].as_array().expect("rows").iter().map(|row| {
        let row = numbers(row);
        [row[0] as u64, row[1] as u64, row[2] as u64, row[3] as u64]
    });
    segments_of(&rows.collect::<Vec<_>>())
}
