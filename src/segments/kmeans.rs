//! k-means through linfa, guarded.
//!
//! linfa panics on empty or infinite input and accepts more clusters than there are different rows;
//! everything of that kind is refused here first. Rows must come in a fixed order (by contact id):
//! seeding draws rows, so the order is part of the result.
//!
//! Lloyd 1982 with k-means++ seeding (Arthur & Vassilvitskii 2007), the best of several starts.

use linfa::DatasetBase;
use linfa::traits::Fit;
use linfa_clustering::{KMeans, KMeansInit};
use ndarray::{Array2, ArrayView1, ArrayView2};
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::SeedableRng;
use rayon::prelude::*;

use crate::error::{Error, Result};

/// Unchecked parameters.
#[derive(Debug, Clone, PartialEq)]
pub struct KMeansParams {
    pub clusters: usize,
    pub seed: u64,
    /// Starts, of which the best is kept. Four: enough that a bad seeding loses, cheap enough to vary k.
    pub starts: usize,
    pub max_iterations: u64,
    /// Stops when no centroid moves further than this.
    pub tolerance: f64,
}

impl KMeansParams {
    pub fn new(clusters: usize, seed: u64) -> Self {
        KMeansParams { clusters, seed, starts: 4, max_iterations: 300, tolerance: 1e-4 }
    }

    /// Fits on `matrix`, shape (rows, features).
    ///
    /// # Errors
    /// If a value is not finite, or there are fewer different rows than clusters.
    pub fn fit(&self, matrix: ArrayView2<'_, f32>) -> Result<Clustering> {
        let matrix = matrix.mapv(f64::from);
        let matrix = matrix.view();
        self.check(matrix)?;
        let rng = Xoshiro256PlusPlus::seed_from_u64(self.seed);
        let data = DatasetBase::from(matrix.to_owned());
        let model = KMeans::params_with_rng(self.clusters, rng)
            .init_method(KMeansInit::KMeansPlusPlus)
            .n_runs(self.starts)
            .max_n_iterations(self.max_iterations)
            .tolerance(self.tolerance)
            .fit(&data)
            .map_err(|e| Error::internal("k-means failed").caused_by(e))?;
        Ok(Clustering::settle(model.centroids().clone(), matrix, self.max_iterations))
    }

    fn check(&self, matrix: ArrayView2<'_, f64>) -> Result<()> {
        let (rows, k) = (matrix.nrows(), self.clusters);
        if k == 0 {
            return Err(Error::settings("k == 0, must be at least 1"));
        }
        if matrix.ncols() == 0 {
            return Err(Error::data("no feature to cluster on"));
        }
        if k > rows {
            return Err(Error::settings(format!("k == {k}, but there are only {rows} rows"))
                .hint(format!("choose k up to {rows}")));
        }
        if matrix.iter().any(|v| !v.is_finite()) {
            return Err(Error::data("a value that is not a finite number"));
        }
        let distinct = distinct(matrix, k);
        if distinct < k {
            return Err(Error::data(format!(
                "k == {k}, but the rows hold only {distinct} different points"
            ))
            .hint(format!("choose k up to {distinct}, or add features")));
        }
        Ok(())
    }
}

/// The number of different rows, counted up to `enough`.
pub fn distinct_rows(matrix: ArrayView2<'_, f32>, enough: usize) -> usize {
    distinct(matrix.mapv(f64::from).view(), enough)
}

fn distinct(matrix: ArrayView2<'_, f64>, enough: usize) -> usize {
    let mut seen = std::collections::BTreeSet::new();
    for row in matrix.rows() {
        // Zero has two bit patterns and one value.
        seen.insert(row.iter().map(|v| (v + 0.0).to_bits()).collect::<Vec<u64>>());
        if seen.len() >= enough {
            break;
        }
    }
    seen.len()
}

/// A fitted clustering.
#[derive(Debug, Clone, PartialEq)]
pub struct Clustering {
    /// Shape (clusters, features), on the prepared scale.
    pub centroids: Array2<f64>,
    /// Cluster of each row.
    pub labels: Vec<usize>,
    /// Sum of squared distances of rows to their centroids.
    pub inertia: f64,
    pub iterations: usize,
}

impl Clustering {
    /// Takes linfa's result to the fixed point of Lloyd's steps: linfa stops by tolerance and weighs
    /// the previous centroid in, so its centroids are near the means of their rows, not at them.
    fn settle(centroids: Array2<f64>, matrix: ArrayView2<'_, f64>, max_iterations: u64) -> Self {
        let mut centroids = centroids;
        let mut labels = near(centroids.view(), matrix);
        for _ in 0..max_iterations {
            centroids = means(&labels, matrix, &centroids);
            let next = near(centroids.view(), matrix);
            if next == labels {
                break;
            }
            labels = next;
        }
        let distance =
            |(row, label): (ArrayView1<'_, f64>, &usize)| squared(row, centroids.row(*label));
        let inertia = matrix.rows().into_iter().zip(&labels).map(distance).sum();
        Clustering { labels, centroids, inertia, iterations: 0 }
    }

    pub fn clusters(&self) -> usize {
        self.centroids.nrows()
    }

    /// Rows in each cluster.
    pub fn sizes(&self) -> Vec<usize> {
        let mut sizes = vec![0; self.clusters()];
        self.labels.iter().for_each(|&label| sizes[label] += 1);
        sizes
    }

    /// Renumbers clusters by descending mean of `value` over their rows, so that a number means the
    /// same on every run; ties by size, then by centroid.
    pub fn ordered_by(mut self, value: &[f64]) -> Self {
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
        let mut number = vec![0; order.len()];
        order.iter().enumerate().for_each(|(new, &old)| number[old] = new);
        self.labels.iter_mut().for_each(|label| *label = number[*label]);
        self.centroids = self.centroids.select(ndarray::Axis(0), &order);
        self
    }
}

fn squared(a: ArrayView1<'_, f64>, b: ArrayView1<'_, f64>) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum()
}

/// The nearest centroid of each row; the first on a tie.
pub fn nearest(centroids: ArrayView2<'_, f64>, matrix: ArrayView2<'_, f32>) -> Vec<usize> {
    near(centroids, matrix.mapv(f64::from).view())
}

fn near(centroids: ArrayView2<'_, f64>, matrix: ArrayView2<'_, f64>) -> Vec<usize> {
    let rows: Vec<ArrayView1<'_, f64>> = matrix.rows().into_iter().collect();
    let of = |row: &ArrayView1<'_, f64>| {
        let distances = centroids.rows().into_iter().map(|c| squared(*row, c)).enumerate();
        distances.fold((0, f64::INFINITY), |best, d| if d.1 < best.1 { d } else { best }).0
    };
    rows.par_iter().map(of).collect()
}

/// The mean of each cluster's rows; a cluster without rows stays where it was.
fn means(labels: &[usize], matrix: ArrayView2<'_, f64>, before: &Array2<f64>) -> Array2<f64> {
    let mut sums = Array2::<f64>::zeros(before.dim());
    let mut counts = vec![0u32; before.nrows()];
    for (row, &label) in matrix.rows().into_iter().zip(labels) {
        sums.row_mut(label).zip_mut_with(&row, |sum, v| *sum += v);
        counts[label] += 1;
    }
    for (cluster, count) in counts.into_iter().enumerate() {
        match count {
            0 => sums.row_mut(cluster).assign(&before.row(cluster)),
            n => sums.row_mut(cluster).mapv_inplace(|sum| sum / f64::from(n)),
        }
    }
    sums
}

fn compare_rows(matrix: &Array2<f64>, a: usize, b: usize) -> std::cmp::Ordering {
    let pairs = matrix.row(a).into_iter().zip(matrix.row(b));
    pairs.map(|(x, y)| x.total_cmp(y)).find(|o| o.is_ne()).unwrap_or(std::cmp::Ordering::Equal)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn two_heaps_are_found_by_hand() -> Result<()> {
        let points = array![[0.0_f32, 0.0], [0.0, 1.0], [10.0, 0.0], [10.0, 1.0]];
        let found = KMeansParams::new(2, 7).fit(points.view())?.ordered_by(&[1.0, 1.0, 5.0, 5.0]);
        assert_eq!(found.labels, [1, 1, 0, 0]);
        assert_eq!(found.centroids, array![[10.0, 0.5], [0.0, 0.5]]);
        assert!((found.inertia - 1.0).abs() < 1e-12);
        Ok(())
    }

    #[test]
    fn what_linfa_panics_on_or_swallows_is_refused() {
        let fit = |matrix: Array2<f32>, k| KMeansParams::new(k, 1).fit(matrix.view()).err();
        assert!(fit(Array2::zeros((0, 2)), 1).is_some());
        assert!(fit(array![[1.0], [f32::NAN]], 1).is_some());
        assert!(fit(array![[1.0], [f32::INFINITY]], 1).is_some());
        assert!(fit(array![[1.0], [2.0]], 3).is_some());
        assert!(fit(array![[1.0], [1.0], [1.0]], 2).is_some());
        assert!(fit(array![[1.0], [2.0]], 0).is_some());
        assert!(fit(array![[1.0], [2.0]], 2).is_none());
        assert!(fit(array![[1.0]], 1).is_none());
    }
}
