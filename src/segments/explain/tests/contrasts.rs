//! Contrasts by hand.

use super::*;
use crate::segments::explain::Contrast;
use ndarray::{Array1, array};

fn contrasts(prepared: ArrayView2<'_, f64>, labels: &[usize]) -> Vec<Vec<Contrast>> {
    let clusters = labels.iter().max().expect("a label") + 1;
    let ids = (0..labels.len()).map(|i| format!("c{i}")).collect();
    let table = FeatureTable::new(ids, vec![], Array2::zeros((labels.len(), 0)), vec![], vec![]);
    let names: Vec<String> = (0..prepared.ncols()).map(|i| format!("f{i}")).collect();
    let centroids = centroids(prepared, labels, clusters);
    let explained = explain(&ExplainInput {
        table: &table,
        columns: &[],
        labels,
        clusters,
        prepared: prepared.view(),
        prepared_names: &names,
        centroids: centroids.view(),
        seed: 1,
        held_out_share: 0.3,
    });
    explained.expect("an explanation").into_iter().map(|e| e.contrasts).collect()
}

#[test]
fn four_contacts_by_hand() {
    // Means 4 and 1, deviations √10 and 1. Segment 0 has means 1 and 0: 3 and 1 below everybody.
    let prepared = array![[0.0, 0.0], [2.0, 0.0], [6.0, 2.0], [8.0, 2.0]];
    let found = contrasts(prepared.view(), &[0, 0, 1, 1]);
    let expected = [("f0", -3.0 / 10f64.sqrt(), 0.9), ("f1", -1.0, 0.1)];
    for ((feature, difference, share), contrast) in expected.into_iter().zip(&found[0]) {
        assert_eq!(contrast.feature, feature);
        assert!((contrast.standardized_difference - difference).abs() < 1e-15);
        assert!((contrast.share_of_separation - share).abs() < 1e-15);
    }
    assert_eq!(found[1][1].standardized_difference, 1.0);
}

#[test]
fn a_weight_changes_the_parts_and_not_the_differences() {
    // f1 weighs three times as much: 9 to 9.
    let prepared = array![[0.0, 0.0], [2.0, 0.0], [6.0, 6.0], [8.0, 6.0]];
    let found = contrasts(prepared.view(), &[0, 0, 1, 1]);
    for contrast in &found[0] {
        assert!((contrast.share_of_separation - 0.5).abs() < 1e-15);
    }
    let f1 = found[0].iter().find(|c| c.feature == "f1").expect("f1");
    assert!((f1.standardized_difference + 1.0).abs() < 1e-15);
}

#[test]
fn parts_add_up_to_one_and_are_nothing_where_nothing_differs() {
    let mut draws = Draws(3);
    let prepared = Array2::from_shape_simple_fn((300, 7), || draws.unit() * 4.0 - 1.0);
    let labels: Vec<usize> = (0..300).map(|i| i % 3).collect();
    for contrasts in contrasts(prepared.view(), &labels) {
        let total: f64 = contrasts.iter().map(|c| c.share_of_separation).sum();
        assert!((total - 1.0).abs() < 1e-12, "{total}");
        assert!(contrasts.is_sorted_by(|a, b| a.share_of_separation >= b.share_of_separation));
    }
    let alike = Array2::from_elem((4, 2), 2.0);
    for contrast in contrasts(alike.view(), &[0, 0, 1, 1]).concat() {
        assert_eq!((contrast.share_of_separation, contrast.standardized_difference), (0.0, 0.0));
    }
}

#[test]
fn on_the_standard_scale_a_difference_is_the_segments_mean() {
    // What the profile of a segment calls its standardised difference.
    let mut draws = Draws(5);
    let mut prepared = Array2::from_shape_simple_fn((200, 3), || draws.below(9));
    for mut column in prepared.columns_mut() {
        let mean = column.sum() / 200.0;
        let deviation = (column.mapv(|v| (v - mean).powi(2)).sum() / 200.0).sqrt();
        column.mapv_inplace(|v| (v - mean) / deviation);
    }
    let labels: Vec<usize> = (0..200).map(|i| usize::from(i >= 60)).collect();
    let means: Array1<f64> = centroids(prepared.view(), &labels, 2).row(0).to_owned();
    for contrast in &contrasts(prepared.view(), &labels)[0] {
        let place: usize = contrast.feature[1..].parse().expect("a number");
        assert!((contrast.standardized_difference - means[place]).abs() < 1e-12);
    }
}
