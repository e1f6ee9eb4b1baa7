//! A fitted clustering.

use std::collections::HashSet;

use linfa::traits::PredictInplace;
use ndarray::{Array1, Array2, ArrayBase, ArrayView2, Axis, Data, Ix2};

use crate::error::{Error, Result};

use super::lloyd::Lloyd;
use super::tiles::Tiles;

/// Rows that are labelled at a time, so that not all of them are copied.
const PASS: usize = 1 << 17;

/// A fitted clustering.
#[derive(Debug, Clone, PartialEq)]
pub struct Clustering {
    /// Shape (clusters, features), on the prepared scale.
    pub centroids: Array2<f64>,
    /// Cluster of each row: the nearest of the centroids, the first of equally near ones.
    pub labels: Vec<usize>,
    /// Sum of squared distances of rows to their centroids.
    pub inertia: f64,
    /// Iterations of the start that was kept; for mini-batches, batches.
    pub iterations: usize,
}

impl Clustering {
    pub fn clusters(&self) -> usize {
        self.centroids.nrows()
    }

    /// Rows in each cluster.
    pub fn sizes(&self) -> Vec<usize> {
        let mut sizes = vec![0; self.clusters()];
        self.labels.iter().for_each(|&label| sizes[label] += 1);
        sizes
    }

    /// The nearest centroid of each row of `matrix`, which must be prepared as the fitted rows were.
    ///
    /// # Errors
    /// If `matrix` has another number of features, or a value is not finite.
    pub fn label(&self, matrix: ArrayView2<'_, f32>) -> Result<Vec<usize>> {
        label(self.centroids.view(), matrix).map(|(labels, _)| labels)
    }

    /// Clusters by descending mean of `value` over their rows; ties by size, then by centroid.
    pub fn order(&self, value: &[f64]) -> Vec<usize> {
        let sizes = self.sizes();
        let mut sums = vec![0.0; self.clusters()];
        for (&label, value) in self.labels.iter().zip(value) {
            sums[label] += value;
        }
        let mean = |c: usize| sums[c] / sizes[c].max(1) as f64;
        let mut order: Vec<usize> = (0..self.clusters()).collect();
        order.sort_by(|&a, &b| {
            mean(b)
                .total_cmp(&mean(a))
                .then_with(|| sizes[b].cmp(&sizes[a]))
                .then_with(|| compare_rows(&self.centroids, a, b))
        });
        order
    }

    /// Renumbers clusters by [`Clustering::order`], so that a number means the same on every run.
    pub fn ordered_by(mut self, value: &[f64]) -> Self {
        let order = self.order(value);
        let mut number = vec![0; order.len()];
        order.iter().enumerate().for_each(|(new, &old)| number[old] = new);
        self.labels.iter_mut().for_each(|label| *label = number[*label]);
        self.centroids = self.centroids.select(Axis(0), &order);
        self
    }
}

fn compare_rows(matrix: &Array2<f64>, a: usize, b: usize) -> std::cmp::Ordering {
    let pairs = matrix.row(a).into_iter().zip(matrix.row(b));
    pairs.map(|(x, y)| x.total_cmp(y)).find(|o| o.is_ne()).unwrap_or(std::cmp::Ordering::Equal)
}

/// # Panics
/// linfa's signature has no room for an error: if `x` has another number of features, or a value is
/// not finite. [`Clustering::label`] returns one.
impl<D: Data<Elem = f32>> PredictInplace<ArrayBase<D, Ix2>, Array1<usize>> for Clustering {
    fn predict_inplace(&self, x: &ArrayBase<D, Ix2>, y: &mut Array1<usize>) {
        match self.label(x.view()) {
            Ok(labels) => *y = Array1::from(labels),
            Err(error) => panic!("{error}"),
        }
    }

    fn default_target(&self, x: &ArrayBase<D, Ix2>) -> Array1<usize> {
        Array1::zeros(x.nrows())
    }
}

/// The nearest centroid of each row and the sum of squared distances.
pub(super) fn label(
    centroids: ArrayView2<'_, f64>,
    matrix: ArrayView2<'_, f32>,
) -> Result<(Vec<usize>, f64)> {
    if centroids.ncols() != matrix.ncols() {
        return Err(Error::data(format!(
            "rows have {} features, centroids have {}",
            matrix.ncols(),
            centroids.ncols()
        )));
    }
    let centroids: Vec<f64> = centroids.iter().copied().collect();
    let mut labels = Vec::with_capacity(matrix.nrows());
    let mut squares = Vec::with_capacity(matrix.nrows());
    for part in matrix.axis_chunks_iter(Axis(0), PASS) {
        let tiles = Tiles::of(part)?;
        let mut lloyd = Lloyd::new(&tiles, centroids.clone());
        lloyd.assign();
        squares.extend(lloyd.squares());
        labels.extend(lloyd.labels.iter().map(|label| *label as usize));
    }
    Ok((labels, super::sums::total(&squares)))
}

/// The nearest centroid of each row, the first of equally near ones; 0 for a row with a value that is
/// not finite.
///
/// # Panics
/// If centroids and rows differ in their number of features.
pub fn nearest(centroids: ArrayView2<'_, f64>, matrix: ArrayView2<'_, f32>) -> Vec<usize> {
    assert_eq!(centroids.ncols(), matrix.ncols(), "features of centroids and rows");
    label(centroids, matrix).map_or_else(|_| one_by_one(centroids, matrix), |(labels, _)| labels)
}

/// As [`nearest`], for rows that do not fit into tiles.
fn one_by_one(centroids: ArrayView2<'_, f64>, matrix: ArrayView2<'_, f32>) -> Vec<usize> {
    let of = |row: ndarray::ArrayView1<'_, f32>| {
        let square = |c: ndarray::ArrayView1<'_, f64>| -> f64 {
            row.iter().zip(c).map(|(x, c)| (f64::from(*x) - c).powi(2)).sum()
        };
        let squares = centroids.rows().into_iter().map(square).enumerate();
        squares.fold((0, f64::INFINITY), |best, s| if s.1 < best.1 { s } else { best }).0
    };
    matrix.rows().into_iter().map(of).collect()
}

/// The number of different rows, counted up to `enough`.
pub fn distinct_rows(matrix: ArrayView2<'_, f32>, enough: usize) -> usize {
    let mut seen: HashSet<Vec<u32>> = HashSet::new();
    let mut bits = Vec::with_capacity(matrix.ncols());
    for row in matrix.rows() {
        bits.clear();
        // Zero has two bit patterns and one value.
        bits.extend(row.iter().map(|v| (v + 0.0).to_bits()));
        if !seen.contains(&bits) {
            seen.insert(bits.clone());
        }
        if seen.len() >= enough {
            break;
        }
    }
    seen.len()
}
