//! Draws by hash: shares, and what moves nobody.

use super::super::{Assigner, AssignmentParams, Balance, Draw, HOLDOUT, StratumBalance};
use super::{people, two, variants};
use crate::error::Result;
use crate::experiments::{PlannedArm, ratio_check};
use crate::numeric::tail;

fn three(salt: &str) -> Result<Assigner> {
    let arms = AssignmentParams::new(salt).arm("c", 1.0).arm("a", 5.0).arm("b", 2.0);
    arms.arm("none", 0.0).holdout(0.2).check()
}

/// Counted by a few lines of Python over the same ids.
#[test]
fn sizes_are_those_of_a_second_implementation() -> Result<()> {
    let assigner = three("e")?;
    let roster = assigner.assign(Vec::new(), &people(0..200_000), Draw::Hash, "2026-01-01")?;
    let balance = Balance::of(&assigner, &roster.rows)?;
    assert_eq!(balance.arms, ["a", "b", "c"]);
    assert_eq!(balance.overall.arms, [100300, 40350, 19865]);
    assert_eq!(balance.overall.held_out, 39485);
    assert_eq!(balance.strata.len(), 3);
    assert_eq!(balance.strata.iter().map(StratumBalance::contacts).sum::<u64>(), 200_000);
    assert!(balance.alarms().is_empty());
    Ok(())
}

#[test]
fn arms_and_holdouts_have_their_shares() -> Result<()> {
    let (mut arms, mut holdouts) = ((0.0, 0), (0.0, 0));
    let people = people(0..20_000);
    for salt in 0..30 {
        let assigner = three(&format!("salt {salt}"))?;
        let roster = assigner.assign(Vec::new(), &people, Draw::Hash, "d")?;
        let balance = Balance::of(&assigner, &roster.rows)?;
        for (sum, check) in [(&mut arms, balance.overall.check), (&mut holdouts, balance.holdout)] {
            sum.0 += check.as_ref().map_or(f64::NAN, |check| check.chi_squared);
            sum.1 += check.map_or(0, |check| check.df);
        }
    }
    for (chi_squared, df) in [arms, holdouts] {
        let p = tail::chi_squared(chi_squared, f64::from(df)).p;
        assert!((0.01..0.99).contains(&p), "{p}");
    }
    Ok(())
}

#[test]
fn the_holdout_depends_on_nothing_but_salt_and_contact() -> Result<()> {
    let one = two([1.0, 1.0]).holdout(0.1).check()?;
    let other = AssignmentParams::new("subject-line")
        .arm("plain", 1.0)
        .arm("loud", 7.0)
        .arm("third", 2.0)
        .holdout(0.1)
        .check()?;
    let more = two([1.0, 1.0]).holdout(0.2).check()?;
    let (mut held, mut held_more) = (0, 0);
    for n in 0..20_000 {
        let id = format!("c{n}");
        assert_eq!(one.is_held_out(&id), other.is_held_out(&id));
        assert!(!one.is_held_out(&id) || more.is_held_out(&id), "a larger holdout has the smaller");
        assert_eq!(one.draw(&id).is_none(), one.is_held_out(&id));
        held += usize::from(one.is_held_out(&id));
        held_more += usize::from(more.is_held_out(&id));
    }
    assert!((1_900..2_100).contains(&held) && (3_850..4_150).contains(&held_more));
    Ok(())
}

#[test]
fn nobody_moves_when_shares_change_or_contacts_come() -> Result<()> {
    for draw in [Draw::Hash, Draw::Balanced] {
        let before = two([1.0, 1.0]).check()?.assign(Vec::new(), &people(0..3_000), draw, "d1")?;
        assert_eq!((before.kept, before.drawn), (0, 3_000));
        let changed = two([9.0, 1.0]).holdout(0.3).check()?;
        let after = changed.assign(before.rows.clone(), &people(1_000..5_000), draw, "d2")?;
        assert_eq!((after.kept, after.drawn, after.rows.len()), (3_000, 2_000, 5_000));
        let now = variants(&after);
        assert!(variants(&before).iter().all(|(id, variant)| now.get(id) == Some(variant)));
        assert!(after.rows.iter().filter(|row| row.assigned_at == "d1").count() == 3_000);
        let plain =
            after.rows.iter().filter(|row| row.assigned_at == "d2" && row.variant == "plain");
        assert!((1_150..1_350).contains(&plain.count()), "new ones by the shares of now");
        match draw {
            Draw::Hash => assert!(after.otherwise_now.is_some_and(|n| n > 1_000)),
            Draw::Balanced => assert_eq!(after.otherwise_now, None),
        }
        let again = two([1.0, 1.0]).check()?.assign(before.rows.clone(), &[], draw, "d3")?;
        assert_eq!(again.rows, before.rows);
        assert_eq!(again.otherwise_now, (draw == Draw::Hash).then_some(0));
    }
    Ok(())
}

#[test]
fn the_order_of_contacts_takes_no_part() -> Result<()> {
    let assigner = two([1.0, 2.0]).holdout(0.1).check()?;
    for draw in [Draw::Hash, Draw::Balanced] {
        let forth = assigner.assign(Vec::new(), &people(0..999), draw, "d")?;
        let mut back = people(0..999);
        back.reverse();
        back.extend(people(0..10));
        assert_eq!(assigner.assign(Vec::new(), &back, draw, "d")?, forth);
    }
    Ok(())
}

#[test]
fn by_hash_the_stratum_takes_no_part() -> Result<()> {
    let assigner = two([1.0, 1.0]).check()?;
    let one = assigner.assign(Vec::new(), &people(0..500), Draw::Hash, "d")?;
    let mut moved = people(0..500);
    moved.iter_mut().for_each(|candidate| candidate.stratum = "elsewhere".to_owned());
    let other = assigner.assign(Vec::new(), &moved, Draw::Hash, "d")?;
    assert_eq!(variants(&one), variants(&other));
    Ok(())
}

#[test]
fn send_hours_are_all_24_or_those_named() -> Result<()> {
    let all = AssignmentParams::new("e").send_hours(true).check()?;
    let hours: Vec<Option<u8>> = all.arms().iter().map(|arm| arm.hour).collect();
    assert_eq!(hours, (0..24).map(Some).collect::<Vec<_>>());
    let roster = all.assign(Vec::new(), &people(0..2_400), Draw::Hash, "d")?;
    assert!(roster.rows.iter().all(|row| row.variant == format!("h{:02}", row.send_hour.unwrap())));
    for name in ["h24", "8", "h8", "noon", "h-1"] {
        let error = AssignmentParams::new("e").arm("h08", 1.0).arm(name, 1.0).send_hours(true);
        assert!(error.check().is_err(), "{name}");
    }
    Ok(())
}

#[test]
fn what_cannot_be_drawn_is_refused() {
    let one = AssignmentParams::new("e").arm("a", 1.0);
    for params in [
        one.clone(),
        one.clone().arm("b", 0.0),
        one.clone().arm("b", -1.0),
        one.clone().arm("b", f64::NAN),
        one.clone().arm("a", 1.0),
        one.clone().arm(HOLDOUT, 1.0),
        one.clone().arm(" ", 1.0),
        two([1.0, 1.0]).holdout(1.0),
        two([1.0, 1.0]).holdout(f64::NAN),
        two([1.0, 1.0]).salt(""),
        two([1.0, 1.0]).salt("a\u{1f}b"),
    ] {
        let error = params.check().unwrap_err();
        assert!(error.hint_text().is_some(), "{error}");
    }
}

#[test]
fn an_earlier_file_is_held_against_the_arms_of_now() -> Result<()> {
    let old = AssignmentParams::new("subject-line").arm("plain", 1.0).arm("loud", 1.0).check()?;
    let before = old.assign(Vec::new(), &people(0..100), Draw::Hash, "d")?;
    let now = two([1.0, 1.0]).check()?;
    let after = now.assign(before.rows.clone(), &[], Draw::Hash, "d")?;
    assert_eq!(after.gone, ["loud"]);
    let balance = Balance::of(&now, &after.rows)?;
    assert_eq!(balance.overall.in_arms() + balance.overall.elsewhere, 100);
    assert!(balance.overall.elsewhere > 30);
    let twice = [before.rows.clone(), before.rows.clone()].concat();
    assert!(now.assign(twice, &[], Draw::Hash, "d").is_err());
    Ok(())
}

#[test]
fn a_broken_split_raises_the_alarm() -> Result<()> {
    let assigner = two([1.0, 1.0]).check()?;
    let mut rows = assigner.assign(Vec::new(), &people(0..600), Draw::Hash, "d")?.rows;
    rows.retain(|row| row.stratum != "new" || row.variant == "plain");
    let balance = Balance::of(&assigner, &rows)?;
    assert!(balance.alarms().iter().any(|alarm| alarm.0 == "new"));
    assert!(balance.alarms().iter().all(|alarm| ["new", "all arms"].contains(&alarm.0)));
    let by_hand = ratio_check(
        &[
            PlannedArm { name: "plain", rows: balance.overall.arms[0], weight: 1.0 },
            PlannedArm { name: "urgent", rows: balance.overall.arms[1], weight: 1.0 },
        ],
        0.001,
    )?;
    assert_eq!(balance.overall.check, Some(by_hand));
    Ok(())
}
