//! How predicted probabilities are cut into bins.

use rayon::prelude::*;

use crate::error::{Error, Result};

/// Where bins are cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// So many bins of equal width over [0, 1].
    Width(usize),
    /// So many bins between quantiles of the probabilities (type 7: linear between order statistics).
    Quantile(usize),
    /// A bin for every distinct probability.
    Distinct,
}

/// Which of its two edges belongs to a bin. The outermost edges always do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Closed {
    /// [low, high): usual for expected calibration errors.
    Left,
    /// (low, high]: as scikit-learn's calibration curve.
    Right,
}

/// Bins of predicted probabilities. Bins without rows are left out of every result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Binning {
    pub cut: Cut,
    pub closed: Closed,
}

impl Binning {
    /// `bins` bins of equal width, closed on the right.
    pub const fn width(bins: usize) -> Self {
        Binning { cut: Cut::Width(bins), closed: Closed::Right }
    }

    /// `bins` bins between quantiles, closed on the right.
    pub const fn quantiles(bins: usize) -> Self {
        Binning { cut: Cut::Quantile(bins), closed: Closed::Right }
    }

    /// A bin for every distinct probability.
    pub const fn distinct() -> Self {
        Binning { cut: Cut::Distinct, closed: Closed::Right }
    }

    #[must_use]
    pub const fn closed(self, closed: Closed) -> Self {
        Binning { cut: self.cut, closed }
    }

    /// The bins that hold rows, lowest first. Probabilities are checked before.
    ///
    /// # Errors
    /// If no bin is asked for.
    pub(super) fn bins(&self, labels: &[bool], probabilities: &[f64]) -> Result<Vec<Bin>> {
        let mut rows: Vec<(f64, bool)> =
            probabilities.iter().copied().zip(labels.iter().copied()).collect();
        rows.par_sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let edges = match self.cut {
            Cut::Width(0) | Cut::Quantile(0) => {
                return Err(Error::settings("there must be at least one bin")
                    .hint("ten are usual for a calibration curve"));
            }
            Cut::Distinct => return Ok(distinct(&rows)),
            Cut::Width(bins) => (0..=bins).map(|k| k as f64 / bins as f64).collect(),
            Cut::Quantile(bins) => quantiles(&rows, bins),
        };
        Ok(self.between(&rows, &edges))
    }

    fn between(&self, rows: &[(f64, bool)], edges: &[f64]) -> Vec<Bin> {
        let mut bins = Vec::new();
        let mut start = 0;
        for (k, pair) in edges.windows(2).enumerate() {
            let (low, high) = (pair[0], pair[1]);
            let is_last = k + 2 == edges.len();
            let inside = |row: &(f64, bool)| match self.closed {
                _ if is_last => true,
                Closed::Left => row.0 < high,
                Closed::Right => row.0 <= high,
            };
            let end = start + rows[start..].partition_point(inside);
            bins.extend(Bin::of(low, high, &rows[start..end]));
            start = end;
        }
        bins
    }
}

/// The rows of one bin.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Bin {
    pub low: f64,
    pub high: f64,
    pub rows: u64,
    pub events: u64,
    /// Mean probability, summed in the order of the probabilities.
    pub mean: f64,
    /// Σ(p - p̄)² - 2 Σ(p - p̄)(y - ȳ): what the spread of probabilities adds to Brier's sum.
    pub within: f64,
}

impl Bin {
    fn of(low: f64, high: f64, rows: &[(f64, bool)]) -> Option<Bin> {
        let (first, last) = (rows.first()?.0, rows.last()?.0);
        let total: f64 = rows.iter().map(|row| row.0).sum();
        // Rounding must not carry the mean of equal numbers past them.
        let mean = (total / rows.len() as f64).clamp(first, last);
        let events = rows.iter().filter(|row| row.1).count() as u64;
        let observed = events as f64 / rows.len() as f64;
        let spread = |&(p, label): &(f64, bool)| {
            (p - mean) * (p - mean - 2.0 * (f64::from(label) - observed))
        };
        let within = rows.iter().map(spread).sum();
        Some(Bin { low, high, rows: rows.len() as u64, events, mean, within })
    }

    pub(super) fn observed(&self) -> f64 {
        self.events as f64 / self.rows as f64
    }
}

fn distinct(rows: &[(f64, bool)]) -> Vec<Bin> {
    rows.chunk_by(|a, b| a.0 == b.0).filter_map(|run| Bin::of(run[0].0, run[0].0, run)).collect()
}

/// Quantile k/bins of the sorted rows, k = 0 … bins; whole-number steps, so that an edge that falls on
/// a row is that row's value exactly.
fn quantiles(rows: &[(f64, bool)], bins: usize) -> Vec<f64> {
    let Some(last) = rows.len().checked_sub(1) else { return Vec::new() };
    let edge = |k: usize| {
        let steps = k as u128 * last as u128;
        let at = (steps / bins as u128) as usize;
        let part = (steps % bins as u128) as f64 / bins as f64;
        let (low, high) = (rows[at].0, rows[(at + 1).min(last)].0);
        low + part * (high - low)
    };
    (0..=bins).map(edge).collect()
}
