//! The stability index by hand, and what must hold for any.

use ndarray::{Array1, array};

use super::super::model::SegmentModel;
use super::*;
use crate::features::{Family, FeatureSpec, FeatureTable, Preparation, Unit};

#[test]
fn the_index_by_hand() {
    // Shares (50.5, 50.5)/101 and (70.5, 30.5)/101: Σ (q − p) ln(q / p).
    let (p, q) = (50.5_f64 / 101.0, [70.5 / 101.0, 30.5 / 101.0]);
    let by_hand: f64 = q.iter().map(|q: &f64| (q - p) * (q / p).ln()).sum();
    let found = stability_index(&[50, 50], &[70, 30]).unwrap();
    assert!((found.index - by_hand).abs() < 1e-12, "{found:?}");
    // χ² with 1 degree of freedom at 0.95 is 3.841459.
    assert!((found.noise - 0.02 * 3.841_459).abs() < 1e-6, "{found:?}");
}

#[test]
fn the_index_is_zero_for_equals_symmetric_and_finite() {
    let same = stability_index(&[10, 20, 30], &[100, 200, 300]).unwrap();
    assert!(same.index < 1e-3);
    let (ab, ba) = (
        stability_index(&[10, 0, 5], &[1, 9, 5]).unwrap(),
        stability_index(&[1, 9, 5], &[10, 0, 5]).unwrap(),
    );
    assert!((ab.index - ba.index).abs() < 1e-12 && ab.index.is_finite());
    assert!(stability_index(&[0, 0], &[1, 2]).is_none());
    // Groups that are empty in both change nothing.
    let with = stability_index(&[10, 0, 5], &[9, 0, 6]).unwrap();
    assert_eq!(with, stability_index(&[10, 5], &[9, 6]).unwrap());
}

/// Two samples of one population stay below the noise in about 95 of 100 cases.
#[test]
fn chance_stays_below_the_noise() {
    use rand::{Rng, SeedableRng};
    let mut random = rand_xoshiro::Xoshiro256PlusPlus::seed_from_u64(11);
    let (mut below, rounds) = (0, 2000);
    for _ in 0..rounds {
        let mut sample = |n: usize| {
            let mut counts = [0_u64; 10];
            (0..n).for_each(|_| counts[random.gen_range(0..10)] += 1);
            counts
        };
        let found = stability_index(&sample(500), &sample(700)).unwrap();
        below += usize::from(found.index <= found.noise);
    }
    let share = below as f64 / f64::from(rounds);
    assert!((0.93..=0.97).contains(&share), "{share}");
}

fn table(values: &[f64]) -> FeatureTable {
    let ids = (0..values.len()).map(|n| format!("c{n:05}")).collect();
    let values = Array1::from(values.to_vec()).insert_axis(ndarray::Axis(1));
    let spec = FeatureSpec::new(Family::Purchase, "recency_days", Unit::Days);
    FeatureTable::new(ids, vec![spec], values, Vec::new(), Vec::new())
}

fn model(values: &[f64]) -> SegmentModel {
    let mut model = SegmentModel {
        preparation: Preparation {
            columns: Vec::new(),
            constant: Vec::new(),
            correlated: Vec::new(),
            components: None,
        },
        centroids: vec![vec![]],
        segment_ids: vec!["S1".to_owned()],
        baseline: Baseline::default(),
    };
    let distance: Vec<f64> = (0..values.len()).map(|n| n as f64).collect();
    let names = ["recency_days".to_owned()];
    model.baseline = Baseline::of(&table(values), &names, &distance, "2026-01-05").unwrap();
    model
}

const PARAMS: DriftParams =
    DriftParams { watch: 0.1, refit: 0.25, drifted_share: 0.2, far_share: 0.05 };

#[test]
fn groups_are_of_equal_size_and_the_missing_are_one() {
    let mut values: Vec<f64> = (0..1000).map(f64::from).collect();
    values.extend([f64::NAN; 100]);
    let baseline = model(&values).baseline;
    assert_eq!(baseline.features[0].counts, [100; 11]);
    assert_eq!(baseline.far_distance, 1088.0);
    let few = array![1.0, 1.0, 1.0, 2.0];
    let few = Baseline::of(&table(&few.to_vec()), &["recency_days".to_owned()], &[0.0; 4], "x");
    let feature = &few.unwrap().features[0];
    assert_eq!((feature.cuts.clone(), feature.counts.clone()), (vec![1.0], vec![3, 1, 0]));
}

#[test]
fn a_shift_is_drift_and_a_refit_is_proposed() {
    let values: Vec<f64> = (0..1000).map(f64::from).collect();
    let model = model(&values);
    let near = vec![0.0; 1000];
    let still = Drift::of(&model, &table(&values), &near, PARAMS).unwrap();
    assert!(still.refit.is_empty() && still.features[0].stability.index < 1e-9);
    let shifted: Vec<f64> = values.iter().map(|v| v + 400.0).collect();
    let moved = Drift::of(&model, &table(&shifted), &near, PARAMS).unwrap();
    assert_eq!((moved.drifted, moved.refit.len()), (1, 1));
    let far = vec![5000.0; 1000];
    let lost = Drift::of(&model, &table(&values), &far, PARAMS).unwrap();
    assert_eq!((lost.far_share, lost.refit.len()), (1.0, 1));
}
