//! k-means held against plain loops, against linfa, and against what must not change it.

use linfa::traits::{Fit, FitWith, Predict};
use linfa::{DatasetBase, ParamGuard};
use linfa_clustering::{KMeans, KMeansInit};
use microseg::segments::kmeans::{
    Clustering, KMeansParams, Method, MiniBatch, distinct_rows, nearest,
};
use ndarray::{Array1, Array2, ArrayView2, Axis, array, concatenate, s};
use rand::Rng;
use rand::seq::SliceRandom;

use crate::naive_kmeans::*;

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
