//! Do clusters of one half of the contacts predict those of the other (Tibshirani & Walther 2005)?
//!
//! Both halves are clustered. For each cluster of the second half, the share of its pairs of contacts
//! that the centroids of the first half put together too; the lowest share over the clusters is the
//! prediction strength. Their advice is the largest number of clusters whose strength is at least 0.8.

use ndarray::{ArrayView2, Axis};
use rand::seq::SliceRandom;
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::SeedableRng;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::kmeans::{KMeansParams, nearest};

/// From this on clusters are predicted.
pub const STRONG: f64 = 0.8;

/// Prediction strength over several splits.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Strength {
    pub mean: f64,
    /// Of the mean over the splits.
    pub standard_error: f64,
    pub splits: usize,
}

/// The prediction strength of `params` on `matrix`, over `splits` random halvings. A half that cannot
/// be clustered at all has a strength of 0.
///
/// # Cost
/// 2 × `splits` fits on half the rows.
pub fn strength(matrix: ArrayView2<'_, f32>, params: &KMeansParams, splits: usize) -> Strength {
    let each: Vec<f64> =
        (0..splits).into_par_iter().map(|split| of_split(matrix, params, split as u64)).collect();
    let n = splits as f64;
    let mean = each.iter().sum::<f64>() / n;
    let squares: f64 = each.iter().map(|s| (s - mean) * (s - mean)).sum();
    let standard_error = (squares / (n - 1.0).max(1.0) / n).sqrt();
    Strength { mean, standard_error, splits }
}

fn of_split(matrix: ArrayView2<'_, f32>, params: &KMeansParams, split: u64) -> f64 {
    let seed = params.seed.wrapping_mul(7_368_787).wrapping_add(split);
    let mut rows: Vec<usize> = (0..matrix.nrows()).collect();
    rows.shuffle(&mut Xoshiro256PlusPlus::seed_from_u64(seed));
    let (first, second) = rows.split_at_mut(matrix.nrows() / 2);
    first.sort_unstable();
    second.sort_unstable();
    let params = params.with_seed(seed);
    let (first, second) = (matrix.select(Axis(0), first), matrix.select(Axis(0), second));
    let (Ok(from), Ok(own)) = (params.fit(first.view()), params.fit(second.view())) else {
        return 0.0;
    };
    let predicted = nearest(from.centroids.view(), second.view());
    lowest_share(&own.labels, &predicted, params.clusters)
}

/// The lowest share, over the clusters of `own`, of pairs that `predicted` keeps together. A cluster
/// of one has no pairs to lose.
fn lowest_share(own: &[usize], predicted: &[usize], clusters: usize) -> f64 {
    let mut both = vec![vec![0.0; clusters]; clusters];
    own.iter().zip(predicted).for_each(|(a, b)| both[*a][*b] += 1.0);
    let share = |counts: &Vec<f64>| {
        let n: f64 = counts.iter().sum();
        let together: f64 = counts.iter().map(|c| c * (c - 1.0)).sum();
        if n < 2.0 { 1.0 } else { together / (n * (n - 1.0)) }
    };
    both.iter().map(share).fold(1.0, f64::min)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array2;
    use rand::Rng;

    #[test]
    fn shares_by_hand() {
        // Own cluster 0 has three rows, of which two stay together: 2 of 6 ordered pairs.
        assert_eq!(lowest_share(&[0, 0, 0, 1, 1], &[1, 1, 0, 0, 0], 2), 1.0 / 3.0);
        assert_eq!(lowest_share(&[0, 0, 1, 1], &[1, 1, 0, 0], 2), 1.0);
    }

    #[test]
    fn three_heaps_are_predicted_and_five_are_not() {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(5);
        let heaps = Array2::from_shape_fn((300, 2), |(row, _)| {
            (row % 3) as f32 * 20.0 + rng.r#gen::<f32>()
        });
        let strength = |k| strength(heaps.view(), &KMeansParams::new(k, 1), 5).mean;
        assert_eq!(strength(3), 1.0);
        assert!(strength(5) < STRONG, "{}", strength(5));
    }
}
