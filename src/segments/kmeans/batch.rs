//! Mini-batches (Sculley 2010): each batch moves centroids towards its rows, the less the more rows
//! a centroid has seen.

use ndarray::{ArrayView2, Axis};
use rand::Rng;
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::SeedableRng;

use crate::error::{Error, Result};

use super::clustering::{Clustering, label};
use super::lloyd::Lloyd;
use super::params::KMeansValidParams;
use super::starts::{on_sample, to_matrix};
use super::sums;
use super::tiles::Tiles;

/// Batches without improvement after which it ends, as in scikit-learn.
const PATIENCE: usize = 10;

/// Centroids that take in one batch after the other, as they come.
#[derive(Debug, Clone, PartialEq)]
pub struct MiniBatch {
    features: usize,
    /// One after the other.
    centroids: Vec<f64>,
    /// Rows that each centroid has seen.
    seen: Vec<u64>,
    batches: usize,
}

impl MiniBatch {
    /// Starts with given centroids, or with the best start on a sample of `rows`.
    pub(super) fn start(params: &KMeansValidParams, rows: ArrayView2<'_, f32>) -> Result<Self> {
        let centroids = match &params.init {
            Some(init) => init.iter().copied().collect(),
            None => on_sample(params, rows)?,
        };
        let seen = vec![0; params.clusters];
        Ok(MiniBatch { features: rows.ncols(), centroids, seen, batches: 0 })
    }

    /// Takes in the rows of a batch; returns the mean of their squared distances to the centroids as
    /// they were before.
    ///
    /// # Errors
    /// If the batch has another number of features, or a value is not finite.
    pub fn update(&mut self, batch: ArrayView2<'_, f32>) -> Result<f64> {
        if batch.ncols() != self.features {
            return Err(Error::data(format!(
                "the batch has {} features, the centroids have {}",
                batch.ncols(),
                self.features
            )));
        }
        self.batches += 1;
        if batch.nrows() == 0 {
            return Ok(0.0);
        }
        let tiles = Tiles::of(batch)?;
        let mut lloyd = Lloyd::new(&tiles, self.centroids.clone());
        lloyd.assign();
        let mean = sums::total(&lloyd.squares()) / batch.nrows() as f64;
        let counts = lloyd.sums.counts.clone();
        lloyd.update();
        let centroids = self.centroids.chunks_exact_mut(self.features);
        let means = lloyd.centroids.chunks_exact(self.features);
        for (((centroid, mean), seen), count) in
            centroids.zip(means).zip(&mut self.seen).zip(counts)
        {
            *seen += count as u64;
            let rate = if *seen == 0 { 0.0 } else { count as f64 / *seen as f64 };
            centroid.iter_mut().zip(mean).for_each(|(c, mean)| *c += rate * (mean - *c));
        }
        Ok(mean)
    }

    /// Gives all rows of `matrix` their nearest centroid.
    pub fn finish(self, matrix: ArrayView2<'_, f32>) -> Result<Clustering> {
        let centroids = to_matrix(self.centroids, self.features)?;
        let (labels, inertia) = label(centroids.view(), matrix)?;
        Ok(Clustering { centroids, labels, inertia, iterations: self.batches })
    }

    /// Draws batches of `size` rows until the smoothed mean square has not improved for a while, or
    /// the passes are used up.
    pub(super) fn fit(
        params: &KMeansValidParams,
        size: usize,
        matrix: ArrayView2<'_, f32>,
    ) -> Result<Clustering> {
        let rows = matrix.nrows();
        let size = size.min(rows);
        let mut model = MiniBatch::start(params, matrix)?;
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(params.seed);
        let most = params.max_iterations.saturating_mul(rows.div_ceil(size) as u64);
        let mut watch = Watch::new(size, rows);
        for _ in 0..most {
            let mut drawn: Vec<usize> = (0..size).map(|_| rng.gen_range(0..rows)).collect();
            drawn.sort_unstable();
            let mean = model.update(matrix.select(Axis(0), &drawn).view())?;
            if watch.is_over(mean) {
                break;
            }
        }
        model.finish(matrix)
    }
}

/// Watches the exponentially weighted mean of the batches' mean squares.
struct Watch {
    weight: f64,
    smooth: Option<f64>,
    least: f64,
    since: usize,
}

impl Watch {
    fn new(size: usize, rows: usize) -> Self {
        let weight = (2.0 * size as f64 / (rows as f64 + 1.0)).min(1.0);
        Watch { weight, smooth: None, least: f64::INFINITY, since: 0 }
    }

    fn is_over(&mut self, mean: f64) -> bool {
        let smooth = self.smooth.map_or(mean, |s| s * (1.0 - self.weight) + mean * self.weight);
        self.smooth = Some(smooth);
        if smooth < self.least {
            (self.least, self.since) = (smooth, 0);
        } else {
            self.since += 1;
        }
        self.since >= PATIENCE
    }
}
