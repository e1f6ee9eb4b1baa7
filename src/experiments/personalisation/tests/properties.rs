//! What must hold for any experiment.

use super::*;

const SHAPE: [usize; 3] = [5, 4, 3];

fn mixed(seed: u64) -> Vec<Unit> {
    units(2_000, SHAPE, seed, |rng, segment, arm| {
        let level = 1.0 + f64::from(u8::from(segment % 3 == arm));
        if rng.gen_bool(0.4) { level * rng.gen_range(0.5..2.0) } else { 0.0 }
    })
}

fn chosen(result: &Personalisation) -> Vec<(String, String)> {
    let pair = |c: &SegmentChoice| (c.segment.clone(), c.arm.clone());
    let mut pairs: Vec<(String, String)> = result.segments.iter().map(pair).collect();
    pairs.sort();
    pairs
}

#[test]
fn the_order_of_segments_and_arms_does_not_matter() {
    let rows: [&[(u64, u64)]; 3] = [
        &[(30, 400), (60, 410), (44, 390)],
        &[(70, 380), (35, 390), (50, 400)],
        &[(20, 210), (22, 190), (40, 205)],
    ];
    let plain = of_counts(&rows, 3);
    let turned: Vec<Vec<Counts>> =
        table(&rows).into_iter().rev().map(|row| row.into_iter().rev().collect()).collect();
    let backwards = |prefix| -> Vec<String> { names(prefix, 3).into_iter().rev().collect() };
    let turned =
        PolicyCells::from_counts(backwards("s"), backwards("a"), &turned, 10, 3).expect("cells");
    let (one, other) = (run(&plain), run(&turned));
    close(one.gain.point, other.gain.point, 1e-13);
    close(one.gain.low, other.gain.low, 1e-13);
    close(one.effective_n, other.effective_n, 1e-12);
    assert_eq!(one.answer, other.answer);
    assert_eq!(chosen(&one), chosen(&other));
    assert!(one.effective_n > 0.0);
}

#[test]
fn another_name_for_the_control_changes_nothing_with_two_arms() {
    let rows: [&[(u64, u64)]; 3] =
        [&[(30, 400), (60, 410)], &[(70, 380), (35, 390)], &[(9, 90), (9, 80)]];
    let cells = of_counts(&rows, 11);
    let params = |control| PersonalisationParams::new("clicks", control);
    let one = personalisation(&cells, &params("a0")).expect("a result");
    let other = personalisation(&cells, &params("a1")).expect("a result");
    close(one.gain.point, other.gain.point, 1e-13);
    assert_eq!((chosen(&one), &one.best_for_all), (chosen(&other), &other.best_for_all));
}

#[test]
fn the_unit_of_the_metric_scales_every_value() {
    for (seed, factor) in [(1, 100.0), (2, 1e-6), (3, 3.7e4)] {
        let plain = mixed(seed);
        let scaled: Vec<Unit> = plain.iter().map(|u| Unit { y: u.y * factor, ..*u }).collect();
        let one = run(&cells(MetricKind::Mean, &plain, SHAPE));
        let other = run(&cells(MetricKind::Mean, &scaled, SHAPE));
        close(other.gain.point / factor, one.gain.point, 1e-10);
        close(other.gain.low / factor, one.gain.low, 1e-10);
        close(other.value_policy.point / factor, one.value_policy.point, 1e-10);
        close(other.p, one.p, 1e-9);
        assert_eq!((chosen(&one), one.recommended), (chosen(&other), other.recommended));
    }
}

#[test]
fn a_level_that_all_share_moves_the_values_and_not_the_gain() {
    let plain = mixed(4);
    let moved: Vec<Unit> = plain.iter().map(|u| Unit { y: u.y + 25.0, ..*u }).collect();
    let one = run(&cells(MetricKind::Mean, &plain, SHAPE));
    let other = run(&cells(MetricKind::Mean, &moved, SHAPE));
    close(other.gain.point, one.gain.point, 1e-10);
    close(other.gain.low, one.gain.low, 1e-10);
    close(other.value_policy.point - 25.0, one.value_policy.point, 1e-2);
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let text = |seed| {
        let rows: [&[(u64, u64)]; 2] = [&[(30, 400), (60, 410)], &[(70, 380), (35, 390)]];
        serde_json::to_string(&run(&of_counts(&rows, seed))).expect("json")
    };
    assert_eq!(text(7), text(7));
    assert_ne!(text(7), text(8));
}

#[test]
fn the_gain_is_the_difference_of_the_values() {
    for seed in 0..5 {
        let result = run(&cells(MetricKind::Mean, &mixed(seed), SHAPE));
        let gap = result.value_policy.point - result.value_best_for_all.point;
        close(result.gain.point, gap, 1e-12);
        assert!(result.segments.iter().all(|c| c.over_best >= Some(0.0)));
        assert!((result.p < 0.025) == (result.gain.low > 0.0));
    }
}

#[test]
fn planned_shares_that_came_true_are_the_observed_ones() {
    let rows: [&[(u64, u64)]; 2] = [&[(30, 400), (60, 800)], &[(60, 200), (35, 400)]];
    let cells = of_counts(&rows, 2);
    let params = PersonalisationParams::new("clicks", "a0");
    let planned = params.clone().planned_shares([("a1".to_owned(), 2.0), ("a0".to_owned(), 1.0)]);
    let one = personalisation(&cells, &params).expect("a result");
    let other = personalisation(&cells, &planned).expect("a result");
    close(one.gain.point, other.gain.point, 1e-14);
    assert!(one.gain.std_error > Some(0.0));
}

/// Every draw of the split estimates the same gain.
#[test]
fn an_unmistakable_interaction_is_recommended_whatever_the_seed() {
    let rows: [&[(u64, u64)]; 2] = [&[(100, 1_000), (200, 1_000)], &[(200, 1_000), (100, 1_000)]];
    for seed in 0..20 {
        let result = run(&of_counts(&rows, seed));
        assert!(result.recommended, "{}", result.answer);
        assert!(result.gain.low < 0.05 && result.gain.high > 0.04, "{:?}", result.gain);
        assert_eq!(result.segments[0].arm, "a1");
        assert_eq!(result.segments[1].arm, "a0");
    }
}
