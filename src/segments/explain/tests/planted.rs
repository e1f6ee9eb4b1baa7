//! Rules that are known because they were planted.

use super::*;
use crate::segments::explain::matching;
use crate::segments::explain::{NoRule, RuleOutcome};

const SHOP: [(&str, Unit); 4] = [
    ("recency_days", Unit::Days),
    ("frequency", Unit::Count),
    ("monetary_minor", Unit::MinorUnits),
    ("click_share", Unit::Share),
];

/// Recency to a tenth of a day, up to nine orders, money that says nothing, shares of 0 to 1.
fn shop(contacts: usize, segment: impl Fn(&[f64]) -> bool) -> Case {
    Case::new(&SHOP, contacts, |draws| {
        let row =
            vec![draws.below(3_650) / 10.0, draws.below(10), draws.below(100_000), draws.unit()];
        let label = usize::from(!segment(&row));
        (row, label)
    })
}

fn recent() -> Rule {
    test("recency_days", None, Some(30.0), None)
}

#[test]
fn a_planted_conjunction_is_found_exactly() {
    let case = shop(6_000, |row| row[0] < 30.0 && row[1] >= 3.0);
    let found = case.rule_of(0);
    assert_eq!(found.rule, Rule::All(vec![recent(), test("frequency", Some(3.0), None, None)]));
    assert_eq!((found.precision.point, found.recall.point, found.f1), (1.0, 1.0, 1.0));
    assert_eq!((found.precision.high, found.recall.high), (1.0, 1.0));
    let members = case.labels.iter().filter(|label| **label == 0).count();
    assert_eq!(
        (found.all.members, found.all.selected, found.all.hits),
        (members, members, members)
    );
    assert_eq!(found.all.contacts, 6_000);
    // Wilson's bound at x = n is n / (n + z²).
    let n = found.held_out.members as f64;
    assert!((found.recall.low - n / (n + 1.959_963_984_540_054_f64.powi(2))).abs() < 1e-12);
}

#[test]
fn a_planted_disjunction_of_two_branches_is_found_exactly() {
    let segment = |row: &[f64]| row[0] < 30.0 && row[1] >= 3.0 || row[0] >= 200.0 && row[1] < 2.0;
    let found = shop(6_000, segment).rule_of(0);
    let new = Rule::All(vec![test("frequency", Some(3.0), None, None), recent()]);
    let old = Rule::All(vec![
        test("frequency", None, None, Some(1.0)),
        test("recency_days", Some(200.0), None, None),
    ]);
    assert_eq!(found.rule, Rule::Any(vec![old, new]));
    assert_eq!(found.f1, 1.0);
}

#[test]
fn a_band_in_the_middle_is_one_test_with_two_bounds() {
    let found = shop(6_000, |row| (0.25..0.5).contains(&row[3])).rule_of(0);
    assert_eq!(found.rule, test("click_share", Some(0.25), Some(0.5), None));
    assert!(found.f1 > 0.99, "{}", found.f1);
}

#[test]
fn thresholds_have_as_few_digits_as_the_data_allow() {
    // 4,987 is money that nobody would name; 5,000 is 13 in 100,000 away.
    let found = shop(3_000, |row| row[2] < 4_987.0).rule_of(0);
    assert_eq!(found.rule, test("monetary_minor", None, Some(5_000.0), None));
    assert!(found.f1 > 0.98, "{}", found.f1);
    let found = shop(3_000, |row| row[2] >= 61_234.0).rule_of(0);
    assert_eq!(found.rule, test("monetary_minor", Some(61_000.0), None, None));
}

#[test]
fn noise_has_no_rule_and_a_reason() {
    for share in [0.1, 0.3, 0.5, 0.8] {
        let case = Case::new(&SHOP, 4_000, |draws| {
            let row = (0..4).map(|_| draws.below(50)).collect();
            (row, usize::from(draws.unit() >= share))
        });
        for explanation in case.explained().expect("an explanation") {
            let RuleOutcome::NotFound(why) = &explanation.rule else {
                panic!("a rule for noise, share {share}: {:?}", explanation.rule)
            };
            assert!(!why.words().is_empty());
        }
    }
}

#[test]
fn what_is_too_small_or_all_alike_is_refused_by_name() {
    let outcome = |case: &Case| case.explained().expect("an explanation")[0].rule.clone();
    let mut tiny = shop(500, |_| false);
    tiny.labels[3] = 0;
    tiny.labels[9] = 0;
    let few = outcome(&tiny);
    let RuleOutcome::NotFound(NoRule::TooFewMembers { training, held_out }) = few else {
        panic!("{few:?}")
    };
    assert_eq!(training + held_out, 2);
    assert_eq!(outcome(&shop(500, |_| true)), RuleOutcome::NotFound(NoRule::NoOthers));
    let constant = Case::new(&[("a", Unit::Number), ("b", Unit::Count)], 500, |draws| {
        (vec![5.0, f64::NAN], usize::from(draws.unit() < 0.5))
    });
    assert_eq!(outcome(&constant), RuleOutcome::NotFound(NoRule::NothingDiffers));
    let two = Case::new(&[("a", Unit::Number)], 2, |draws| {
        let value = draws.unit();
        (vec![value], usize::from(value < 0.5))
    });
    assert!(two.explained().is_ok());
    let nobody = Case::new(&[("a", Unit::Number)], 0, |_| unreachable!());
    assert_eq!(nobody.explained().expect("nothing to explain"), []);
}

#[test]
fn a_segment_of_nearly_everybody_must_beat_everybody() {
    let found = shop(4_000, |row| row[0] >= 20.0).rule_of(0);
    assert_eq!(found.rule, test("recency_days", Some(20.0), None, None));
    let noisy = Case::new(&SHOP, 4_000, |draws| {
        let row: Vec<f64> = (0..4).map(|_| draws.below(50)).collect();
        (row, usize::from(draws.unit() < 0.02))
    });
    assert!(noisy.explained().expect("an explanation")[0].rule.found().is_none());
}

#[test]
fn what_is_reported_is_what_the_rule_selects() {
    let case = shop(3_000, |row| row[0] < 100.0 && row[3] + row[1] / 10.0 > 0.8);
    let found = case.rule_of(0);
    let selected = matching(&found.rule, &case.table).expect("a rule on this table");
    assert_eq!(selected.iter().filter(|s| **s).count(), found.all.selected);
    let hits = selected.iter().zip(&case.labels).filter(|(s, label)| **s && **label == 0).count();
    assert_eq!(hits, found.all.hits);
    assert!(found.f1 > 0.8, "{}", found.f1);
}
