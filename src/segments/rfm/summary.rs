//! Contacts counted by name and by score.

use std::collections::BTreeMap;

use serde::Serialize;

use super::model::RfmModel;
use super::purchases::{Scored, Scores};

/// RFM over all contacts.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RfmSummary {
    pub buyers: usize,
    pub without_order: usize,
    /// One entry a name that has members, from the best to the worst.
    pub segments: Vec<RfmSegment>,
    /// Contacts by recency score and by the score that is held against it, bins × bins, recency first.
    pub cells: Vec<Vec<usize>>,
    /// All combinations of the three scores, where names depend on all three; else none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub codes: Vec<RfmCode>,
    pub model: RfmModel,
}

/// One name.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RfmSegment {
    pub name: &'static str,
    pub contacts: usize,
    pub revenue_minor: i64,
}

/// One combination of the three scores.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RfmCode {
    #[serde(flatten)]
    pub scores: Scores,
    pub segment: &'static str,
    pub contacts: usize,
}

/// Counts contacts that `model` scored.
pub fn summary(model: &RfmModel, scored: &[Scored]) -> RfmSummary {
    let bins = usize::from(model.bins());
    let mut cells = vec![vec![0; bins]; bins];
    for scores in scored.iter().filter_map(|s| s.scores) {
        let across = model.naming.across(scores);
        cells[usize::from(scores.recency) - 1][usize::from(across) - 1] += 1;
    }
    let segments = model.names().filter_map(|name| {
        let members = scored.iter().filter(|s| s.segment == name);
        let (contacts, revenue_minor) =
            members.fold((0, 0), |(n, sum), s| (n + 1, sum + s.purchases.monetary_minor));
        (contacts > 0).then_some(RfmSegment { name, contacts, revenue_minor })
    });
    RfmSummary {
        buyers: scored.iter().filter(|s| s.scores.is_some()).count(),
        without_order: scored.iter().filter(|s| s.scores.is_none()).count(),
        segments: segments.collect(),
        cells,
        codes: codes(model, scored),
        model: model.clone(),
    }
}

fn codes(model: &RfmModel, scored: &[Scored]) -> Vec<RfmCode> {
    if !model.naming.needs_monetary() {
        return Vec::new();
    }
    let mut counts: BTreeMap<Scores, usize> = BTreeMap::new();
    scored.iter().filter_map(|s| s.scores).for_each(|s| *counts.entry(s).or_default() += 1);
    let code = |scores: Scores| RfmCode {
        scores,
        segment: model.naming.name(scores),
        contacts: counts.get(&scores).copied().unwrap_or(0),
    };
    Scores::all(model.bins()).map(code).collect()
}
