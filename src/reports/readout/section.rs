//! One experiment as a section: what to do, the picture, the numbers, the segments, the checks, the method.

use crate::experiments::{Maturing, Readout, TrustKind};

use super::super::{Block, Notice, Section, Severity};
use super::checks::{checks_table, sample_ratio};
use super::decisions::decisions_table;
use super::forest::forest;
use super::hours;
use super::method::method;
use super::ripening::ripening;
use super::second_looks::second_looks_table;
use super::segments;
use super::tables::{arms_table, comparisons_table, segments_table};

/// What a reader must know about the units, in sentences.
#[derive(Default)]
pub struct ReadoutContext<'a> {
    pub question: Option<&'a str>,
    /// ISO 4217 code for means of money; `None` for a flat file.
    pub currency: Option<&'a str>,
    /// How the decision metric came in after the send, where times are known.
    pub maturing: Option<&'a Maturing>,
    pub facts: Vec<String>,
}

/// One experiment as a section.
pub fn section(readout: &Readout, context: &ReadoutContext<'_>) -> Section {
    let mut blocks: Vec<Block> =
        context.question.map(|q| Block::Text(q.to_owned())).into_iter().collect();
    blocks.extend(failed(readout));
    blocks.push(Block::Text(readout.answer.clone()));
    blocks.extend(hours::overall(readout));
    for metric in &readout.metrics {
        blocks.push(Block::Figure(forest(readout, metric, context.currency)));
    }
    blocks.push(Block::Table(decisions_table(readout)));
    blocks.push(Block::Table(arms_table(readout)));
    blocks.push(Block::Table(comparisons_table(readout)));
    blocks.extend(readout.segment_answers.iter().cloned().map(Block::Text));
    blocks.extend(readout.segments.iter().flat_map(|column| segments::blocks(readout, column)));
    if !readout.segments.is_empty() {
        blocks.push(Block::Table(segments_table(readout)));
    }
    if !readout.second_looks.is_empty() {
        blocks.push(Block::Table(second_looks_table(readout)));
    }
    if let Some(maturing) = context.maturing {
        blocks.extend(ripening(readout, maturing));
    }
    blocks.push(Block::Table(checks_table(readout)));
    blocks.push(Block::Figure(sample_ratio(readout)));
    blocks.extend(warnings(readout));
    blocks.push(Block::Method(method(readout, context)));
    Section {
        id: slug(&readout.name),
        heading: format!("Experiment: {}", readout.name),
        answer: Some(advice(readout)),
        blocks,
    }
}

/// What to do; the hour first, for an experiment that asks for one.
pub fn advice(readout: &Readout) -> String {
    match &readout.send_time {
        Some(hours) if readout.is_trustworthy() => {
            format!("{} {}", hours::sentence(&hours.answer), readout.recommendation)
        }
        _ => readout.recommendation.clone(),
    }
}

/// An experiment that cannot be read yet, and why.
pub fn not_yet(name: &str, why: &str, context: &ReadoutContext<'_>) -> Section {
    Section {
        id: slug(name),
        heading: format!("Experiment: {name}"),
        answer: Some(format!("Too early to read. {why}")),
        blocks: context.question.map(|q| Block::Text(q.to_owned())).into_iter().collect(),
    }
}

pub(super) fn slug(name: &str) -> String {
    let lower = name.to_lowercase();
    let words = lower.split(|c: char| !c.is_ascii_alphanumeric()).filter(|w| !w.is_empty());
    format!("experiment-{}", words.collect::<Vec<_>>().join("-"))
}

/// Every check that stops the experiment, before any number.
fn failed(readout: &Readout) -> impl Iterator<Item = Block> {
    let stops = readout.trust.iter().filter(|check| check.stops_everything());
    stops.map(|check| {
        let is_ratio = matches!(check.check, TrustKind::SampleRatio | TrustKind::DailyRatio);
        Block::Notice(Notice {
            severity: Severity::Stop,
            text: format!("A check failed: {}. No difference below means anything.", check.detail),
            hint: is_ratio.then(|| {
                "Look for contacts lost between the draw and the log: suppressed, bounced, or never \
                 written."
                    .to_owned()
            }),
        })
    })
}

fn warnings(readout: &Readout) -> Vec<Block> {
    let of_metrics = readout.metrics.iter().flat_map(|m| &m.warnings);
    let texts = readout.warnings.iter().chain(of_metrics).map(ToString::to_string);
    let notice = |text| Block::Notice(Notice { severity: Severity::Warning, text, hint: None });
    texts.map(notice).collect()
}
