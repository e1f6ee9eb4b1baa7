//! The segment proposal as sections of a report, the summary first.
//!
//! - `summary`: what there is and what to do first, on one page.
//! - `cards`: each segment.
//! - `choice`: why this many, and whether they are real.
//! - `differences`: what sets them apart; `rules`: rules that find them.
//! - `reach`: what can be tested on each.
//! - `hours`: when they are active.
//! - `levels`: finer segments within strata.

mod cards;
mod choice;
mod differences;
mod hours;
mod levels;
mod reach;
mod rules;
mod shown;
mod summary;
#[cfg(test)]
mod tests;

use crate::features::FeatureSpec;
use crate::predict::outlook::GroupOutlook;
use crate::segments::proposal::Proposal;

use super::rfm;
use super::{Block, Chart, Figure, Section};

pub use summary::{answer, sizes_table};

/// The sections: summary, segments, evidence, differences, tests, hours, strata, RFM. `outlooks` are
/// those of the segments, in the order of the proposal's; without them nothing is said of churn and value.
pub fn sections(
    proposal: &Proposal,
    specs: &[FeatureSpec],
    outlooks: Option<&[GroupOutlook]>,
) -> Vec<Section> {
    let mut sections = vec![summary::section(proposal, outlooks)];
    if proposal.segments.len() > 1 {
        sections.push(cards::section(proposal, specs, outlooks));
    }
    sections.extend(choice::section(proposal));
    if proposal.segments.len() > 1 {
        sections.push(differences::section(proposal, specs));
        sections.push(rules::section(proposal, specs));
        sections.push(reach::section(proposal));
        sections.push(hours::section(proposal));
    }
    sections.extend(levels::section(proposal));
    sections.push(match &proposal.rfm {
        Some(summary) => rfm::section(proposal, summary),
        None => rfm::without_orders(),
    });
    sections
}

/// A figure block.
pub fn figure(name: &str, title: &str, caption: &str, chart: Chart) -> Block {
    Block::Figure(Figure {
        name: name.to_owned(),
        title: title.to_owned(),
        caption: caption.to_owned(),
        chart,
    })
}
