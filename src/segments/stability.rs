//! Are the clusters found again in other draws of the same contacts (Hennig 2007)?
//!
//! Contacts are drawn with replacement and clustered again. For each of the first clusters, the Jaccard
//! overlap with the most similar of the new ones, over the contacts that were drawn, says whether it
//! came back: below 0.6 a cluster should not be trusted, from 0.75 on it is stable.

use ndarray::{ArrayView2, Axis};
use rand::Rng;
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::SeedableRng;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::error::Result;

use super::kmeans::{Clustering, KMeansParams};

/// Below this a cluster is not a segment.
pub const UNSTABLE: f64 = 0.6;

/// From this on it is one.
pub const STABLE: f64 = 0.75;

/// How often one cluster comes back.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Stability {
    /// Mean Jaccard overlap over the draws.
    pub mean: f64,
    /// The 5th and the 95th percentile of the draws.
    pub low: f64,
    pub high: f64,
    pub draws: usize,
}

impl Stability {
    fn of(mut overlaps: Vec<f64>) -> Self {
        let n = overlaps.len();
        let mean = overlaps.iter().sum::<f64>() / n as f64;
        overlaps.sort_unstable_by(f64::total_cmp);
        let at = |share: f64| overlaps[((share * (n - 1) as f64).round() as usize).min(n - 1)];
        Stability { mean, low: at(0.05), high: at(0.95), draws: n }
    }

    /// What the mean says, in a word.
    pub fn verdict(&self) -> &'static str {
        match self.mean {
            m if m >= STABLE => "stable",
            m if m >= UNSTABLE => "doubtful",
            _ => "not a segment",
        }
    }
}

/// The stability of each cluster of `found`, which was fitted on `matrix` with `params`, over `draws`
/// bootstrap draws.
///
/// # Errors
/// None but those of the fits; a draw with too few different rows counts as a cluster not found.
///
/// # Cost
/// `draws` fits.
pub fn stability(
    matrix: ArrayView2<'_, f32>,
    found: &Clustering,
    params: &KMeansParams,
    draws: usize,
) -> Result<Vec<Stability>> {
    let overlaps: Vec<Vec<f64>> = (0..draws)
        .into_par_iter()
        .map(|draw| overlaps(matrix, found, params, draw as u64))
        .collect();
    let of = |cluster: usize| Stability::of(overlaps.iter().map(|o| o[cluster]).collect());
    Ok((0..found.clusters()).map(of).collect())
}

fn overlaps(
    matrix: ArrayView2<'_, f32>,
    found: &Clustering,
    params: &KMeansParams,
    draw: u64,
) -> Vec<f64> {
    let seed = params.seed.wrapping_mul(1_000_003).wrapping_add(draw);
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
    let n = matrix.nrows();
    let mut rows: Vec<usize> = (0..n).map(|_| rng.gen_range(0..n)).collect();
    rows.sort_unstable();
    let again = params.with_seed(seed).fit(matrix.select(Axis(0), &rows).view());
    let Ok(again) = again else { return vec![0.0; found.clusters()] };
    let pairs = rows.iter().zip(&again.labels).map(|(row, label)| (*row, *label));
    let mut drawn: Vec<(usize, usize)> = pairs.collect();
    drawn.dedup();
    let pairs = drawn.iter().map(|(row, label)| (found.labels[*row], *label));
    best_overlaps(pairs, found.clusters(), again.clusters())
}

/// For each first cluster, the largest Jaccard overlap with a second one, over pairs of labels.
pub(super) fn best_overlaps(
    pairs: impl Iterator<Item = (usize, usize)>,
    first: usize,
    second: usize,
) -> Vec<f64> {
    let mut both = vec![vec![0u32; second]; first];
    pairs.for_each(|(a, b)| both[a][b] += 1);
    let firsts: Vec<u32> = both.iter().map(|row| row.iter().sum()).collect();
    let seconds: Vec<u32> = (0..second).map(|b| both.iter().map(|row| row[b]).sum()).collect();
    let jaccard = |a: usize, b: usize| {
        let union = firsts[a] + seconds[b] - both[a][b];
        if union == 0 { 0.0 } else { f64::from(both[a][b]) / f64::from(union) }
    };
    (0..first).map(|a| (0..second).map(|b| jaccard(a, b)).fold(0.0, f64::max)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array2;

    #[test]
    fn overlaps_by_hand() {
        let pairs = [(0, 1), (0, 1), (0, 0), (1, 0), (1, 0)];
        // First 0 (3 rows) and second 1 (2 rows) share 2; first 1 (2 rows) and second 0 (3) share 2.
        assert_eq!(best_overlaps(pairs.into_iter(), 2, 2), [2.0 / 3.0, 2.0 / 3.0]);
    }

    #[test]
    fn heaps_come_back_and_halves_of_a_heap_do_not() -> Result<()> {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(3);
        let heaps = Array2::from_shape_fn((200, 2), |(row, _)| {
            (row % 2) as f32 * 20.0 + rng.r#gen::<f32>()
        });
        let params = KMeansParams::new(2, 1);
        let found = params.fit(heaps.view())?;
        let stable = stability(heaps.view(), &found, &params, 20)?;
        assert!(stable.iter().all(|s| s.mean == 1.0 && s.verdict() == "stable"), "{stable:?}");
        let params = KMeansParams::new(5, 1);
        let found = params.fit(heaps.view())?;
        let halves = stability(heaps.view(), &found, &params, 20)?;
        assert!(halves.iter().any(|s| s.mean < STABLE), "{halves:?}");
        Ok(())
    }
}
