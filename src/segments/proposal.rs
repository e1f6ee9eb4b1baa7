//! The segment proposal: what there is, why, and what to do with it.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::error::Result;
use crate::features::counts::Tally;
use crate::features::{FeatureTable, Preparation};
use crate::workspace::SegmentSettings;

use super::choice::{Candidate, WEAK_SILHOUETTE};
use super::discovery::{discover, feature_names};
use super::map::Map;
use super::matching::{Continuity, Known};
use super::micro::{MicroInput, Stratum, micro};
use super::model::SegmentModel;
use super::profile::SegmentProfile;
use super::reach::{Mailing, Merge};
use super::rfm::{self, Purchases, RfmParams, RfmSummary, Scored};
use super::segmentation::SegmentationParams;
use super::silhouette::Silhouette;
use super::strata::{lapse_days, stratify};
use super::verdict::Structure;

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
    /// The segments of the proposal before, if there was one.
    pub earlier: Option<&'a Known>,
    /// Names given by people, by segment id.
    pub given_names: &'a BTreeMap<String, String>,
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
    /// Their families, in the same order.
    pub families: Vec<String>,
    /// Why these, if not the default set or those in the settings.
    pub features_note: Option<String>,
    /// Features that are the same for everybody and took no part.
    pub constant_features: Vec<String>,
    pub preparation: Preparation,
    pub structure: Structure,
    /// Mean silhouette of the chosen clusters, before any merge.
    pub silhouette: Option<Silhouette>,
    pub candidates: Vec<Candidate>,
    /// Clusters that were found, of which some may have been merged.
    pub clusters: usize,
    pub merges: Vec<Merge>,
    pub capacity: usize,
    pub is_weak: bool,
    pub segments: Vec<SegmentProfile>,
    /// Segment ids given so far, in this proposal and all before it.
    pub ids_given: usize,
    /// What became of the segments of the proposal before.
    pub continuity: Option<Continuity>,
    pub map: Option<Map>,
    pub strata: Vec<Stratum>,
    /// Days without an order after which a buyer has lapsed, and where the number is from.
    pub lapse: (f64, String),
    pub rfm: Option<RfmSummary>,
    /// Scores contacts that come later.
    #[serde(skip)]
    pub model: SegmentModel,
    #[serde(skip)]
    pub membership: Membership,
}

/// The segment of every contact, in id order.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Membership {
    pub ids: Vec<String>,
    /// Segment number, from 1.
    pub segment: Vec<usize>,
    /// Stratum and segment within it, as places in the proposal's `strata`.
    pub micro: Vec<Option<(usize, usize)>>,
    pub scored: Vec<Scored>,
}

/// Discovers segments in a feature table.
pub fn propose(input: &ProposalInput<'_>) -> Result<Proposal> {
    let (names, features_note) = feature_names(input)?;
    let revenue = money(input.table)?;
    let mailing = Mailing::of(input.table, &input.settings.test)?;
    let params = SegmentationParams {
        settings: input.settings,
        seed: input.seed,
        k: (input.settings.k.min, input.settings.k.max),
        mailing: mailing.as_ref(),
    };
    let lapse = lapse_days(input.table);
    let found = discover(input, &params, &names, &revenue, lapse.0)?;
    let (rfm, scored) = scored(input)?;
    let stratification = stratify(input.table, input.settings.strata, &scored)?;
    let micro_input = MicroInput {
        table: input.table,
        names: &names,
        revenue_minor: &revenue,
        hours: input.hours,
        categories: input.categories,
        mailing: mailing.as_ref(),
        params: &params,
        lapse_days: lapse.0,
    };
    let strata = match &stratification {
        Some(stratification) => micro(&micro_input, stratification)?,
        None => Vec::new(),
    };
    let mut membership = Membership {
        ids: input.table.ids.clone(),
        segment: found.segmentation.labels.iter().map(|l| l + 1).collect(),
        micro: vec![None; input.table.contacts()],
        scored,
    };
    for (place, stratum) in strata.iter().enumerate().filter(|(_, s)| !s.segments.is_empty()) {
        stratum.members.iter().for_each(|(row, s)| membership.micro[*row] = Some((place, *s)));
    }
    let choice = found.segmentation.choice;
    let preparation = found.segmentation.prepared.preparation;
    let silhouette = choice.silhouette.as_ref().map(|s| s.mean);
    Ok(Proposal {
        as_of: input.as_of.clone(),
        seed: input.seed,
        currency: input.currency.clone(),
        contacts: input.table.contacts(),
        revenue_minor: revenue.iter().sum(),
        features: preparation.columns.iter().map(|c| c.name.clone()).collect(),
        families: found.families,
        features_note,
        constant_features: preparation.constant.clone(),
        is_weak: choice.structure != Structure::Found
            && silhouette.is_none_or(|s| s < WEAK_SILHOUETTE),
        structure: choice.structure,
        silhouette: choice.silhouette,
        candidates: choice.candidates,
        clusters: choice.clustering.clusters(),
        merges: found.segmentation.merges,
        capacity: input.settings.capacity,
        segments: found.segments,
        ids_given: found.ids_given,
        continuity: found.continuity,
        map: found.map,
        strata,
        lapse,
        rfm,
        model: found.model,
        membership,
        preparation,
    })
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
