//! What is refused, and what is answered where little can be.

use super::*;

#[test]
fn one_segment_has_nothing_to_personalise() {
    let result = run(&of_counts(&[&[(10, 500), (40, 500)]], 1));
    assert_eq!((result.gain.point, result.p, result.recommended), (0.0, 1.0, false));
    assert_eq!(result.answer, "With one segment there is nothing to personalise: `a1` did best.");
    assert_eq!(result.notes, ["one segment only: every policy is one arm for all"]);
}

#[test]
fn an_effect_without_spread_is_one_arm_for_all() {
    let rows: [&[(u64, u64)]; 3] = [&[(10, 500), (40, 500)]; 3];
    let result = run(&of_counts(&rows, 1));
    assert_eq!((result.gain.point, result.gain.low, result.p), (0.0, 0.0, 1.0));
    assert_eq!(result.effective_n, 0.0);
    assert!(!result.recommended);
    assert_eq!(
        result.answer,
        "No segment's own arm promises more clicks than sending `a1` to everybody: nothing to \
         gain from an arm for each segment."
    );
}

#[test]
fn nothing_at_all_happens() {
    for rows in [[&[(0, 50), (0, 50)]; 2], [&[(50, 50), (50, 50)]; 2]] {
        let rows: Vec<&[(u64, u64)]> = rows.iter().map(|row| &row[..]).collect();
        let result = run(&of_counts(&rows, 1));
        assert_eq!((result.gain.point, result.best_for_all.as_str()), (0.0, "a0"));
        assert!(!result.recommended);
    }
}

#[test]
fn a_segment_that_lacks_an_arm_gets_the_best_for_all() {
    let rows: [&[(u64, u64)]; 3] =
        [&[(100, 1_000), (200, 1_000)], &[(300, 1_000), (100, 1_000)], &[(20, 100), (0, 0)]];
    let result = run(&of_counts(&rows, 1));
    assert_eq!((result.best_for_all.as_str(), result.segments[2].arm.as_str()), ("a0", "a0"));
    assert_eq!(result.segments[2].effect, None);
    assert!(result.recommended, "{}", result.answer);
    assert!(result.notes[0].starts_with("an arm has no rows in `s2`"), "{:?}", result.notes);
    let finite = [&result.gain, &result.value_best_for_all, &result.value_policy];
    assert!(finite.iter().all(|e| e.low.is_finite() && e.high.is_finite()));
}

#[test]
fn no_segment_with_both_arms_leaves_one_arm_for_all() {
    let rows: [&[(u64, u64)]; 2] = [&[(0, 0), (30, 100)], &[(20, 100), (0, 0)]];
    let result = run(&of_counts(&rows, 1));
    assert_eq!((result.best_for_all.as_str(), result.gain.point), ("a1", 0.0));
    assert!(!result.recommended);
}

#[test]
fn segments_that_differ_only_at_last_are_not_valued() {
    let fold = |rows: [[(u64, u64); 2]; 2]| -> Vec<Vec<CellSums>> {
        table(&[&rows[0], &rows[1]])
            .iter()
            .map(|row| row.iter().map(CellSums::from).collect())
            .collect()
    };
    let folds = vec![
        fold([[(20, 200), (22, 200)], [(20, 200), (22, 200)]]),
        fold([[(20, 200), (90, 200)], [(90, 200), (20, 200)]]),
    ];
    let cells =
        PolicyCells::from_folds(MetricKind::Proportion, names("s", 2), names("a", 2), folds);
    let result = run(&cells.expect("cells"));
    assert!(result.is_personal() && result.effective_n == 0.0 && !result.recommended);
    assert!(result.answer.contains("cannot be said"), "{}", result.answer);
}

#[test]
fn few_rows_are_said_to_be_few() {
    let rows: [&[(u64, u64)]; 2] = [&[(0, 6), (6, 6)], &[(1, 1), (0, 6)]];
    let result = run(&of_counts(&rows, 1));
    assert!(!result.recommended);
    assert!(result.notes.iter().any(|n| n.contains("too few rows in `s1`")), "{:?}", result.notes);
    assert!(result.notes.iter().any(|n| n.contains("decide the gain")), "{:?}", result.notes);
}

#[test]
fn single_recipients_do_not_break_it() {
    let rows: [&[(u64, u64)]; 2] = [&[(0, 1), (1, 1)], &[(1, 1), (0, 1)]];
    let result = run(&of_counts(&rows, 1));
    assert!(!result.recommended && result.gain.point.is_finite());
    let one = CellSums::new(1, 2.0, 4.0).expect("sums");
    let none = CellSums::default();
    let folds = vec![vec![vec![one, none]], vec![vec![none, one]]];
    let cells = PolicyCells::from_folds(MetricKind::Mean, names("s", 1), names("a", 2), folds);
    assert!(!run(&cells.expect("cells")).recommended);
}

#[test]
fn cells_that_cannot_be_are_refused() {
    let ok = || table(&[&[(1, 9), (2, 9)], &[(1, 9), (2, 9)]]);
    let make = |segments: Vec<String>, arms: Vec<String>, cells: &[Vec<Counts>], folds| {
        PolicyCells::from_counts(segments, arms, cells, folds, 1)
    };
    let twice = vec!["s".to_owned(); 2];
    assert!(make(names("s", 2), names("a", 2), &ok(), 10).is_ok());
    assert!(make(twice.clone(), names("a", 2), &ok(), 10).is_err());
    assert!(make(names("s", 2), twice, &ok(), 10).is_err());
    assert!(make(names("s", 3), names("a", 2), &ok(), 10).is_err());
    assert!(make(names("s", 2), names("a", 3), &ok(), 10).is_err());
    assert!(make(names("s", 2), names("a", 2), &ok(), 1).is_err());
    assert!(make(names("s", 2), names("a", 2), &ok(), 101).is_err());
    assert!(make(Vec::new(), names("a", 2), &[], 10).is_err());
    assert!(make(names("s", 2), names("a", 1), &table(&[&[(1, 9)], &[(1, 9)]]), 10).is_err());
    let without = table(&[&[(1, 9), (0, 0)], &[(1, 9), (0, 0)]]);
    assert!(make(names("s", 2), names("a", 2), &without, 10).is_err());
    let halves = vec![vec![vec![CellSums::new(2, 0.5, 0.5).expect("sums"); 2]]; 2];
    let from = |kind| PolicyCells::from_folds(kind, names("s", 1), names("a", 2), halves.clone());
    assert!(from(MetricKind::Mean).is_ok() && from(MetricKind::Proportion).is_err());
}

#[test]
fn sums_that_no_values_have_are_refused() {
    assert!(CellSums::new(2, 3.0, 5.0).is_ok());
    assert!(CellSums::new(2, 3.0, 4.0).is_err());
    assert!(CellSums::new(0, 0.0, 1.0).is_err());
    assert!(CellSums::new(3, f64::NAN, 1.0).is_err());
    assert!(CellSums::new(3, 1.0, f64::INFINITY).is_err());
    assert!(CellSums::new(3, 1e40, 1e80).is_err());
}

#[test]
fn settings_that_do_not_fit_are_refused() {
    let cells = of_counts(&[&[(1, 9), (2, 9)], &[(1, 9), (2, 9)]], 1);
    let fails = |params: PersonalisationParams| personalisation(&cells, &params).is_err();
    let params = || PersonalisationParams::new("clicks", "a0");
    let shares = |all: &[(&str, f64)]| {
        params().planned_shares(all.iter().map(|(arm, share)| ((*arm).to_owned(), *share)))
    };
    assert!(fails(PersonalisationParams::new("clicks", "b")));
    assert!(fails(params().level(95.0)));
    assert!(fails(shares(&[("a0", 1.0)])));
    assert!(fails(shares(&[("a0", 1.0), ("a1", 0.0)])));
    assert!(fails(shares(&[("a0", 1.0), ("a0", 1.0), ("a1", 1.0)])));
    assert!(!fails(shares(&[("a0", 1.0), ("a1", 1.0)])));
}
