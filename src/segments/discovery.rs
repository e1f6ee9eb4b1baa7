//! The discovered segments, with everything that is said of each.

use std::collections::{BTreeMap, HashMap};

use ndarray::Array2;

use crate::error::Result;
use crate::features::{Family, FeatureSpec, FeatureTable};

use super::drift::Baseline;
use super::explain::{ExplainInput, explain};
use super::map::{Map, map};
use super::matching::{Continuity, Known, continuity, ids, pairs};
use super::model::SegmentModel;
use super::naming;
use super::plays;
use super::profile::{ProfileInput, SegmentProfile, profiles};
use super::proposal::ProposalInput;
use super::rules::sql::Surroundings;
use super::segmentation::{Segmentation, SegmentationParams};

/// Contacts on which rules are measured and not learnt.
const HELD_OUT: f64 = 0.3;

/// Name of the only segment where there is no structure.
pub const EVERYBODY: &str = "Everybody";

/// Rules are learnt from features that are numbers: their statements look at nothing else.
const FEATURES_ONLY: Surroundings<'_> = Surroundings { as_of_us: 0, labels: &[], last_key: None };

/// What was discovered.
pub struct Discovery {
    pub segmentation: Segmentation,
    pub segments: Vec<SegmentProfile>,
    pub families: Vec<String>,
    pub ids_given: usize,
    pub continuity: Option<Continuity>,
    pub map: Option<Map>,
    pub model: SegmentModel,
}

/// Features that take part, and why these if it needs saying.
///
/// # Errors
/// If the settings name a feature that does not exist.
pub fn feature_names(input: &ProposalInput<'_>) -> Result<(Vec<String>, Option<String>)> {
    if !input.settings.features.is_empty() {
        return Ok((input.settings.features.clone(), None));
    }
    let weight = |s: &FeatureSpec| input.settings.weights.get(s.family.name());
    let names = |keep: &dyn Fn(&FeatureSpec) -> bool| -> Vec<String> {
        input
            .table
            .specs
            .iter()
            .filter(|s| keep(s) && weight(s) != Some(&0.0))
            .map(|s| s.name.clone())
            .collect()
    };
    let defaults = names(&|s| s.is_default);
    if differs(input.table, &defaults)? {
        return Ok((defaults, None));
    }
    let attributes = names(&|s| s.family == Family::Relationship || s.family == Family::Custom);
    let note =
        "The data hold no behaviour that tells contacts apart, so their attributes take part.";
    Ok((attributes, Some(note.to_owned())))
}

/// Whether any feature of `names` has two different values.
fn differs(table: &FeatureTable, names: &[String]) -> Result<bool> {
    for name in names {
        let column = table.column(name)?;
        let first = column.iter().next().map(|v| v.to_bits());
        if column.iter().any(|v| Some(v.to_bits()) != first) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Discovers segments and says everything about them.
pub fn discover(
    input: &ProposalInput<'_>,
    params: &SegmentationParams<'_>,
    names: &[String],
    revenue_minor: &[i64],
    lapse_days: f64,
) -> Result<Discovery> {
    let chosen = input.table.select(names)?;
    let value: Vec<f64> = revenue_minor.iter().map(|m| *m as f64).collect();
    let segmentation = params.divide(&chosen, &value)?;
    let weighed = segmentation.weighed();
    let means = segmentation.means(&weighed);
    let mut segments = profiles(&ProfileInput {
        table: input.table,
        segmentation: &segmentation,
        revenue_minor,
        hours: input.hours,
        categories: input.categories,
        mailing: params.mailing,
        weighed: &weighed,
        means: &means,
    })?;
    explained(input, &segmentation, (&weighed, &means), &mut segments)?;
    naming::name_all(&mut segments, &chosen.specs);
    let (ids_given, continuity) = identify(input, &segmentation, &mut segments);
    if let [only] = segments.as_mut_slice() {
        EVERYBODY.clone_into(&mut only.name);
        only.name_by_traits = None;
    }
    segments.iter_mut().for_each(|segment| segment.play = plays::play(segment, lapse_days));
    rank(&mut segments);
    let columns = &segmentation.prepared.preparation.columns;
    let map =
        map(weighed.view(), columns, &segmentation.labels, segmentation.segments, input.seed)?;
    let family = |name: &str| chosen.specs.iter().find(|s| s.name == name).map(|s| s.family);
    Ok(Discovery {
        families: columns
            .iter()
            .map(|c| family(&c.name).map_or(String::new(), |f| f.name().to_owned()))
            .collect(),
        model: model(input, &segmentation, &segments)?,
        segments,
        ids_given,
        continuity,
        map,
        segmentation,
    })
}

fn explained(
    input: &ProposalInput<'_>,
    segmentation: &Segmentation,
    (weighed, means): (&Array2<f64>, &Array2<f64>),
    segments: &mut [SegmentProfile],
) -> Result<()> {
    let columns = &segmentation.prepared.preparation.columns;
    let names: Vec<String> = columns.iter().map(|c| c.name.clone()).collect();
    let explanations = explain(&ExplainInput {
        table: input.table,
        columns: &names,
        labels: &segmentation.labels,
        clusters: segmentation.segments,
        prepared: weighed.view(),
        prepared_names: &names,
        centroids: means.view(),
        seed: input.seed,
        held_out_share: HELD_OUT,
    })?;
    for (segment, explanation) in segments.iter_mut().zip(explanations) {
        segment.rule = explanation.rule.found().map(|found| found.rule.clone());
        segment.rule_sql = segment.rule.as_ref().map(|rule| rule.sql(FEATURES_ONLY));
        segment.explanation = Some(explanation);
    }
    Ok(())
}

/// Gives every segment its id, and the name that goes with it.
fn identify(
    input: &ProposalInput<'_>,
    segmentation: &Segmentation,
    segments: &mut [SegmentProfile],
) -> (usize, Option<Continuity>) {
    let mut own = known(input, segmentation, segments);
    let pairs = pairs(input.earlier, &own);
    let (found, given) = ids(input.earlier, &pairs);
    for (place, (segment, id)) in segments.iter_mut().zip(found).enumerate() {
        let before = pairs[place].and_then(|p| input.earlier.map(|e| e.segments[p].1.clone()));
        let before = before.filter(|name| name != EVERYBODY);
        let kept = input.given_names.get(&id).cloned().or(before);
        if let Some(kept) = kept.filter(|kept| *kept != segment.name) {
            segment.name_by_traits = Some(std::mem::replace(&mut segment.name, kept));
        }
        own.segments[place] = (id.clone(), segment.name.clone());
        segment.id = id;
    }
    apart(segments);
    let earlier = input.earlier.filter(|earlier| !earlier.segments.is_empty());
    (given, earlier.map(|earlier| continuity(earlier, &own)))
}

/// A kept name may be that of a new segment's traits: the new one is told apart by its id.
fn apart(segments: &mut [SegmentProfile]) {
    for place in 0..segments.len() {
        let is_taken = |s: &SegmentProfile| s.name == segments[place].name;
        let others = segments.iter().enumerate().any(|(p, s)| p != place && is_taken(s));
        if others && segments[place].name_by_traits.is_none() {
            let name = format!("{} ({})", segments[place].name, segments[place].id);
            segments[place].name = name;
        }
    }
}

fn known(
    input: &ProposalInput<'_>,
    segmentation: &Segmentation,
    segments: &[SegmentProfile],
) -> Known {
    let centre = |s: &SegmentProfile| -> BTreeMap<String, f64> {
        s.features.iter().map(|f| (f.name.clone(), f.standardized_difference)).collect()
    };
    let members = input.table.ids.iter().cloned().zip(segmentation.labels.iter().copied());
    Known {
        as_of: input.as_of.clone(),
        segments: segments.iter().map(|s| (s.id.clone(), s.name.clone())).collect(),
        centres: segments.iter().map(centre).collect(),
        members: members.collect::<HashMap<_, _>>(),
        ids_given: 0,
    }
}

fn rank(segments: &mut [SegmentProfile]) {
    let mut order: Vec<usize> = (0..segments.len()).collect();
    order.sort_by(|&a, &b| {
        let score = |p: usize| segments[p].worth.score();
        score(b).total_cmp(&score(a)).then(a.cmp(&b))
    });
    order.iter().enumerate().for_each(|(rank, &place)| segments[place].rank = rank + 1);
}

fn model(
    input: &ProposalInput<'_>,
    segmentation: &Segmentation,
    segments: &[SegmentProfile],
) -> Result<SegmentModel> {
    let rows = segmentation.choice.clustering.centroids.rows().into_iter();
    let id = |segment: &usize| segments[*segment].id.clone();
    let mut model = SegmentModel {
        preparation: segmentation.prepared.preparation.clone(),
        centroids: rows.map(|row| row.to_vec()).collect(),
        segment_ids: segmentation.segment_of_cluster.iter().map(id).collect(),
        baseline: Baseline::default(),
    };
    let names: Vec<String> = model.preparation.columns.iter().map(|c| c.name.clone()).collect();
    let distance = model.distances(input.table)?.to_nearest();
    model.baseline = Baseline::of(input.table, &names, &distance, &input.as_of)?;
    Ok(model)
}
