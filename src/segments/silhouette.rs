//! How well separated clusters are (Rousseeuw 1987).
//!
//! For a row, a is its mean distance to the other rows of its cluster and b the smallest mean
//! distance to the rows of another; its silhouette is (b − a)/max(a, b), between −1 and 1, and 0 for a
//! row alone in its cluster. All pairs are looked at, so large tables are sampled first.

use ndarray::ArrayView2;
use rand::seq::index;
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::SeedableRng;
use rayon::prelude::*;
use serde::Serialize;

/// Silhouettes of one labelling.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Silhouette {
    pub mean: f64,
    /// Of the mean, over the rows looked at.
    pub standard_error: f64,
    /// Mean of each cluster's rows; `None` for a cluster without rows.
    pub by_cluster: Vec<Option<f64>>,
    pub rows: usize,
}

/// The mean silhouette of the rows; `None` with fewer than two clusters among them.
pub fn mean_silhouette(
    matrix: ArrayView2<'_, f32>,
    labels: &[usize],
    clusters: usize,
) -> Option<f64> {
    let found = silhouettes(matrix, &[Labelling { labels, clusters }]);
    found.into_iter().next().flatten().map(|s| s.mean)
}

/// Labels of the same rows, from 0 to below `clusters`.
#[derive(Debug, Clone, Copy)]
pub struct Labelling<'a> {
    pub labels: &'a [usize],
    pub clusters: usize,
}

/// Silhouettes of several labellings of the same rows: distances, the costly part, are taken once.
/// `None` for a labelling with fewer than two clusters among the rows.
///
/// # Cost
/// Time: rows² × (columns + labellings). Memory: rows × labellings.
pub fn silhouettes(
    matrix: ArrayView2<'_, f32>,
    labellings: &[Labelling<'_>],
) -> Vec<Option<Silhouette>> {
    let sizes: Vec<Vec<usize>> = labellings.iter().map(|l| sizes(*l)).collect();
    let rows: Vec<Vec<f32>> = matrix.rows().into_iter().map(|row| row.to_vec()).collect();
    // Collected first and added in row order: the sum must not depend on the threads.
    let each: Vec<Vec<f64>> = (0..rows.len())
        .into_par_iter()
        .map(|row| silhouettes_of(&rows, labellings, &sizes, row))
        .collect();
    let summed = |(place, labelling): (usize, &Labelling<'_>)| {
        let filled = sizes[place].iter().filter(|size| **size > 0).count();
        let values: Vec<f64> = each.iter().map(|values| values[place]).collect();
        (filled >= 2).then(|| summary(&values, *labelling))
    };
    labellings.iter().enumerate().map(summed).collect()
}

fn sizes(labelling: Labelling<'_>) -> Vec<usize> {
    let mut sizes = vec![0; labelling.clusters];
    labelling.labels.iter().for_each(|&label| sizes[label] += 1);
    sizes
}

fn summary(values: &[f64], labelling: Labelling<'_>) -> Silhouette {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let squares: f64 = values.iter().map(|v| (v - mean) * (v - mean)).sum();
    let mut sums = vec![(0.0, 0u32); labelling.clusters];
    for (value, &label) in values.iter().zip(labelling.labels) {
        sums[label].0 += value;
        sums[label].1 += 1;
    }
    let by_cluster = sums.iter().map(|(sum, count)| (*count > 0).then(|| sum / f64::from(*count)));
    Silhouette {
        mean,
        standard_error: (squares / (n - 1.0).max(1.0) / n).sqrt(),
        by_cluster: by_cluster.collect(),
        rows: values.len(),
    }
}

fn silhouettes_of(
    rows: &[Vec<f32>],
    labellings: &[Labelling<'_>],
    sizes: &[Vec<usize>],
    row: usize,
) -> Vec<f64> {
    let mut sums: Vec<Vec<f64>> = sizes.iter().map(|sizes| vec![0.0; sizes.len()]).collect();
    for (other, point) in rows.iter().enumerate() {
        let distance = distance(&rows[row], point);
        for (labelling, sums) in labellings.iter().zip(&mut sums) {
            sums[labelling.labels[other]] += distance;
        }
    }
    let of = |(place, labelling): (usize, &Labelling<'_>)| {
        one(labelling.labels[row], &sums[place], &sizes[place])
    };
    labellings.iter().enumerate().map(of).collect()
}

/// Eight sums side by side, so that vector instructions are used; the order of additions is fixed.
fn distance(a: &[f32], b: &[f32]) -> f64 {
    const LANES: usize = 8;
    let mut sums = [0.0_f32; LANES];
    let (a, b) = (a.chunks_exact(LANES), b.chunks_exact(LANES));
    let rest = a.remainder().iter().zip(b.remainder()).map(|(a, b)| (a - b) * (a - b)).sum::<f32>();
    for (a, b) in a.zip(b) {
        for lane in 0..LANES {
            sums[lane] += (a[lane] - b[lane]) * (a[lane] - b[lane]);
        }
    }
    f64::from(sums.iter().sum::<f32>() + rest).sqrt()
}

fn one(own: usize, sums: &[f64], sizes: &[usize]) -> f64 {
    if sizes[own] < 2 {
        return 0.0;
    }
    let a = sums[own] / (sizes[own] - 1) as f64;
    let others = (0..sizes.len()).filter(|&c| c != own && sizes[c] > 0);
    let b = others.map(|c| sums[c] / sizes[c] as f64).fold(f64::INFINITY, f64::min);
    let larger = a.max(b);
    if larger > 0.0 { (b - a) / larger } else { 0.0 }
}

/// Row numbers of a sample without replacement, ascending; all rows if `size` is not smaller.
pub fn sample(rows: usize, size: usize, seed: u64) -> Vec<usize> {
    if size >= rows {
        return (0..rows).collect();
    }
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
    let mut chosen = index::sample(&mut rng, rows, size).into_vec();
    chosen.sort_unstable();
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn four_points_by_hand() {
        let points = array![[0.0], [1.0], [10.0], [11.0]];
        // For 0: a = 1, b = 10.5; for 1: a = 1, b = 9.5; and the same mirrored.
        let expected = ((9.5 / 10.5) + (8.5 / 9.5)) / 2.0;
        let found = mean_silhouette(points.view(), &[0, 0, 1, 1], 2);
        assert!(found.is_some_and(|s| (s - expected).abs() < 1e-12));
        assert_eq!(mean_silhouette(points.view(), &[0, 0, 0, 0], 2), None);
        let both = [
            Labelling { labels: &[0, 0, 1, 1], clusters: 3 },
            Labelling { labels: &[0, 1, 1, 1], clusters: 2 },
        ];
        let found = silhouettes(points.view(), &both);
        let [Some(pairs), Some(uneven)] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!(pairs.by_cluster[2], None);
        assert!((pairs.mean - expected).abs() < 1e-12);
        // Alone: 0. For 1: a = 9.5, b = 1; for 10: a = 5, b = 10; for 11: a = 5.5, b = 11.
        assert!((uneven.mean - (0.0 - 8.5 / 9.5 + 0.5 + 0.5) / 4.0).abs() < 1e-12);
    }
}
