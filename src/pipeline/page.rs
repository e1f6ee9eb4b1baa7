//! The page of a workspace, put together from finished results.

use crate::experiments::{Portfolio, Readout};
use crate::hygiene::Audit;
use crate::ingest::IngestReport;
use crate::predict::outlook::{GroupOutlook, by_group};
use crate::reports::dictionary::{self, Dictionary};
use crate::reports::readout::ReadoutContext;
use crate::reports::{self, Document, Section, Stamp};
use crate::segments::Proposal;
use crate::workspace::Manifest;

use super::experiment::{ExperimentResult, facts};
use super::predict::Prediction;

/// The data behind the results.
pub struct Behind<'a> {
    pub data: &'a IngestReport,
    pub audit: &'a Audit,
    pub features: &'a Dictionary,
}

/// Segments, then what to expect, then experiments, then the data behind both, and what every feature is.
pub fn document(
    shop: &str,
    manifest: &Manifest,
    proposal: &Proposal,
    prediction: &Prediction,
    results: &[ExperimentResult],
    behind: &Behind<'_>,
) -> Document {
    let outlooks = by_segment(proposal, prediction);
    let mut sections =
        reports::proposal::sections(proposal, &behind.features.specs, outlooks.as_deref());
    sections.extend(outlook_sections(prediction));
    sections.extend(together(results));
    sections.extend(results.iter().map(|r| experiment_section(r, &proposal.currency)));
    sections.push(reports::hygiene::section(behind.audit));
    sections.push(reports::data::section(behind.data));
    sections.push(dictionary::section(behind.features));
    Document {
        title: format!("{shop}: segments, outlook and experiments"),
        answer: answer(proposal, results),
        stamp: stamp(manifest, behind.data),
        sections,
    }
}

/// What is expected of each segment's buyers.
fn by_segment(proposal: &Proposal, prediction: &Prediction) -> Option<Vec<GroupOutlook>> {
    let outlook = prediction.outlook.as_ref()?;
    let membership = &proposal.membership;
    let segments = membership.ids.iter().cloned().zip(membership.segment.iter().copied());
    Some(by_group(&outlook.contacts, &segments.collect(), proposal.segments.len()))
}

fn outlook_sections(prediction: &Prediction) -> Vec<Section> {
    match (&prediction.outlook, &prediction.no_outlook) {
        (Some(outlook), _) => reports::outlook::sections(
            outlook,
            prediction.engagement.as_ref(),
            &prediction.currency,
        ),
        (None, why) => reports::outlook::without(
            why.as_deref().unwrap_or_default(),
            prediction.engagement.as_ref(),
        ),
    }
}

fn answer(proposal: &Proposal, results: &[ExperimentResult]) -> String {
    let segments = reports::proposal::answer(proposal);
    let broken: Vec<&str> =
        results.iter().filter(|r| r.is_broken()).map(|r| r.id.as_str()).collect();
    match (results.len(), broken.as_slice()) {
        (0, _) => segments,
        (n, []) => format!("{segments} {n} experiments are read below."),
        (n, broken) => format!(
            "{segments} Of {n} experiments, {} cannot be trusted: {}.",
            broken.len(),
            broken.join(", ")
        ),
    }
}

/// All experiments on one list, where there are several. The same contacts may be in many of them, so that the
/// correction holds under any dependence.
fn together(results: &[ExperimentResult]) -> Option<Section> {
    const RATE: f64 = 0.05;
    let readouts: Vec<&Readout> = results.iter().filter_map(|r| r.readout.as_ref()).collect();
    if readouts.len() < 2 {
        return None;
    }
    let portfolio = Portfolio::of(readouts, Vec::new(), RATE, true).ok()?;
    Some(reports::portfolio::section(&portfolio))
}

fn experiment_section(result: &ExperimentResult, currency: &str) -> Section {
    let context = ReadoutContext {
        question: result.question.as_deref(),
        currency: Some(currency),
        maturing: result.maturing.as_ref(),
        facts: facts(result),
    };
    match &result.readout {
        Some(readout) => reports::readout::section(readout, &context),
        None => {
            let why = result.not_yet.as_deref().unwrap_or_default();
            reports::readout::not_yet(&result.id, why, &context)
        }
    }
}

fn stamp(manifest: &Manifest, data: &IngestReport) -> Stamp {
    let rows: u64 = data.sources.iter().map(|s| s.accepted).sum();
    Stamp {
        as_of: manifest.as_of.clone().unwrap_or_default(),
        seed: manifest.seed.unwrap_or_default(),
        program: format!("microseg {}", manifest.program_version),
        settings_hash: manifest.settings_hash.clone(),
        source: vec![("Rows accepted".to_owned(), reports::number::count(rows))],
    }
}
