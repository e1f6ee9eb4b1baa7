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

/// Mean silhouette of the rows; `None` with fewer than two clusters among them.
///
/// # Cost
/// Time: rows² × features. Memory: rows.
pub fn mean_silhouette(
    matrix: ArrayView2<'_, f64>,
    labels: &[usize],
    clusters: usize,
) -> Option<f64> {
    let mut sizes = vec![0usize; clusters];
    labels.iter().for_each(|&label| sizes[label] += 1);
    if sizes.iter().filter(|&&size| size > 0).count() < 2 {
        return None;
    }
    // Collected first and added in row order: the sum must not depend on the threads.
    let each: Vec<f64> = (0..labels.len())
        .into_par_iter()
        .map(|row| silhouette_of(matrix, labels, &sizes, row))
        .collect();
    Some(each.iter().sum::<f64>() / labels.len() as f64)
}

fn silhouette_of(
    matrix: ArrayView2<'_, f64>,
    labels: &[usize],
    sizes: &[usize],
    row: usize,
) -> f64 {
    let own = labels[row];
    if sizes[own] < 2 {
        return 0.0;
    }
    let mut sums = vec![0.0; sizes.len()];
    let point = matrix.row(row);
    for (other, &label) in matrix.rows().into_iter().zip(labels) {
        let squares = point.iter().zip(other).map(|(a, b)| (a - b) * (a - b));
        sums[label] += squares.sum::<f64>().sqrt();
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
    }
}
