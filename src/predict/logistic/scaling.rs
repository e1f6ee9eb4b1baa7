//! Means and standard deviations of columns.

use ndarray::{ArrayView1, ArrayView2};
use rayon::prelude::*;

/// Location and spread of one column.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Scale {
    pub mean: f64,
    /// Of the rows as they are (divided by their weight, not by one less); 0 if the column is constant.
    pub sd: f64,
}

impl Scale {
    /// `value` in standard deviations from the mean; 0 in a constant column, which says nothing.
    pub(super) fn standardised(&self, value: f64) -> f64 {
        if self.sd > 0.0 { (value - self.mean) / self.sd } else { 0.0 }
    }
}

/// The scale of every column; sums run in row order within a column.
pub(super) fn scales(values: ArrayView2<'_, f64>, weights: Option<&[f64]>) -> Vec<Scale> {
    let columns: Vec<ArrayView1<'_, f64>> = values.columns().into_iter().collect();
    columns.into_par_iter().map(|column| scale(column, weights)).collect()
}

fn scale(column: ArrayView1<'_, f64>, weights: Option<&[f64]>) -> Scale {
    let weight = |row: usize| weights.map_or(1.0, |w| w[row]);
    let seen = || column.iter().enumerate().filter(|(row, _)| weight(*row) > 0.0);
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    for (_, &value) in seen() {
        (low, high) = (low.min(value), high.max(value));
    }
    if low >= high {
        return Scale { mean: low, sd: 0.0 };
    }
    // Divided by the largest size first: squares of 1e200 must not overflow.
    let size = low.abs().max(high.abs());
    let total: f64 = seen().map(|(row, _)| weight(row)).sum();
    let mean = seen().map(|(row, v)| weight(row) * (v / size)).sum::<f64>() / total;
    let squares = seen().map(|(row, v)| weight(row) * (v / size - mean).powi(2)).sum::<f64>();
    let sd = (squares / total).sqrt();
    // A spread that is rounding of the size alone counts as none.
    let sd = if sd > NOISE { sd * size } else { 0.0 };
    Scale { mean: mean * size, sd }
}

const NOISE: f64 = 64.0 * f64::EPSILON;
