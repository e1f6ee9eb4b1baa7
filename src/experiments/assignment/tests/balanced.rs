//! Balanced draws: sizes to within one, and the same chance for everybody.

use super::super::{AssignmentParams, Balance, Candidate, Draw};
use super::{people, two};
use crate::error::Result;

#[test]
fn balanced_arms_differ_from_their_shares_by_less_than_one() -> Result<()> {
    let assigner = AssignmentParams::new("x")
        .arm("a", 0.5)
        .arm("b", 0.3)
        .arm("c", 0.2)
        .holdout(0.15)
        .check()?;
    for n in [1, 2, 3, 7, 40, 1_001] {
        let roster = assigner.assign(Vec::new(), &people(0..n), Draw::Balanced, "d")?;
        let balance = Balance::of(&assigner, &roster.rows)?;
        for stratum in
            balance.strata.iter().chain([&balance.overall].into_iter().take(usize::from(n < 2)))
        {
            for (arm, found) in assigner.arms().iter().zip(&stratum.arms) {
                let exact = arm.share * stratum.in_arms() as f64;
                assert!(
                    (*found as f64 - exact).abs() < 1.0,
                    "{n} {} {}",
                    stratum.stratum,
                    arm.name
                );
            }
        }
    }
    Ok(())
}

#[test]
fn contacts_who_come_one_by_one_are_balanced_over_arms_by_chance() -> Result<()> {
    let assigner = two([1.0, 1.0]).check()?;
    let mut rows = Vec::new();
    for n in 0..400 {
        let one = Candidate { contact: format!("c{n}"), stratum: "s".to_owned() };
        rows = assigner.assign(rows, &[one], Draw::Balanced, "d")?.rows;
    }
    let plain = rows.iter().filter(|row| row.variant == "plain").count();
    assert!((160..240).contains(&plain), "{plain}");
    Ok(())
}

#[test]
fn everybody_has_the_same_chance_in_a_balanced_draw() -> Result<()> {
    let people = people(0..5);
    let mut plain = [0_u32; 5];
    for salt in 0..4_000 {
        let assigner = two([1.0, 3.0]).salt(format!("s{salt}")).check()?;
        let arms = assigner.draw_balanced(&people);
        for (count, arm) in plain.iter_mut().zip(arms) {
            *count += u32::from(arm.is_some_and(|arm| arm.name == "plain"));
        }
    }
    // 1000 expected, standard deviation 27.
    assert!(plain.iter().all(|count| (890..1_110).contains(count)), "{plain:?}");
    Ok(())
}
