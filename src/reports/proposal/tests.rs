//! What is said of a segment's churn and value.

use super::{cards, summary};
use crate::predict::outlook::GroupOutlook;
use crate::reports::Cell;

fn outlook() -> GroupOutlook {
    GroupOutlook {
        buyers: 1_204,
        mean_churn_risk: Some(0.713),
        at_high_risk: 300,
        lifetime_value: Some(45_678.4),
        value_at_risk: Some(12_345.6),
    }
}

#[test]
fn a_card_says_risk_value_and_value_at_risk() {
    let facts = cards::expected(&outlook(), "EUR");
    let wanted = [
        ("Churn risk", "71% on average; 300 of 1,204 buyers at high risk"),
        ("Lifetime value", "EUR 45,678"),
        ("Value at risk", "EUR 12,346"),
    ];
    assert_eq!(facts, wanted.map(|(label, value)| (label, value.to_owned())));
}

#[test]
fn without_values_there_is_the_risk_alone() {
    let outlook = GroupOutlook { lifetime_value: None, value_at_risk: None, ..outlook() };
    assert_eq!(cards::expected(&outlook, "EUR").len(), 1);
    let [risk, value, at_risk] = summary::expected(Some(&outlook), "EUR");
    assert_eq!(risk, Cell::Percent { value: 0.713, decimals: 1 });
    assert_eq!([value.reason(), at_risk.reason()], [Some("no model of values"); 2]);
}

#[test]
fn a_segment_without_buyers_has_no_risk() {
    let outlook = GroupOutlook { buyers: 0, mean_churn_risk: None, ..outlook() };
    assert_eq!(
        cards::expected(&outlook, "EUR"),
        [("Churn risk", "no member has ordered".to_owned())]
    );
    let cells = summary::expected(Some(&outlook), "EUR");
    assert!(cells.iter().all(|cell| cell.reason() == Some("no member has ordered")));
}
