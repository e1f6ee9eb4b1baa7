//! The segment proposal: clusters, their profiles, the RFM grid, and why this many.

use serde::Serialize;

use crate::error::Result;
use crate::features::counts::Tally;
use crate::features::{FeatureTable, Preparation};
use crate::workspace::SegmentSettings;

use super::choice::{Candidate, ChoiceParams, WEAK_SILHOUETTE};
use super::naming;
use super::profile::{ProfileInput, SegmentProfile, profiles};
use super::rfm::{self, Purchases, RfmParams, RfmSummary, Scored};

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

/// Discovers segments in a feature table.
pub fn propose(input: &ProposalInput<'_>) -> Result<Proposal> {
    let names = feature_names(input);
    let chosen = input.table.select(&names)?;
    let prepared = Preparation::fit(&chosen)?;
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
    let (rfm, scored) = scored(input)?;
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
        rfm,
        membership: Membership {
            ids: input.table.ids.clone(),
            segment: clustering.labels.iter().map(|l| l + 1).collect(),
            scored,
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

/// RFM as the settings ask; no scores where nobody has an order.
fn scored(input: &ProposalInput<'_>) -> Result<(Option<RfmSummary>, Vec<Scored>)> {
    let params = RfmParams::from_settings(&input.settings.rfm, &input.currency)?.check()?;
    let gap_days = input.table.column("order_gap_mean_days")?.to_vec();
    Ok(match rfm::score(&params, purchases(input.table)?, &gap_days)? {
        Some((summary, scored)) => (Some(summary), scored),
        None => (None, Vec::new()),
    })
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
