//! Finer segments within strata.

use super::shown::{lift, money_cell};
use crate::reports::{Block, Cell, Column, Section, Table, number};
use crate::segments::micro::Stratum;
use crate::segments::profile::SegmentProfile;
use crate::segments::proposal::Proposal;
use crate::segments::verdict::Structure;

pub fn section(proposal: &Proposal) -> Option<Section> {
    if proposal.strata.is_empty() {
        return None;
    }
    let divided = proposal.strata.iter().filter(|s| s.segments.len() > 1).count();
    Some(Section {
        id: "strata".to_owned(),
        heading: "Micro-segments within strata".to_owned(),
        answer: Some(format!(
            "{divided} of {} strata hold segments of their own.",
            proposal.strata.len()
        )),
        blocks: vec![
            Block::Table(strata_table(proposal)),
            Block::Table(micro_table(proposal)),
            Block::Method(
                "Contacts are divided by a rule first, then by behaviour within each stratum, with the \
                 same features, checks and merges as the flat segments, prepared anew on the stratum's \
                 contacts."
                    .to_owned(),
            ),
        ],
    })
}

fn strata_table(proposal: &Proposal) -> Table {
    let row = |s: &Stratum| {
        vec![
            Cell::text(&*s.name),
            Cell::text(&*s.meaning),
            Cell::Count(s.contacts as u64),
            Cell::Percent { value: s.share, decimals: 1 },
            Cell::Count(s.segments.len().max(1) as u64),
            Cell::text(verdict(s)),
        ]
    };
    Table {
        name: "strata".to_owned(),
        caption: "The strata".to_owned(),
        columns: vec![
            Column::text("Stratum"),
            Column::text("Who"),
            Column::number("Contacts"),
            Column::number("Share of contacts"),
            Column::number("Segments"),
            Column::text("Within"),
        ],
        rows: proposal.strata.iter().map(row).collect(),
    }
}

fn verdict(stratum: &Stratum) -> String {
    let joined = match stratum.merges.as_slice() {
        [] => String::new(),
        [first, ..] => format!("; {} joined a neighbour: {}", stratum.merges.len(), first.why),
    };
    match &stratum.structure {
        Structure::Found => format!("groups that come back{joined}"),
        Structure::Weak { why } => format!("uncertain: {why}{joined}"),
        Structure::None { .. } => "no groups: differences by degree".to_owned(),
        Structure::NotJudged { why } => format!("not judged: {why}"),
    }
}

fn micro_table(proposal: &Proposal) -> Table {
    let row = |stratum: &Stratum, s: &SegmentProfile| {
        vec![
            Cell::text(&*s.id),
            Cell::text(&*stratum.name),
            Cell::text(&*s.name),
            Cell::Count(s.contacts as u64),
            money_cell(proposal, s.revenue_minor),
            Cell::text(s.stability.map_or(number::NONE, |stability| stability.verdict())),
            s.reach.as_ref().map_or(Cell::missing("no mails in the data"), |reach| {
                Cell::text(lift(reach.smallest_relative_lift))
            }),
            Cell::text(s.play.name),
        ]
    };
    let rows =
        proposal.strata.iter().flat_map(|t| t.segments.iter().map(move |s| row(t, s))).collect();
    Table {
        name: "micro-segments".to_owned(),
        caption: "Segments within the strata".to_owned(),
        columns: vec![
            Column::text("Id"),
            Column::text("Stratum"),
            Column::text("Segment"),
            Column::number("Contacts"),
            Column::number("Revenue"),
            Column::text("Stability"),
            Column::number("Smallest lift in one send"),
            Column::text("Play"),
        ],
        rows,
    }
}
