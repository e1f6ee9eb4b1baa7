//! Entries, exits and their causes.

use super::*;

#[test]
fn everybody_enters_at_the_first_refresh() {
    let first =
        observed("2026-01-05", &[("a", NEAR_1, false), ("b", NEAR_2, true), ("c", NEAR_3, false)]);
    let made = advance(None, &first, &damping());
    assert_eq!(
        lines(&made.changes),
        [
            "a entered S1 first_refresh", "b entered S2 first_refresh",
            "b entered buyers first_refresh"
        ]
    );
    assert_eq!(made.standing.sizes(), [1, 1, 1]);
    assert!(made.migration.is_none());
}

#[test]
fn moves_come_with_where_from_and_where_to() {
    let first =
        observed("2026-01-05", &[("a", NEAR_1, false), ("b", NEAR_2, true), ("d", NEAR_3, true)]);
    let before = advance(None, &first, &damping()).standing;
    let next =
        observed("2026-01-12", &[("a", NEAR_2, true), ("c", NEAR_1, false), ("d", NEAR_1, true)]);
    let made = advance(Some(&before), &next, &damping());
    assert_eq!(
        lines(&made.changes),
        [
            "a left S1 behaviour", "a entered S2 behaviour", "a entered buyers behaviour",
            "b left S2 gone", "b left buyers gone", "c entered S1 new_contact",
            "d entered S1 behaviour",
        ]
    );
    let left = &made.changes[0];
    assert_eq!(left.other_segment_id.as_deref(), Some("S2"));
    assert_eq!(left.since.as_deref(), Some("2026-01-05"));
    assert_eq!(made.changes[1].other_segment_id.as_deref(), Some("S1"));
    assert_eq!(made.changes[2].other_segment_id, None, "a rule has no other side");
    let migration = made.migration.unwrap();
    assert_eq!(migration.from, ["S1", "S2", "(none)", "(new)"]);
    assert_eq!(migration.to, ["S1", "S2", "(none)", "(gone)"]);
    let counts = [[0, 1, 0, 0], [0, 0, 0, 1], [1, 0, 0, 0], [1, 0, 0, 0]];
    assert_eq!(migration.counts, counts.map(Vec::from));
    assert_eq!(migration.moved(), 2);
}

#[test]
fn a_changed_definition_is_told_apart_from_behaviour() {
    let contacts = [("a", NEAR_1, true), ("b", NEAR_1, false)];
    let before = advance(None, &observed("2026-01-05", &contacts), &damping()).standing;
    let mut next = observed("2026-01-12", &[("a", NEAR_1, false), ("b", NEAR_1, true)]);
    next.tracked[2].version = 2;
    let made = advance(Some(&before), &next, &damping());
    assert_eq!(lines(&made.changes), ["a left buyers definition", "b entered buyers definition"]);
    // A segment that is no longer accepted is left by everybody.
    let mut next = observed("2026-01-12", &contacts);
    next.tracked.pop();
    next.layers.pop();
    let made = advance(Some(&before), &next, &damping());
    assert_eq!(lines(&made.changes), ["a left buyers definition"]);
}

#[test]
fn a_new_model_moves_only_those_whose_segment_is_another() {
    let contacts = [("a", NEAR_1, false), ("b", NEAR_2, false)];
    let before = advance(None, &observed("2026-01-05", &contacts), &damping()).standing;
    let mut next = observed("2026-01-12", &[("a", NEAR_1, false), ("b", HARDLY_2, false)]);
    next.tracked[0].version = 2;
    next.tracked[1].version = 2;
    next.layers[0].key = format!("{MODEL_KEY}other");
    let made = advance(Some(&before), &next, &damping());
    assert!(made.changes.is_empty(), "{:?}", lines(&made.changes));
    let since = |contact: usize| {
        &made.standing.dates[usize::from(made.standing.layers[0].held[contact].since)]
    };
    assert_eq!((since(0).as_str(), since(1).as_str()), ("2026-01-05", "2026-01-05"));
}

#[test]
fn entries_and_exits_add_up_to_sizes() {
    let near = [NEAR_1, NEAR_2, NEAR_3, HARDLY_2];
    let mut state = 7_u64;
    let mut draw = |n: usize| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % n
    };
    let names: Vec<String> = (0..200).map(|n| format!("c{n:03}")).collect();
    let mut before: Option<Standing> = None;
    let mut members = std::collections::BTreeSet::new();
    for week in 0..12 {
        let mut contacts: Vec<(&str, [f64; 3], bool)> = Vec::new();
        for name in &names {
            if draw(10) > 0 {
                contacts.push((name, near[draw(4)], draw(2) == 0));
            }
        }
        let now = observed(&format!("2026-01-{:02}", week + 1), &contacts);
        let made = advance(before.as_ref(), &now, &damping());
        for change in &made.changes {
            let key = (change.contact_id.clone(), change.segment_id.clone());
            match change.kind {
                ChangeKind::Entered => assert!(members.insert(key), "entered twice"),
                ChangeKind::Left => assert!(members.remove(&key), "left without being in it"),
            }
        }
        let mut standing = std::collections::BTreeSet::new();
        for layer in &made.standing.layers {
            for (contact, held) in layer.held.iter().enumerate() {
                if let Some(segment) = held.segment {
                    let id = made.standing.segments[usize::from(segment)].id.clone();
                    standing.insert((made.standing.ids[contact].clone(), id));
                }
            }
        }
        assert!(members == standing, "the feed does not lead to the membership in week {week}");
        before = Some(made.standing);
    }
}
