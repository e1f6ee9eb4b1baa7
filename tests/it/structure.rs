//! Whether there are groups: heaps in one and two columns, clouds of several shapes, rare values.

use microseg::segments::agreement::adjusted_rand_index;
use microseg::segments::choice::{Choice, ChoiceParams};
use microseg::segments::verdict::Structure;
use ndarray::Array2;
use rand::{Rng, SeedableRng};
use rand_distr::{Distribution, Exp1, StandardNormal};
use rand_xoshiro::Xoshiro256PlusPlus;

fn chosen(matrix: &Array2<f32>) -> Choice {
    ChoiceParams::new(2, 10, 1, 2_000).choose(matrix.view()).unwrap()
}

/// Rows drawn one by one.
fn table(
    rows: usize,
    columns: usize,
    mut row: impl FnMut(usize, &mut Xoshiro256PlusPlus) -> Vec<f64>,
) -> Array2<f32> {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(17);
    let values: Vec<f32> =
        (0..rows).flat_map(|r| row(r, &mut rng)).map(|value| value as f32).collect();
    Array2::from_shape_vec((rows, columns), values).unwrap()
}

fn normal(rng: &mut Xoshiro256PlusPlus) -> f64 {
    StandardNormal.sample(rng)
}

#[test]
fn heaps_are_found_in_one_column_and_in_two_that_know_nothing_of_each_other() {
    let one = table(2_000, 1, |r, rng| vec![(r % 2) as f64 * 20.0 + normal(rng)]);
    let found = chosen(&one);
    assert_eq!((found.structure, found.clustering.clusters()), (Structure::Found, 2));
    let grid = table(2_000, 2, |r, rng| {
        vec![(r % 2) as f64 * 20.0 + normal(rng), (r / 2 % 2) as f64 * 20.0 + normal(rng)]
    });
    let found = chosen(&grid);
    assert_eq!((found.structure, found.clustering.clusters()), (Structure::Found, 4));
    let truth: Vec<usize> = (0..2_000).map(|r| r % 4).collect();
    assert_eq!(adjusted_rand_index(&truth, &found.clustering.labels), Some(1.0));
}

#[test]
fn clouds_have_no_groups_whatever_their_shape() {
    let exponential = |rng: &mut Xoshiro256PlusPlus| -> f64 { Exp1.sample(rng) };
    let clouds = [
        ("normal, one column", table(3_000, 1, |_, rng| vec![normal(rng)])),
        ("even, one column", table(3_000, 1, |_, rng| vec![rng.r#gen::<f64>()])),
        ("exponential, one column", table(3_000, 1, |_, rng| vec![exponential(rng)])),
        ("normal", table(3_000, 6, |_, rng| (0..6).map(|_| normal(rng)).collect())),
        ("even", table(3_000, 3, |_, rng| (0..3).map(|_| rng.r#gen::<f64>()).collect())),
        ("exponential", table(3_000, 5, |_, rng| (0..5).map(|_| exponential(rng)).collect())),
        (
            "one cause behind all",
            table(3_000, 5, |_, rng| {
                let cause = normal(rng);
                (0..5).map(|_| (cause + 0.5 * normal(rng)).exp()).collect()
            }),
        ),
        (
            "many zeros, one cause",
            table(3_000, 5, |_, rng| {
                let cause = normal(rng);
                (0..5).map(|_| (cause + normal(rng)).max(0.0)).collect()
            }),
        ),
    ];
    for (shape, cloud) in &clouds {
        let found = chosen(cloud);
        assert!(
            found.structure.is_none(),
            "{shape}: {:?} {:#?}",
            found.structure,
            found.candidates
        );
    }
}

#[test]
fn rare_values_do_not_stop_the_choice() {
    let rare = table(20_000, 2, |r, _| match r % 2_000 {
        0 => vec![r as f64, 1.0],
        _ => vec![0.0, 0.0],
    });
    let found = chosen(&rare);
    assert!(found.clustering.clusters() >= 1);
    let two = table(2, 2, |r, _| vec![r as f64, 0.0]);
    let found = chosen(&two);
    assert!(matches!(found.structure, Structure::NotJudged { .. }), "{:?}", found.structure);
}
