//! How many contacts are in each stage, and for how long.

use serde::Serialize;

use super::stages::{Entered, Lifecycle};

/// One stage.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StageSummary {
    /// `None`: the contacts whose stage is not known.
    pub stage: Option<String>,
    pub contacts: usize,
    /// Of all contacts.
    pub share: f64,
    /// Median of the calendar days since they entered it, over those whose date is known.
    pub median_days: Option<f64>,
    /// Contacts whose date is known.
    pub dated: usize,
}

/// Every stage in its order, also those that nobody is in; then those who are in none, if there are any.
pub fn summary(lifecycle: &Lifecycle) -> Vec<StageSummary> {
    let now = |place: usize| lifecycle.contacts[place].now();
    let current: Vec<Option<Entered>> = (0..lifecycle.contacts.len()).map(now).collect();
    let one = |stage: Option<usize>| {
        let members = current.iter().filter(|now| now.map(|now| now.stage) == stage);
        let contacts = members.clone().count();
        let dates = members.filter_map(|now| now.as_ref()?.us);
        let mut days: Vec<i64> = dates.map(|us| lifecycle.as_of.days_since(us)).collect();
        days.sort_unstable();
        StageSummary {
            stage: stage.map(|place| lifecycle.stages[place].clone()),
            contacts,
            share: contacts as f64 / current.len().max(1) as f64,
            median_days: median(&days),
            dated: days.len(),
        }
    };
    let mut stages: Vec<StageSummary> = (0..lifecycle.stages.len()).map(Some).map(one).collect();
    let unknown = one(None);
    if unknown.contacts > 0 {
        stages.push(unknown);
    }
    stages
}

/// The middle of sorted days; of an even number the mean of both middles.
fn median(days: &[i64]) -> Option<f64> {
    let middle = days.len() / 2;
    match days.len() {
        0 => None,
        odd if odd % 2 == 1 => Some(days[middle] as f64),
        _ => Some((days[middle - 1] + days[middle]) as f64 / 2.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians_by_hand() {
        assert_eq!(median(&[]), None);
        assert_eq!(median(&[3]), Some(3.0));
        assert_eq!(median(&[1, 4, 9]), Some(4.0));
        assert_eq!(median(&[1, 4, 9, 100]), Some(6.5));
    }
}
