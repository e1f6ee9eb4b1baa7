//! k-means as plain loops in double precision, and the tables that it is held against on; no tests.

use microseg::segments::kmeans::{Clustering, KMeansParams};
use ndarray::{Array2, Axis, s};
use rand::{Rng, SeedableRng};
use rand_distr::{Distribution, StandardNormal};
use rand_xoshiro::Xoshiro256PlusPlus;

pub fn rng(seed: u64) -> Xoshiro256PlusPlus {
    Xoshiro256PlusPlus::seed_from_u64(seed)
}

pub fn normal(rng: &mut Xoshiro256PlusPlus) -> f64 {
    StandardNormal.sample(rng)
}

/// Heaps of rows around `heaps` centres that lie `apart` standard deviations from the origin.
pub fn heaps(rows: usize, features: usize, heaps: usize, apart: f64, seed: u64) -> Array2<f32> {
    let mut rng = rng(seed);
    let centres = Array2::from_shape_simple_fn((heaps, features), || apart * normal(&mut rng));
    Array2::from_shape_fn((rows, features), |(row, j)| {
        (centres[[row % heaps, j]] + normal(&mut rng)) as f32
    })
}

pub fn cloud(rows: usize, features: usize, seed: u64) -> Array2<f32> {
    let mut rng = rng(seed);
    Array2::from_shape_simple_fn((rows, features), || rng.gen_range(-1.0..1.0))
}

/// The first `k` rows.
pub fn first(matrix: &Array2<f32>, k: usize) -> Array2<f64> {
    matrix.slice(s![..k, ..]).mapv(f64::from)
}

pub fn from(init: Array2<f64>) -> KMeansParams {
    let mut params = KMeansParams::new(init.nrows(), 1);
    params.init = Some(init);
    params
}

pub fn square(row: ndarray::ArrayView1<'_, f32>, centroid: ndarray::ArrayView1<'_, f64>) -> f64 {
    row.iter().zip(centroid).map(|(x, c)| (f64::from(*x) - c).powi(2)).sum()
}

pub fn plain_labels(centroids: &Array2<f64>, matrix: &Array2<f32>) -> Vec<usize> {
    let label = |row: ndarray::ArrayView1<'_, f32>| {
        let squares = centroids.rows().into_iter().map(|c| square(row, c)).enumerate();
        squares.fold((0, f64::INFINITY), |best, s| if s.1 < best.1 { s } else { best }).0
    };
    matrix.rows().into_iter().map(label).collect()
}

pub fn plain_inertia(found: &Clustering, matrix: &Array2<f32>) -> f64 {
    let rows = matrix.rows().into_iter().zip(&found.labels);
    rows.map(|(row, label)| square(row, found.centroids.row(*label))).sum()
}

/// Lloyd's steps as they are in the book, in f64; for data that leave no cluster empty.
pub fn plain(matrix: &Array2<f32>, init: &Array2<f64>, most: usize, tolerance: f64) -> Clustering {
    let wide = matrix.mapv(f64::from);
    let enough = tolerance * wide.var_axis(Axis(0), 0.0).mean().unwrap();
    let (mut centroids, mut labels, mut iterations) = (init.clone(), Vec::new(), 0);
    while iterations < most {
        iterations += 1;
        let next = plain_labels(&centroids, matrix);
        if next == labels {
            break;
        }
        labels = next;
        let mut means = Array2::<f64>::zeros(init.dim());
        let mut counts = vec![0.0; init.nrows()];
        for (row, label) in wide.rows().into_iter().zip(&labels) {
            means.row_mut(*label).zip_mut_with(&row, |m, v| *m += v);
            counts[*label] += 1.0;
        }
        assert!(counts.iter().all(|n| *n > 0.0), "a cluster without rows");
        means.rows_mut().into_iter().zip(counts).for_each(|(mut mean, n)| mean /= n);
        let shift = (&means - &centroids).mapv(|v| v * v).sum();
        centroids = means;
        if shift <= enough {
            break;
        }
    }
    let labels = plain_labels(&centroids, matrix);
    let mut found = Clustering { centroids, labels, inertia: 0.0, iterations };
    found.inertia = plain_inertia(&found, matrix);
    found
}

pub fn assert_close(found: &Clustering, expected: &Clustering, what: &str) {
    assert!(found.labels == expected.labels, "{what}: labels");
    assert_eq!(found.iterations, expected.iterations, "{what}: iterations");
    let relative = (found.inertia - expected.inertia).abs() / expected.inertia.max(1e-300);
    assert!(relative < 1e-12, "{what}: inertia {} {}", found.inertia, expected.inertia);
    let scale = expected.centroids.iter().fold(0.0, |m: f64, v| m.max(v.abs()));
    let worst = (&found.centroids - &expected.centroids).mapv(f64::abs);
    let worst = worst.iter().copied().fold(0.0, f64::max);
    assert!(worst <= 1e-10 * scale, "{what}: centroids by {worst}");
}

/// Data of every kind that has broken a k-means: the name, the rows, the number of clusters.
pub fn hard() -> Vec<(&'static str, Array2<f32>, usize)> {
    let mut tailed = cloud(2_000, 3, 11);
    tailed.mapv_inplace(|v| (9.0 * v).exp() * v.signum());
    let mut wide = heaps(1_500, 4, 5, 3.0, 12);
    wide.column_mut(2).mapv_inplace(|v| v * 1e6);
    let mut correlated = cloud(900, 4, 13);
    for mut row in correlated.rows_mut() {
        row[1] = 2.0 * row[0];
        row[2] = -row[0];
    }
    let mut constant = heaps(700, 3, 3, 4.0, 14);
    constant.column_mut(1).fill(7.25);
    let grid = Array2::from_shape_fn((1_600, 2), |(row, j)| {
        if j == 0 { (row % 40) as f32 } else { (row / 40) as f32 }
    });
    let mut far = cloud(1_200, 3, 17).mapv(|v| v + 10_000.0);
    far.row_mut(1_199).fill(0.0);
    vec![
        ("what single precision cannot tell apart", far, 8),
        ("heaps", heaps(3_000, 12, 8, 4.0, 1), 8),
        ("overlapping heaps", heaps(5_000, 24, 32, 1.0, 2), 32),
        ("a cloud", cloud(5_000, 24, 3), 32),
        ("a plane", cloud(4_000, 2, 4), 50),
        ("a line", cloud(3_000, 1, 5), 17),
        ("many clusters", cloud(3_000, 12, 6), 200),
        ("far from the origin", cloud(3_000, 6, 7).mapv(|v| v + 10_000.0), 9),
        ("far and negative", cloud(3_000, 6, 8).mapv(|v| v - 300.0), 9),
        ("tiny", cloud(2_000, 5, 9).mapv(|v| v * 1e-30), 6),
        ("giant", cloud(2_000, 5, 10).mapv(|v| v * 1e30), 6),
        ("long tails", tailed, 12),
        ("one wide column", wide, 5),
        ("correlated columns", correlated, 7),
        ("a constant column", constant, 3),
        ("a grid, full of ties", grid, 10),
        ("65 rows", cloud(65, 3, 15), 4),
        ("a wide table", cloud(300, 90, 16), 5),
    ]
}
