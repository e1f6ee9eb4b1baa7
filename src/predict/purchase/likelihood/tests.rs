//! Derivatives against differences.

use super::super::super::maximum::{Curve, Objective};
use super::super::history::{History, Weighted};
use super::*;

fn rows() -> Vec<Weighted> {
    let row = |repeats: u32, age_at_last: f64, age: f64, contacts: f64| Weighted {
        history: History { repeats, age_at_last, age, log_gaps: 0.3 * f64::from(repeats) },
        contacts,
    };
    vec![
        row(0, 0.0, 0.9, 40.0),
        row(0, 0.0, 1.3, 25.0),
        row(1, 0.2, 1.0, 12.0),
        row(2, 1.1, 1.2, 7.0),
        row(4, 0.4, 1.4, 3.0),
        row(60, 1.0, 1.0, 1.0),
    ]
}

/// Asserts that gradient and Hessian are those of the value, by central differences.
fn agrees(objective: &impl Objective<4>, at: [f64; 4]) {
    const STEP: f64 = 1e-4;
    let curve = objective.curve(&at);
    let moved = |i: usize, step: f64| -> Curve<4> {
        let mut logs = at;
        logs[i] += step;
        objective.curve(&logs)
    };
    for i in 0..4 {
        let (high, low) = (moved(i, STEP), moved(i, -STEP));
        let slope = (high.value - low.value) / (2.0 * STEP);
        assert!(
            (curve.gradient[i] - slope).abs() < 1e-5 * (1.0 + slope.abs()),
            "{i}: {slope} {curve:?}"
        );
        for j in 0..4 {
            let bend = (high.gradient[j] - low.gradient[j]) / (2.0 * STEP);
            let found = curve.hessian[i][j];
            assert!((found - bend).abs() < 1e-5 * (1.0 + bend.abs()), "{i} {j}: {found} {bend}");
        }
    }
}

const POINTS: [[f64; 4]; 4] = [
    [-0.5, -0.7, -0.2, 0.4],
    [0.4, 1.0, 1.5, -1.5],
    [-1.5, -4.0, -1.0, 2.0],
    [0.1, 3.0, 0.2, -3.0],
];

#[test]
fn the_family_of_bg_nbd_has_its_derivatives() {
    let rows = rows();
    for at in POINTS {
        for (k, first) in [(1, false), (1, true), (3, false), (3, true)] {
            agrees(&GeometricLikelihood::new(&rows, k, first), at);
        }
    }
}

#[test]
fn pareto_nbd_has_its_derivatives() {
    let rows = rows();
    POINTS.iter().for_each(|at| agrees(&ParetoLikelihood::new(&rows), *at));
}
