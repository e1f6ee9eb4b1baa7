//! Tests of the regression and the recalibrations: references, properties, edges, storage.

mod edges;
mod properties;
mod references;
mod storage;

use ndarray::Array2;
use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

use super::*;
use crate::error::Result;

/// Asserts that two numbers agree to a relative or absolute tolerance.
fn close(got: f64, want: f64, tolerance: f64) {
    let gap = (got - want).abs();
    assert!(gap <= tolerance * want.abs().max(1.0), "got {got}, want {want}");
}

fn names(columns: usize) -> Vec<String> {
    (0..columns).map(|column| format!("c{column}")).collect()
}

fn table(rows: &[&[f64]]) -> Array2<f64> {
    Array2::from_shape_fn((rows.len(), rows[0].len()), |(r, c)| rows[r][c])
}

fn fit(
    values: &Array2<f64>,
    labels: &[bool],
    weights: Option<&[f64]>,
    l2: f64,
) -> Result<LogisticModel> {
    let names = names(values.ncols());
    let design = Design::new(&names, values.view(), labels, weights)?;
    LogisticParams::with_l2(l2).check()?.fit(&design)
}

/// Rows of four columns of very different size, with labels that depend on three of them.
fn sample(rows: usize, seed: u64) -> (Array2<f64>, Vec<bool>, Vec<f64>) {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
    let mut labels = Vec::new();
    let mut weights = Vec::new();
    let mut values = Array2::zeros((rows, 4));
    for mut row in values.rows_mut() {
        let draws: [f64; 4] = std::array::from_fn(|_| rng.gen_range(-1.0..1.0));
        let logit = -0.7 + 2.0 * draws[0] - draws[1] + 0.5 * draws[0] * draws[2];
        row[0] = 1e6 * draws[0] + 5e6;
        row[1] = 1e-5 * draws[1];
        row[2] = draws[2] + 0.9 * draws[0];
        row[3] = draws[3].round();
        labels.push(rng.r#gen::<f64>() < 1.0 / (1.0 + f64::exp(-logit)));
        weights.push(rng.gen_range(0.2..4.0));
    }
    (values, labels, weights)
}
