//! Fits from several starts, of which the best is kept.

use ndarray::{Array2, ArrayView2};
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::SeedableRng;
use rayon::prelude::*;

use crate::error::{Error, Result};
use crate::segments::silhouette::sample;

use super::clustering::Clustering;
use super::lloyd::Lloyd;
use super::params::KMeansValidParams;
use super::seeding::seeds;
use super::sums;
use super::tiles::Tiles;

/// Rows on which starts are made and compared. Their centroids are then refined on all rows: where a
/// start leads is decided by the shape of the data, which so many rows show.
const SAMPLE: usize = 32_768;

/// Sampled rows to a cluster, at least.
const SAMPLE_PER_CLUSTER: usize = 64;

/// A start that was followed to its end.
struct Run {
    centroids: Vec<f64>,
    labels: Vec<u32>,
    inertia: f64,
    iterations: usize,
}

pub fn fit(params: &KMeansValidParams, matrix: ArrayView2<'_, f32>) -> Result<Clustering> {
    let tiles = Tiles::of(matrix)?;
    let run = match &params.init {
        Some(init) => follow(&tiles, init.iter().copied().collect(), params),
        None => {
            let rows = sample_rows(params, tiles.rows);
            if rows.len() == tiles.rows {
                best(&tiles, params)?
            } else {
                let start = best(&tiles.select(&rows), params)?;
                follow(&tiles, start.centroids, params)
            }
        }
    };
    Ok(Clustering {
        centroids: to_matrix(run.centroids, tiles.features)?,
        labels: run.labels.iter().map(|label| *label as usize).collect(),
        inertia: run.inertia,
        iterations: run.iterations,
    })
}

/// Starting centroids for rows that are not all at hand: the best start on a sample of `matrix`.
pub fn on_sample(params: &KMeansValidParams, matrix: ArrayView2<'_, f32>) -> Result<Vec<f64>> {
    let rows = sample_rows(params, matrix.nrows());
    let tiles = Tiles::of(matrix.select(ndarray::Axis(0), &rows).view())?;
    Ok(best(&tiles, params)?.centroids)
}

fn sample_rows(params: &KMeansValidParams, rows: usize) -> Vec<usize> {
    let size = SAMPLE.max(params.clusters.saturating_mul(SAMPLE_PER_CLUSTER));
    sample(rows, size, params.seed)
}

pub fn to_matrix(centroids: Vec<f64>, features: usize) -> Result<Array2<f64>> {
    let shape = (centroids.len() / features, features);
    Array2::from_shape_vec(shape, centroids)
        .map_err(|e| Error::internal("centroids of another shape").caused_by(e))
}

/// The start with the smallest inertia, the first of equal ones.
fn best(tiles: &Tiles, params: &KMeansValidParams) -> Result<Run> {
    let start = |number: usize| {
        let seed = params.seed.wrapping_add(number as u64);
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
        follow(tiles, seeds(tiles, params.clusters, &mut rng), params)
    };
    let runs: Vec<Run> = (0..params.starts).into_par_iter().map(start).collect();
    let better = |a: Run, b: Run| if b.inertia < a.inertia { b } else { a };
    runs.into_iter().reduce(better).ok_or_else(|| Error::internal("k-means without a start"))
}

/// Steps until no row changes its cluster, or centroids hardly move.
fn follow(tiles: &Tiles, centroids: Vec<f64>, params: &KMeansValidParams) -> Run {
    let enough = match params.tolerance {
        0.0 => 0.0,
        tolerance => tolerance * sums::mean_variance(tiles),
    };
    let mut lloyd = Lloyd::new(tiles, centroids);
    let (mut iterations, mut is_settled) = (0, false);
    while (iterations as u64) < params.max_iterations {
        iterations += 1;
        let moved = lloyd.assign();
        let is_filled = lloyd.fill();
        is_settled = moved == 0 && !is_filled;
        if is_settled {
            break;
        }
        let shift = lloyd.update();
        if shift <= enough && !is_filled {
            break;
        }
    }
    if !is_settled {
        lloyd.assign();
    }
    let inertia = sums::total(&lloyd.squares());
    Run { centroids: lloyd.centroids, labels: lloyd.labels, inertia, iterations }
}
