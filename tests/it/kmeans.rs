//! k-means held against plain loops, against linfa, and against what must not change it.

use linfa::traits::{Fit, FitWith, Predict};
use linfa::{DatasetBase, ParamGuard};
use linfa_clustering::{KMeans, KMeansInit};
use microseg::segments::kmeans::{
    Clustering, KMeansParams, Method, MiniBatch, distinct_rows, nearest,
};
use ndarray::{Array1, Array2, ArrayView2, Axis, array, concatenate, s};
use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};
use rand_distr::{Distribution, StandardNormal};
use rand_xoshiro::Xoshiro256PlusPlus;

fn rng(seed: u64) -> Xoshiro256PlusPlus {
    Xoshiro256PlusPlus::seed_from_u64(seed)
}

fn normal(rng: &mut Xoshiro256PlusPlus) -> f64 {
    StandardNormal.sample(rng)
}

/// Heaps of rows around `heaps` centres that lie `apart` standard deviations from the origin.
fn heaps(rows: usize, features: usize, heaps: usize, apart: f64, seed: u64) -> Array2<f32> {
    let mut rng = rng(seed);
    let centres = Array2::from_shape_simple_fn((heaps, features), || apart * normal(&mut rng));
    Array2::from_shape_fn((rows, features), |(row, j)| {
        (centres[[row % heaps, j]] + normal(&mut rng)) as f32
    })
}

fn cloud(rows: usize, features: usize, seed: u64) -> Array2<f32> {
    let mut rng = rng(seed);
    Array2::from_shape_simple_fn((rows, features), || rng.gen_range(-1.0..1.0))
}

/// The first `k` rows.
fn first(matrix: &Array2<f32>, k: usize) -> Array2<f64> {
    matrix.slice(s![..k, ..]).mapv(f64::from)
}

fn from(init: Array2<f64>) -> KMeansParams {
    let mut params = KMeansParams::new(init.nrows(), 1);
    params.init = Some(init);
    params
}

fn square(row: ndarray::ArrayView1<'_, f32>, centroid: ndarray::ArrayView1<'_, f64>) -> f64 {
    row.iter().zip(centroid).map(|(x, c)| (f64::from(*x) - c).powi(2)).sum()
}

fn plain_labels(centroids: &Array2<f64>, matrix: &Array2<f32>) -> Vec<usize> {
    let label = |row: ndarray::ArrayView1<'_, f32>| {
        let squares = centroids.rows().into_iter().map(|c| square(row, c)).enumerate();
        squares.fold((0, f64::INFINITY), |best, s| if s.1 < best.1 { s } else { best }).0
    };
    matrix.rows().into_iter().map(label).collect()
}

fn plain_inertia(found: &Clustering, matrix: &Array2<f32>) -> f64 {
    let rows = matrix.rows().into_iter().zip(&found.labels);
    rows.map(|(row, label)| square(row, found.centroids.row(*label))).sum()
}

/// Lloyd's steps as they are in the book, in f64; for data that leave no cluster empty.
fn plain(matrix: &Array2<f32>, init: &Array2<f64>, most: usize, tolerance: f64) -> Clustering {
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

fn assert_close(found: &Clustering, expected: &Clustering, what: &str) {
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
fn hard() -> Vec<(&'static str, Array2<f32>, usize)> {
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

#[test]
fn every_label_and_iteration_is_that_of_plain_loops_in_double_precision() {
    for (name, matrix, k) in hard() {
        for most in [1, 2, 300] {
            let mut params = from(first(&matrix, k));
            params.max_iterations = most;
            let found = params.fit(matrix.view()).unwrap();
            let expected = plain(&matrix, &first(&matrix, k), most as usize, params.tolerance);
            assert_close(&found, &expected, &format!("{name}, {most} iterations"));
        }
    }
}

#[test]
fn without_tolerance_it_ends_where_no_row_moves() {
    for (name, matrix, k) in hard().into_iter().take(6) {
        let mut params = from(first(&matrix, k));
        params.tolerance = 0.0;
        params.max_iterations = 2_000;
        let found = params.fit(matrix.view()).unwrap();
        assert_close(&found, &plain(&matrix, &first(&matrix, k), 2_000, 0.0), name);
        for (cluster, size) in found.sizes().into_iter().enumerate() {
            let members = found.labels.iter().enumerate().filter(|(_, l)| **l == cluster);
            let rows: Vec<usize> = members.map(|(row, _)| row).collect();
            let mean = matrix.select(Axis(0), &rows).mapv(f64::from).mean_axis(Axis(0)).unwrap();
            assert_eq!(rows.len(), size);
            let away = (&mean - &found.centroids.row(cluster)).mapv(f64::abs);
            assert!(away.iter().all(|v| *v < 1e-12), "{name}: a centroid is not the mean");
        }
    }
}

/// linfa weighs the previous centroid in and stops by another rule, so its way is another; where
/// heaps are apart both must arrive at the same place.
#[test]
fn linfa_finds_the_same_heaps_from_the_same_starting_centroids() {
    for (rows, features, k, seed) in [(2_000, 5, 4, 1), (3_000, 12, 8, 2), (999, 2, 3, 3)] {
        let matrix = heaps(rows, features, k, 12.0, seed);
        let init = first(&matrix, k);
        let found = from(init.clone()).fit(matrix.view()).unwrap();
        let wide = DatasetBase::from(matrix.mapv(f64::from));
        let model = KMeans::params_with_rng(k, rng(1))
            .init_method(KMeansInit::Precomputed(init))
            .n_runs(1)
            .max_n_iterations(300)
            .tolerance(1e-9)
            .fit(&wide)
            .unwrap();
        let labels: Array1<usize> = model.predict(wide.records());
        assert_eq!(found.labels, labels.to_vec());
        let inertia = model.inertia() * rows as f64;
        assert!((found.inertia - inertia).abs() < 1e-6 * inertia, "{} {inertia}", found.inertia);
    }
}

#[test]
fn threads_change_no_bit() {
    let matrix = heaps(40_000, 12, 16, 1.0, 21);
    for method in [Method::Lloyd, Method::MiniBatch { rows: 3_000 }] {
        for init in [None, Some(first(&matrix, 16))] {
            let on = |threads| {
                let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
                let mut params = KMeansParams::new(16, 5);
                params.init = init.clone();
                params.method = method;
                pool.install(|| params.fit(matrix.view()).unwrap())
            };
            let one = on(1);
            assert!(one == on(2) && one == on(3) && one == on(7), "{method:?}");
        }
    }
}

#[test]
fn the_order_of_rows_changes_no_bit_where_starting_centroids_are_given() {
    for (name, matrix, k) in hard() {
        let mut order: Vec<usize> = (0..matrix.nrows()).collect();
        order.shuffle(&mut rng(31));
        let params = from(first(&matrix, k));
        let found = params.fit(matrix.view()).unwrap();
        let other = params.fit(matrix.select(Axis(0), &order).view()).unwrap();
        assert!(found.centroids == other.centroids, "{name}: centroids");
        assert!(found.inertia == other.inertia, "{name}: inertia");
        assert_eq!(found.iterations, other.iterations, "{name}");
        let followed: Vec<usize> = order.iter().map(|row| found.labels[*row]).collect();
        assert!(followed == other.labels, "{name}: labels");
    }
}

#[test]
fn the_order_of_columns_changes_nothing_but_rounding() {
    let matrix = heaps(4_000, 9, 6, 2.0, 41);
    let order = [4, 0, 8, 2, 1, 7, 3, 6, 5];
    let found = from(first(&matrix, 6)).fit(matrix.view()).unwrap();
    let turned = matrix.select(Axis(1), &order);
    let other = from(first(&turned, 6)).fit(turned.view()).unwrap();
    assert_eq!(found.labels, other.labels);
    assert_eq!(found.centroids.select(Axis(1), &order), other.centroids);
    assert!((found.inertia - other.inertia).abs() < 1e-13 * found.inertia);
}

#[test]
fn views_of_any_layout_are_the_same_rows() {
    let matrix = heaps(1_000, 5, 4, 3.0, 42);
    let turned = matrix.t().as_standard_layout().to_owned();
    let every_other = Array2::from_shape_fn((2_000, 5), |(row, j)| matrix[[row / 2, j]]);
    let params = from(first(&matrix, 4));
    let found = params.fit(matrix.view()).unwrap();
    assert!(found == params.fit(turned.t()).unwrap());
    assert!(found == params.fit(every_other.slice(s![..;2, ..])).unwrap());
}

#[test]
fn one_cluster_is_the_mean() {
    for (name, matrix, _) in hard() {
        let found = KMeansParams::new(1, 3).fit(matrix.view()).unwrap();
        assert!(found.labels.iter().all(|label| *label == 0), "{name}");
        let mean = matrix.mapv(f64::from).mean_axis(Axis(0)).unwrap();
        let size = matrix.iter().fold(0.0, |m: f64, v| m.max(f64::from(v.abs())));
        let away = (&mean - &found.centroids.row(0)).mapv(f64::abs);
        assert!(away.iter().all(|v| *v <= 1e-11 * size), "{name}");
    }
}

#[test]
fn as_many_clusters_as_rows_leave_nothing_over() {
    for rows in [1, 2, 3, 64, 65, 200] {
        let matrix = cloud(rows, 3, rows as u64);
        let found = KMeansParams::new(rows, 2).fit(matrix.view()).unwrap();
        assert_eq!(found.sizes(), vec![1; rows], "{rows}");
        assert!(found.inertia == 0.0, "{rows}: {}", found.inertia);
    }
    let two = array![[0.0_f32, 1.0], [4.0, 5.0]];
    let found = KMeansParams::new(1, 2).fit(two.view()).unwrap();
    assert_eq!((found.centroids, found.inertia), (array![[2.0, 3.0]], 16.0));
}

#[test]
fn two_heaps_are_found_by_hand() {
    let points = array![[0.0_f32, 0.0], [0.0, 1.0], [10.0, 0.0], [10.0, 1.0]];
    let found = KMeansParams::new(2, 7).fit(points.view()).unwrap();
    let found = found.ordered_by(&[1.0, 1.0, 5.0, 5.0]);
    assert_eq!(found.labels, [1, 1, 0, 0]);
    assert_eq!(found.centroids, array![[10.0, 0.5], [0.0, 0.5]]);
    assert_eq!(found.inertia, 1.0);
}

#[test]
fn of_equally_near_centroids_the_first_is_taken() {
    let points = array![[0.0_f32], [1.0], [2.0], [0.1], [0.3]];
    // 0.1 and 0.3 in f32 lie beside their decimals, so only 1 is as near to both.
    assert_eq!(nearest(array![[0.0], [2.0]].view(), points.view()), [0, 0, 1, 0, 0]);
    assert_eq!(nearest(array![[2.0], [0.0]].view(), points.view()), [1, 0, 0, 1, 1]);
    let far = points.mapv(|v| v + 4096.0);
    assert_eq!(nearest(array![[4098.0], [4096.0]].view(), far.view()), [1, 0, 0, 1, 1]);
}

#[test]
fn copies_of_rows_weigh_what_they_are() {
    let matrix = heaps(500, 4, 5, 3.0, 51);
    let twice = concatenate(Axis(0), &[matrix.view(), matrix.view()]).unwrap();
    let params = from(first(&matrix, 5));
    let (once, twice) = (params.fit(matrix.view()).unwrap(), params.fit(twice.view()).unwrap());
    assert_eq!(twice.labels, [once.labels.clone(), once.labels.clone()].concat());
    assert!((twice.inertia - 2.0 * once.inertia).abs() < 1e-12 * twice.inertia);
    assert_eq!(twice.centroids, once.centroids);
}

/// From two far starting centroids beside the only one with rows: the furthest row, 100, is taken out
/// for the first of them; then 9, the next furthest from 4, for the second. The mean of the others
/// follows.
#[test]
fn clusters_without_rows_move_to_the_furthest_rows() {
    let points = array![[0.0_f32], [1.0], [2.0], [9.0], [100.0]];
    let mut params = from(array![[4.0], [-1e6], [1e6]]);
    params.max_iterations = 1;
    let found = params.fit(points.view()).unwrap();
    assert_eq!(found.centroids, array![[1.0], [100.0], [9.0]]);
    assert_eq!(found.labels, [0, 0, 0, 2, 1]);
    params.max_iterations = 300;
    let found = params.fit(points.view()).unwrap();
    assert_eq!((found.labels, found.inertia), (vec![0, 0, 0, 2, 1], 2.0));
}

/// 100 is furthest from its centroid, but alone with it; 0 and 2 are equally far, and 0 is smaller.
#[test]
fn no_cluster_gives_its_last_row_to_an_empty_one() {
    let points = array![[2.0_f32], [1.0], [0.0], [100.0]];
    let mut params = from(array![[1.0], [60.0], [1e6]]);
    params.max_iterations = 1;
    let found = params.fit(points.view()).unwrap();
    assert_eq!(found.centroids, array![[1.5], [100.0], [0.0]]);
    assert_eq!(found.labels, [0, 0, 2, 1]);
}

#[test]
fn empty_clusters_are_filled_the_same_way_in_any_order_of_rows() {
    for seed in 0..20 {
        let mut random = rng(100 + seed);
        // Few values, so that rows are often equal and equally far.
        let matrix = Array2::from_shape_simple_fn((60, 2), || f32::from(random.gen_range(0..5_u8)));
        let k = distinct_rows(matrix.view(), 100).min(9);
        let init = Array2::from_elem((k, 2), 50.0);
        let params = from(init);
        let found = params.fit(matrix.view()).unwrap();
        assert!(found.sizes().iter().all(|size| *size > 0), "{:?}", found.sizes());
        let mut order: Vec<usize> = (0..60).collect();
        order.shuffle(&mut random);
        let other = params.fit(matrix.select(Axis(0), &order).view()).unwrap();
        assert!(found.centroids == other.centroids && found.inertia == other.inertia);
    }
}

#[test]
fn equal_starting_centroids_do_not_stay_equal() {
    let matrix = heaps(600, 3, 4, 8.0, 61);
    let row = matrix.row(0).mapv(f64::from);
    let init = Array2::from_shape_fn((4, 3), |(_, j)| row[j]);
    let found = from(init).fit(matrix.view()).unwrap();
    assert!(found.sizes().iter().all(|size| *size > 0), "{:?}", found.sizes());
    let one = KMeansParams::new(1, 1).fit(matrix.view()).unwrap();
    assert!(found.inertia < one.inertia / 2.0);
}

#[test]
fn what_cannot_be_clustered_is_refused_with_the_reason() {
    let fit = |matrix: Array2<f32>, k: usize| {
        KMeansParams::new(k, 1).fit(matrix.view()).map_err(|e| e.to_string())
    };
    let says = |found: Result<Clustering, String>, word: &str| {
        let message = found.map(|_| ()).unwrap_err();
        assert!(message.contains(word), "{message}");
    };
    says(fit(Array2::zeros((0, 2)), 1), "only 0 rows");
    says(fit(Array2::zeros((2, 0)), 1), "no feature");
    says(fit(array![[1.0], [2.0]], 0), "k == 0");
    says(fit(array![[1.0], [2.0]], 3), "only 2 rows");
    says(fit(array![[1.0], [1.0], [1.0]], 2), "only 1 different");
    says(fit(array![[0.0, 1.0], [-0.0, 1.0], [2.0, 2.0]], 3), "only 2 different");
    for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        says(fit(array![[1.0], [bad]], 1), "not a finite");
        let mut late = cloud(5_000, 3, 71);
        late[[4_321, 2]] = bad;
        says(fit(late, 4), "not a finite");
    }
    assert!(fit(array![[1.0], [2.0]], 2).is_ok() && fit(array![[1.0]], 1).is_ok());
}

#[test]
fn parameters_that_cannot_be_are_refused() {
    let matrix = cloud(20, 2, 72);
    let refuses = |change: &dyn Fn(&mut KMeansParams), word: &str| {
        let mut params = KMeansParams::new(3, 1);
        change(&mut params);
        let message = params.fit(matrix.view()).unwrap_err().to_string();
        assert!(message.contains(word), "{message}");
        // The shape of starting centroids is only known to be wrong beside the rows.
        assert!(params.check_ref().is_err() || word == "features", "{word}");
    };
    refuses(&|p| p.starts = 0, "one start");
    refuses(&|p| p.max_iterations = 0, "one iteration");
    refuses(&|p| p.tolerance = -1.0, "tolerance");
    refuses(&|p| p.tolerance = f64::NAN, "tolerance");
    refuses(&|p| p.method = Method::MiniBatch { rows: 0 }, "one row");
    refuses(&|p| p.init = Some(Array2::zeros((2, 2))), "2 starting centroids");
    refuses(&|p| p.init = Some(Array2::zeros((3, 5))), "features");
    refuses(&|p| p.init = Some(Array2::from_elem((3, 2), f64::NAN)), "not a finite");
    refuses(&|p| p.init = Some(Array2::from_elem((3, 2), 1e300)), "not a finite");
}

#[test]
fn the_training_rows_are_given_their_own_labels() {
    for (name, matrix, k) in hard() {
        let found = KMeansParams::new(k, 9).fit(matrix.view()).unwrap();
        let predicted: Array1<usize> = found.predict(&matrix);
        assert!(found.labels == predicted.to_vec(), "{name}");
        assert!(found.labels == nearest(found.centroids.view(), matrix.view()), "{name}");
        assert!(found.labels == plain_labels(&found.centroids, &matrix), "{name}");
        // A part of the rows has another range, and must not have other labels.
        let part = matrix.slice(s![7..matrix.nrows() / 2, ..]);
        assert!(found.labels[7..matrix.nrows() / 2] == found.label(part).unwrap(), "{name}");
        let inertia = plain_inertia(&found, &matrix);
        assert!((found.inertia - inertia).abs() <= 1e-12 * inertia, "{name}");
    }
}

#[test]
fn rows_of_another_width_or_not_finite_get_no_label() {
    let found = KMeansParams::new(2, 1).fit(cloud(50, 3, 81).view()).unwrap();
    assert!(found.label(cloud(5, 2, 82).view()).is_err());
    assert!(found.label(array![[0.0, f32::NAN, 1.0]].view()).is_err());
    assert!(found.label(Array2::zeros((0, 3)).view()).unwrap().is_empty());
}

#[test]
fn the_traits_of_linfa_do_the_same() {
    let matrix = heaps(800, 4, 3, 5.0, 91);
    let params = KMeansParams::new(3, 4);
    let plain = params.fit(matrix.view()).unwrap();
    let data = DatasetBase::from(matrix.clone());
    let unchecked: Clustering = Fit::fit(&params, &data).unwrap();
    let checked = params.clone().check().unwrap().fit(&data).unwrap();
    assert!(plain == unchecked && plain == checked);
}

#[test]
fn drawn_starts_find_heaps_and_more_starts_are_never_worse() {
    let matrix = heaps(2_000, 6, 12, 6.0, 101);
    for seed in 0..5 {
        let params = KMeansParams::new(12, seed);
        let found = params.fit(matrix.view()).unwrap();
        let sizes = found.sizes();
        assert!(sizes.iter().all(|size| (160..175).contains(size)), "{sizes:?}");
        assert!(found == params.fit(matrix.view()).unwrap(), "twice");
        let cloud = cloud(1_500, 5, seed);
        let inertia = |starts| {
            KMeansParams::new(9, seed).with_starts(starts).fit(cloud.view()).unwrap().inertia
        };
        assert!(inertia(8) <= inertia(3) && inertia(3) <= inertia(1));
    }
}

#[test]
fn starts_on_a_sample_are_as_good_as_starts_on_all_rows() {
    let matrix = heaps(70_000, 4, 10, 5.0, 111);
    let drawn = KMeansParams::new(10, 1).fit(matrix.view()).unwrap();
    let true_start = from(first(&matrix, 10)).fit(matrix.view()).unwrap();
    assert!(drawn.inertia <= true_start.inertia * 1.0001);
}

#[test]
fn mini_batches_come_near_to_full_passes() {
    for (matrix, k) in [(heaps(60_000, 8, 6, 3.0, 121), 6), (cloud(60_000, 6, 122), 12)] {
        let mut params = KMeansParams::new(k, 2);
        let full = params.fit(matrix.view()).unwrap();
        params.method = Method::MiniBatch { rows: 4_096 };
        let found = params.fit(matrix.view()).unwrap();
        assert!(found.inertia <= full.inertia * 1.02, "{} {}", found.inertia, full.inertia);
        assert!(found.labels == nearest(found.centroids.view(), matrix.view()));
        let inertia = plain_inertia(&found, &matrix);
        assert!((found.inertia - inertia).abs() <= 1e-12 * inertia);
    }
}

/// Two batches by hand: the first moves a centroid to the mean of its rows, the second by their share.
#[test]
fn a_batch_moves_a_centroid_by_its_share_of_the_rows_seen() {
    let params = from(array![[0.0], [10.0]]).check().unwrap();
    let batch = |rows: Array2<f32>| DatasetBase::from(rows);
    let (one, two) = (batch(array![[1.0], [3.0], [11.0]]), batch(array![[8.0], [5.0], [14.0]]));
    let model: MiniBatch = params.fit_with(None, &one).unwrap();
    let model = params.fit_with(Some(model), &two).unwrap();
    // 2, 11; then of 8, 5, 14 only 5 is nearer to 2.
    let found = model.finish(array![[0.0_f32], [20.0]].view()).unwrap();
    assert_eq!(found.centroids, array![[3.0], [11.0]]);
    assert_eq!((found.labels, found.inertia, found.iterations), (vec![0, 1], 90.0, 2));
}

#[test]
fn a_batch_that_does_not_fit_is_refused() {
    let params = KMeansParams::new(2, 1).check().unwrap();
    let start = DatasetBase::from(cloud(100, 3, 131));
    let model: MiniBatch = params.fit_with(None, &start).unwrap();
    assert!(model.clone().update(cloud(9, 2, 132).view()).is_err());
    assert!(model.clone().update(Array2::from_elem((2, 3), f32::NAN).view()).is_err());
    let before = model.clone().finish(start.records.view()).unwrap();
    let mut after = model;
    after.update(Array2::zeros((0, 3)).view()).unwrap();
    assert_eq!(before.centroids, after.finish(start.records.view()).unwrap().centroids);
}

#[test]
fn different_rows_are_counted_up_to_enough() {
    let rows: ArrayView2<'_, f32> = ArrayView2::from_shape((4, 1), &[0.0, -0.0, 1.0, 2.0]).unwrap();
    assert_eq!([1, 2, 3, 9].map(|enough| distinct_rows(rows, enough)), [1, 2, 3, 3]);
}
