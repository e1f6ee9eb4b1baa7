//! Contacts taken together: a segment's outlook.

use std::collections::HashMap;

use serde::Serialize;

use super::super::churn::Band;
use super::contact::ContactOutlook;

/// What is expected of the buyers in a group.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GroupOutlook {
    /// Members who have bought; only of them there is a churn risk.
    pub buyers: usize,
    /// Mean P(no order within the horizon) of the buyers; `None` without any.
    pub mean_churn_risk: Option<f64>,
    pub at_high_risk: usize,
    /// Sums over the buyers, major units; `None` without a model of values.
    pub lifetime_value: Option<f64>,
    pub value_at_risk: Option<f64>,
}

/// The outlook of groups 1, …, `groups`; `group_of` says to which a contact belongs, if to any.
pub fn by_group(
    contacts: &[ContactOutlook],
    group_of: &HashMap<String, usize>,
    groups: usize,
) -> Vec<GroupOutlook> {
    let mut members: Vec<Vec<&ContactOutlook>> = vec![Vec::new(); groups];
    for contact in contacts {
        let group = group_of.get(&contact.contact_id).and_then(|group| group.checked_sub(1));
        if let Some(members) = group.and_then(|group| members.get_mut(group)) {
            members.push(contact);
        }
    }
    let outlook = |members: &Vec<&ContactOutlook>| GroupOutlook {
        buyers: members.len(),
        mean_churn_risk: (!members.is_empty())
            .then(|| members.iter().map(|c| c.churn_risk).sum::<f64>() / members.len() as f64),
        at_high_risk: members.iter().filter(|c| c.band == Band::High).count(),
        lifetime_value: members
            .iter()
            .map(|c| c.score.customer_lifetime_value.map(|value| value.point))
            .sum(),
        value_at_risk: members.iter().map(|c| c.value_at_risk).sum(),
    };
    members.iter().map(outlook).collect()
}
