//! The RFM grid as a section of a report.

use crate::ingest::exponent;
use crate::segments::proposal::{Proposal, RfmSegment, RfmSummary};

use super::number;
use super::proposal::figure;
use super::{Block, Cell, Chart, Column, RfmCell, RfmGrid, Section, Table};

/// The section on recency and frequency.
pub fn section(proposal: &Proposal, summary: &RfmSummary) -> Section {
    let cells = summary.cells.iter().enumerate().flat_map(|(r, row)| {
        row.iter().enumerate().map(move |(f, &contacts)| {
            let (recency, frequency) = (r as u8 + 1, f as u8 + 1);
            RfmCell {
                recency,
                frequency,
                segment: crate::segments::rfm::segment(recency, frequency).to_owned(),
                contacts: contacts as u64,
                share: contacts as f64 / summary.buyers.max(1) as f64,
            }
        })
    });
    Section {
        id: "rfm".to_owned(),
        heading: "Recency and frequency".to_owned(),
        answer: Some(format!(
            "{} contacts have bought; {} have not.",
            number::count(summary.buyers as u64),
            number::count(summary.without_order as u64)
        )),
        blocks: vec![
            figure(
                "rfm",
                "Buyers by recency and frequency score",
                "Share of buyers; 5 is the most recent and the most frequent fifth.",
                Chart::RfmGrid(RfmGrid { cells: cells.collect() }),
            ),
            Block::Table(table(proposal, summary)),
            Block::Method(
                "Scores are quintiles by mid-rank percentile: contacts with equal values share a \
                 score, whatever their order. The ten named cells are disjoint and complete."
                    .to_owned(),
            ),
        ],
    }
}

/// The section where there is nothing to score.
pub fn without_orders() -> Section {
    Section {
        id: "rfm".to_owned(),
        heading: "Recency and frequency".to_owned(),
        answer: Some(
            "No scores: nobody has an order above zero before the as-of date. Map a source of \
             orders to have them."
                .to_owned(),
        ),
        blocks: Vec::new(),
    }
}

fn table(proposal: &Proposal, summary: &RfmSummary) -> Table {
    let row = |s: &RfmSegment| {
        vec![
            Cell::text(s.name),
            Cell::Count(s.contacts as u64),
            Cell::Money {
                minor: s.revenue_minor,
                exponent: exponent(&proposal.currency) as u8,
                currency: proposal.currency.clone(),
            },
        ]
    };
    Table {
        name: "rfm".to_owned(),
        caption: "The named grid".to_owned(),
        columns: vec![
            Column::text("Segment"),
            Column::number("Contacts"),
            Column::number("Money spent"),
        ],
        rows: summary.segments.iter().map(row).collect(),
    }
}
