//! Moves that wait.

use super::*;

fn weeks(strategy: DampingStrategy, rows: &[[f64; 3]]) -> Vec<Option<u16>> {
    let damping = Damping::new(strategy, 0.1, 2).unwrap();
    let mut before: Option<Standing> = None;
    let mut held = Vec::new();
    for (week, row) in rows.iter().enumerate() {
        let now = observed(&format!("2026-01-{:02}", week + 1), &[("a", *row, false)]);
        let made = advance(before.as_ref(), &now, &damping);
        held.push(made.standing.layers[0].held[0].segment);
        before = Some(made.standing);
    }
    held
}

#[test]
fn a_move_that_is_hardly_one_waits_for_a_second_refresh() {
    use DampingStrategy::{Consecutive, Either, Margin, None as Undamped};
    let (s1, s2) = (Some(0), Some(1));
    let hardly = [NEAR_1, HARDLY_2, HARDLY_2, HARDLY_2];
    assert_eq!(weeks(Either, &hardly), [s1, s1, s2, s2]);
    assert_eq!(weeks(Consecutive, &hardly), [s1, s1, s2, s2]);
    assert_eq!(weeks(Margin, &hardly), [s1, s1, s1, s1]);
    assert_eq!(weeks(Undamped, &hardly), [s1, s2, s2, s2]);
    let clear = [NEAR_1, NEAR_2];
    assert_eq!(weeks(Either, &clear), [s1, s2]);
    assert_eq!(weeks(Margin, &clear), [s1, s2]);
    assert_eq!(weeks(Consecutive, &clear), [s1, s1]);
    // To and fro is noise; only what is seen twice in a row counts.
    let flicker = [NEAR_1, HARDLY_2, NEAR_1, HARDLY_2, NEAR_1, HARDLY_2];
    assert_eq!(weeks(Either, &flicker), [s1; 6]);
    // Out of all accepted segments, and back.
    assert_eq!(weeks(Either, &[NEAR_1, NEAR_3, NEAR_1]), [s1, None, s1]);
}

#[test]
fn what_waits_is_counted_by_pair() {
    let first = observed("2026-01-05", &[("a", NEAR_1, false), ("b", NEAR_1, false)]);
    let before = advance(None, &first, &damping()).standing;
    let next = observed("2026-01-12", &[("a", HARDLY_2, false), ("b", HARDLY_2, false)]);
    let made = advance(Some(&before), &next, &damping());
    let expected = Damped { from: Some("S1".to_owned()), to: Some("S2".to_owned()), contacts: 2 };
    assert_eq!(made.damped, [expected]);
    assert!(made.changes.is_empty());
}

#[test]
fn parameters_that_make_no_sense_are_refused() {
    for (margin, consecutive) in [(1.0, 2), (-0.1, 2), (f64::NAN, 2), (0.1, 1)] {
        let error = Damping::new(DampingStrategy::Either, margin, consecutive).unwrap_err();
        assert!(error.hint_text().is_some());
    }
}
