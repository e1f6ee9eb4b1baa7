//! The page of a workspace, put together from finished results.

use crate::hygiene::Audit;
use crate::ingest::IngestReport;
use crate::reports::dictionary::{self, Dictionary};
use crate::reports::readout::ReadoutContext;
use crate::reports::{self, Document, Section, Stamp};
use crate::segments::Proposal;
use crate::workspace::Manifest;

use super::experiment::{ExperimentResult, facts};

/// The data behind the results.
pub struct Behind<'a> {
    pub data: &'a IngestReport,
    pub audit: &'a Audit,
    pub features: &'a Dictionary,
}

/// Segments, then experiments, then the data behind both, and what every feature is.
pub fn document(
    shop: &str,
    manifest: &Manifest,
    proposal: &Proposal,
    results: &[ExperimentResult],
    behind: &Behind<'_>,
) -> Document {
    let mut sections = reports::proposal::sections(proposal, &behind.features.specs, None);
    sections.extend(results.iter().map(|r| experiment_section(r, &proposal.currency)));
    sections.push(reports::hygiene::section(behind.audit));
    sections.push(reports::data::section(behind.data));
    sections.push(dictionary::section(behind.features));
    Document {
        title: format!("{shop}: segments and experiments"),
        answer: answer(proposal, results),
        stamp: stamp(manifest, behind.data),
        sections,
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

fn experiment_section(result: &ExperimentResult, currency: &str) -> Section {
    let context = ReadoutContext {
        question: result.question.as_deref(),
        currency: Some(currency),
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
