//! The split of counts into folds.

use super::super::fold_split::fold_split;
use super::*;

fn counts(x: u64, n: u64) -> Counts {
    Counts::new(n, x).expect("counts")
}

#[test]
fn folds_add_up_and_have_one_size() {
    for (x, n) in [(0, 0), (1, 1), (0, 7), (7, 7), (3, 25), (22, 25), (500, 1_003), (1_000, 1_003)]
    {
        for folds in [2, 3, 10] {
            let parts = fold_split(&counts(x, n), folds, 9, "s", "a");
            let mut total = Counts::default();
            parts.iter().for_each(|part| total.merge(part));
            assert_eq!((total, parts.len()), (counts(x, n), folds));
            let least = n / folds as u64;
            assert!(parts.iter().all(|part| part.n() - least <= 1), "{parts:?}");
        }
    }
}

#[test]
fn a_draw_depends_on_seed_and_names_only() {
    let draw =
        |seed, segment: &str, arm: &str| fold_split(&counts(50, 200), 10, seed, segment, arm);
    assert_eq!(draw(1, "s", "a"), draw(1, "s", "a"));
    assert_ne!(draw(1, "s", "a"), draw(2, "s", "a"));
    assert_ne!(draw(1, "s", "a"), draw(1, "s", "b"));
    assert_ne!(draw(1, "ab", "c"), draw(1, "a", "bc"));
}

/// Six recipients with two successes in three folds of two: 6, 8 and 1 of 15 pairs have none, one and
/// two in the first fold.
#[test]
fn successes_fall_as_shuffling_lets_them() {
    const DRAWS: u32 = 30_000;
    for (successes, mirrored) in [(2, false), (4, true)] {
        let mut seen = [0.0; 3];
        for seed in 0..DRAWS {
            let parts = fold_split(&counts(successes, 6), 3, u64::from(seed), "s", "a");
            let rare = if mirrored { parts[0].failures() } else { parts[0].successes() };
            seen[rare as usize] += 1.0 / f64::from(DRAWS);
        }
        for (share, want) in seen.iter().zip([6.0, 8.0, 1.0].map(|ways| ways / 15.0)) {
            let error = (want * (1.0 - want) / f64::from(DRAWS)).sqrt();
            assert!((share - want).abs() < 4.0 * error, "{seen:?}");
        }
    }
}

/// An even split would have no spread at all: training folds would know the rate held out.
#[test]
fn rates_differ_between_folds_as_chance_asks() {
    let (n, x, size) = (400.0, 120.0, 40.0);
    let mut squares = 0.0;
    for seed in 0..2_000 {
        let parts = fold_split(&counts(120, 400), 10, seed, "s", "a");
        squares += (parts[3].successes() as f64 - size * x / n).powi(2) / 2_000.0;
    }
    let want = size * x / n * (1.0 - x / n) * (n - size) / (n - 1.0);
    assert!((squares / want - 1.0).abs() < 4.0 * (2.0_f64 / 2_000.0).sqrt(), "{squares}, {want}");
}
