//! Missing values on either side of a test, and tests of nothing but missing.

use super::*;
use crate::error::Result;
use crate::features::Labels;
use crate::segments::explain::matching;
use crate::segments::rules::{EventTest, SegmentTest, WordTest};
use ndarray::array;

/// Recency missing for a third; `segment` of a recency (NaN if missing).
fn buyers(segment: impl Fn(f64) -> bool) -> Case {
    let specs = [("recency_days", Unit::Days), ("opens", Unit::Count)];
    Case::new(&specs, 4_000, |draws| {
        let recency = if draws.unit() < 1.0 / 3.0 { f64::NAN } else { draws.below(400) };
        (vec![recency, draws.below(20)], usize::from(!segment(recency)))
    })
}

#[test]
fn missing_values_fail_or_match_as_the_segment_has_them() {
    let long_ago = test("recency_days", Some(200.0), None, None);
    let lately = test("recency_days", None, Some(60.0), None);
    assert_eq!(buyers(|r| r >= 200.0).rule_of(0).rule, long_ago);
    assert_eq!(buyers(|r| r < 60.0).rule_of(0).rule, lately);
    let lapsed_or_never = buyers(|r| r.is_nan() || r >= 200.0).rule_of(0);
    assert_eq!(lapsed_or_never.rule, with_missing(long_ago));
    let new_or_never = buyers(|r| r.is_nan() || r < 60.0).rule_of(0);
    assert_eq!(new_or_never.rule, with_missing(lately));
    assert_eq!((lapsed_or_never.f1, new_or_never.f1), (1.0, 1.0));
}

#[test]
fn whether_there_is_a_value_at_all_can_be_the_rule() {
    let any = test("recency_days", Some(0.0), None, None);
    let case = buyers(f64::is_nan);
    assert_eq!(case.rule_of(0).rule, Rule::Not(Box::new(any.clone())));
    assert_eq!(case.rule_of(1).rule, any);
    assert_eq!((case.rule_of(0).f1, case.rule_of(1).f1), (1.0, 1.0));
}

#[test]
fn a_bound_that_hardly_adds_anybody_to_the_missing_is_dropped() {
    // One value in four hundred is below 1.
    let found = buyers(|r| r.is_nan() || r < 1.0).rule_of(0);
    let any = test("recency_days", Some(0.0), None, None);
    assert_eq!(found.rule, Rule::Not(Box::new(any)));
    assert!(found.f1 > 0.98 && found.f1 < 1.0, "{}", found.f1);
}

fn table() -> FeatureTable {
    let ids = ["a", "b", "c", "d", "e"].map(str::to_owned).to_vec();
    let spec = |name: &str, unit| FeatureSpec::new(Family::Custom, name, unit);
    let words = Labels {
        codes: vec![Some(0), Some(1), None, Some(0), Some(1)],
        texts: vec!["mobile".to_owned(), "web".to_owned()],
    };
    let values = array![[1.0], [2.0], [f64::NAN], [-0.0], [0.0]];
    let (specs, words_of) = (vec![spec("n", Unit::Number)], vec![spec("device", Unit::Label)]);
    FeatureTable::new(ids, specs, values, words_of, vec![words])
}

#[test]
fn rules_select_by_hand() -> Result<()> {
    let holds = |rule: Rule| matching(&rule, &table());
    let (t, f) = (true, false);
    let at_least = test("n", Some(1.0), None, None);
    assert_eq!(holds(at_least.clone())?, [t, t, f, f, f]);
    assert_eq!(holds(with_missing(at_least.clone()))?, [t, t, t, f, f]);
    // Not of a failed missing value is a match: the test has answered, in two-valued logic.
    assert_eq!(holds(Rule::Not(Box::new(at_least.clone())))?, [f, f, t, t, t]);
    assert_eq!(holds(test("n", Some(1.0), Some(2.0), None))?, [t, f, f, f, f]);
    assert_eq!(holds(test("n", None, None, Some(1.0)))?, [t, f, f, t, t]);
    // -0 is 0, as in SQL.
    assert_eq!(holds(test("n", Some(0.0), None, None))?, [t, t, f, t, t]);
    let mobile = |missing| {
        Rule::Word(WordTest { feature: "device".into(), is: vec!["mobile".into()], missing })
    };
    assert_eq!(holds(mobile(MissingMeans::Fails))?, [t, f, f, t, f]);
    assert_eq!(holds(mobile(MissingMeans::Matches))?, [t, f, t, t, f]);
    let both = vec![mobile(MissingMeans::Fails), at_least];
    assert_eq!(holds(Rule::All(both.clone()))?, [t, f, f, f, f]);
    assert_eq!(holds(Rule::Any(both))?, [t, t, f, t, f]);
    Ok(())
}

#[test]
fn a_rule_that_cannot_be_evaluated_is_an_error() {
    let error = |rule: Rule| matching(&rule, &table()).expect_err("an error");
    for rule in [
        Rule::All(vec![]),
        Rule::Any(vec![]),
        test("n", None, None, None),
        test("n", Some(f64::NAN), None, None),
        test("device", Some(1.0), None, None),
        Rule::Word(WordTest { feature: "device".into(), is: vec![], missing: MissingMeans::Fails }),
        Rule::Segment(SegmentTest { segment: "s".into() }),
        Rule::Event(EventTest {
            event: "clicked".into(),
            at_least: Some(1),
            at_most: None,
            within_days: None,
            campaign_type: None,
            category: None,
        }),
    ] {
        assert!(!error(rule).to_string().is_empty());
    }
    let wrong = error(test("m", Some(1.0), None, None));
    assert_eq!(wrong.hint_text(), Some("known: `n`"));
}
