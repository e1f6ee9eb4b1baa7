//! Sums whose bits depend on the rows alone, never on the number of threads.

use rayon::prelude::*;

/// Rows that are summed by one thread in one go.
const CHUNK: usize = 4096;

/// The sum of `term(row)` over `rows` rows: chunks of fixed size, added up in their order.
pub(super) fn sum(rows: usize, term: impl Fn(usize) -> f64 + Sync) -> f64 {
    let chunk = |c: usize| (c * CHUNK..rows.min((c + 1) * CHUNK)).map(&term).sum::<f64>();
    let parts: Vec<f64> = (0..rows.div_ceil(CHUNK)).into_par_iter().map(chunk).collect();
    parts.iter().sum()
}

/// The weighted mean of `term(row)`; `None` without rows or without any weight.
pub(super) fn mean(
    rows: usize,
    weights: Option<&[f64]>,
    term: impl Fn(usize) -> f64 + Sync,
) -> Option<f64> {
    let (total, weight) = match weights {
        None => (sum(rows, term), rows as f64),
        Some(w) => (sum(rows, |row| w[row] * term(row)), sum(rows, |row| w[row])),
    };
    (weight > 0.0).then(|| total / weight)
}
