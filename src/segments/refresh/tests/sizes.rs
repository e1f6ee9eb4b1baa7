//! Growth beyond noise.

use super::*;

fn change(n: usize, kind: ChangeKind, cause: Cause) -> Change {
    Change {
        contact_id: format!("c{n}"),
        kind,
        segment_id: "S1".to_owned(),
        version: 1,
        cause,
        other_segment_id: None,
        since: None,
    }
}

/// Sizes after so many entries into S1 and exits from it.
fn sizes(entered: usize, left: usize) -> Sizes {
    let first = observed("2026-01-05", &[("a", NEAR_1, false), ("b", NEAR_2, true)]);
    let before = advance(None, &first, &damping()).standing;
    let mut changes: Vec<Change> =
        (0..entered).map(|n| change(n, ChangeKind::Entered, Cause::Behaviour)).collect();
    changes.extend((0..left).map(|n| change(n, ChangeKind::Left, Cause::Behaviour)));
    Sizes::of(Some(&before), &before, &tracked(), &changes)
}

#[test]
fn entries_against_exits_are_mcnemars_exact_test() {
    // R: binom.test(15, 20)$p.value = 0.04138947; two other segments without changes have p = 1, so that Holm's
    // adjustment takes it three times.
    let of = sizes(15, 5);
    let s1 = &of.0[0];
    assert!((s1.p_adjusted.unwrap() - 3.0 * 0.041_389_47).abs() < 1e-7);
    assert!(!s1.is_beyond_noise);
    // binom.test(40, 50)$p.value = 2.386133e-05
    let s1 = &sizes(40, 10).0[0];
    assert!(
        (s1.p_adjusted.unwrap() - 3.0 * 2.386_133_167_7e-5).abs() < 1e-9,
        "{:?}",
        s1.p_adjusted
    );
    assert!(s1.is_beyond_noise);
    assert_eq!(sizes(0, 0).0[0].p_adjusted, Some(1.0));
}

#[test]
fn a_definition_is_not_tested() {
    let first = observed("2026-01-05", &[("a", NEAR_1, false)]);
    let before = advance(None, &first, &damping()).standing;
    let changes = [change(1, ChangeKind::Entered, Cause::Definition)];
    let of = Sizes::of(Some(&before), &before, &tracked(), &changes);
    assert_eq!((of.0[0].by_definition, of.0[0].p_adjusted), (1, None));
}

#[test]
fn several_refreshes_add_up() {
    let (one, two) = (sizes(30, 10), sizes(20, 5));
    let over = Sizes::over(&[&one, &two]).unwrap();
    assert_eq!((over.0[0].entered, over.0[0].left), (50, 15));
    assert_eq!(over.0[0].before, one.0[0].before);
    let at_once = sizes(50, 15);
    assert_eq!(over.0[0].p_adjusted, at_once.0[0].p_adjusted);
    assert!(Sizes::over(&[]).is_none());
}
