//! The segment proposal: clusters, their profiles, the RFM grid, and why this many.

use serde::Serialize;

use crate::error::Result;
use crate::features::counts::Tally;
use crate::features::{FeatureTable, Preparation, PreparationParams};
use crate::workspace::SegmentSettings;

use super::choice::{Candidate, ChoiceParams, WEAK_SILHOUETTE};
use super::naming;
use super::profile::{ProfileInput, SegmentProfile, profiles};
use super::rfm::{self, NO_ORDER, Purchases, Scored};

/// What a proposal is made from.
pub struct ProposalInput<'a> {
    pub table: &'a FeatureTable,
    pub hours: &'a [Tally],
    pub categories: &'a [Tally],
    pub settings: &'a SegmentSettings,
    pub seed: u64,
    pub as_of: String,
    /// ISO 4217 code of all amounts.
    pub currency: String,
}

/// A segment proposal. Serialised as `proposal.json`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Proposal {
    pub as_of: String,
    pub seed: u64,
    pub currency: String,
    pub contacts: usize,
    pub revenue_minor: i64,
    /// Features that took part.
    pub features: Vec<String>,
    /// Features that are the same for everybody and took no part.
    pub constant_features: Vec<String>,
    pub preparation: Preparation,
    /// Mean silhouette of the proposed segments, on `silhouette_contacts` sampled contacts.
    pub silhouette: Option<f64>,
    pub silhouette_contacts: usize,
    pub candidates: Vec<Candidate>,
    pub is_weak: bool,
    pub segments: Vec<SegmentProfile>,
    pub rfm: Option<RfmSummary>,
    #[serde(skip)]
    pub membership: Membership,
}

/// The segment of every contact, in id order.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Membership {
    pub ids: Vec<String>,
    /// Segment number, from 1.
    pub segment: Vec<usize>,
    pub scored: Vec<Scored>,
}

/// RFM over all contacts.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RfmSummary {
    pub buyers: usize,
    pub without_order: usize,
    /// One entry a segment of the grid that has members.
    pub segments: Vec<RfmSegment>,
    /// Contacts by (recency, frequency) score, 5×5, recency first.
    pub cells: Vec<Vec<usize>>,
}

/// One segment of the RFM grid.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RfmSegment {
    pub name: &'static str,
    pub contacts: usize,
    pub revenue_minor: i64,
}

/// Discovers segments in a feature table.
pub fn propose(input: &ProposalInput<'_>) -> Result<Proposal> {
    let names = feature_names(input);
    let chosen = input.table.select(&names)?;
    let prepared = Preparation::fit(&chosen, &PreparationParams::default())?;
    let revenue = money(input.table)?;
    let (k, sample) = (input.settings.k, input.settings.silhouette_sample);
    let choice =
        ChoiceParams::new(k.min, k.max, input.seed, sample).choose(prepared.matrix.view())?;
    let value: Vec<f64> = revenue.iter().map(|m| *m as f64).collect();
    let clustering = choice.clustering.ordered_by(&value);
    let mut segments = profiles(&ProfileInput {
        table: input.table,
        prepared: &prepared,
        clustering: &clustering,
        revenue_minor: &revenue,
        hours: input.hours,
        categories: input.categories,
    })?;
    naming::name_all(&mut segments, &chosen.specs);
    let scored = rfm::score(purchases(input.table)?).ok();
    Ok(Proposal {
        as_of: input.as_of.clone(),
        seed: input.seed,
        currency: input.currency.clone(),
        contacts: input.table.contacts(),
        revenue_minor: revenue.iter().sum(),
        features: prepared.preparation.columns.iter().map(|c| c.name.clone()).collect(),
        constant_features: prepared.preparation.constant.clone(),
        is_weak: choice.silhouette.is_none_or(|s| s < WEAK_SILHOUETTE),
        silhouette: choice.silhouette,
        silhouette_contacts: choice.sampled,
        candidates: choice.candidates,
        segments,
        rfm: scored.as_deref().map(summary),
        membership: Membership {
            ids: input.table.ids.clone(),
            segment: clustering.labels.iter().map(|l| l + 1).collect(),
            scored: scored.unwrap_or_default(),
        },
        preparation: prepared.preparation,
    })
}

fn feature_names(input: &ProposalInput<'_>) -> Vec<String> {
    if !input.settings.features.is_empty() {
        return input.settings.features.clone();
    }
    let defaults = input.table.specs.iter().filter(|s| s.is_default);
    defaults.map(|s| s.name.clone()).collect()
}

/// Whole minor units: the table's floats are exact for them.
fn money(table: &FeatureTable) -> Result<Vec<i64>> {
    Ok(table.column("monetary_minor")?.iter().map(|v| *v as i64).collect())
}

fn purchases(table: &FeatureTable) -> Result<Vec<Purchases>> {
    let recency = table.column("recency_days")?;
    let frequency = table.column("frequency")?;
    let monetary = table.column("monetary_minor")?;
    let contacts = table.ids.iter().zip(recency).zip(frequency).zip(monetary);
    Ok(contacts
        .map(|(((id, recency), frequency), monetary)| Purchases {
            contact_id: id.clone(),
            recency_days: (!recency.is_nan()).then_some(*recency as i64),
            frequency: *frequency as u64,
            monetary_minor: *monetary as i64,
        })
        .collect())
}

/// Counts the grid.
pub fn summary(scored: &[Scored]) -> RfmSummary {
    let mut cells = vec![vec![0; usize::from(rfm::BINS)]; usize::from(rfm::BINS)];
    for scores in scored.iter().filter_map(|s| s.scores) {
        cells[usize::from(scores.recency) - 1][usize::from(scores.frequency) - 1] += 1;
    }
    let names = rfm::SEGMENTS.into_iter().chain([NO_ORDER]);
    let segments = names.filter_map(|name| {
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
    }
}
