//! RFM scores as a section of a report.

use crate::ingest::exponent;
use crate::segments::proposal::Proposal;
use crate::segments::rfm::{Better, Naming, RfmModel, RfmSegment, RfmSummary, Scale, Scores};
use crate::workspace::{RfmAxis, RfmPreset, RfmScoring};

use super::number;
use super::proposal::figure;
use super::{Block, Cell, Chart, Column, RfmCell, RfmGrid, RfmPart, Section, Table};

/// The section on recency and frequency.
pub fn section(proposal: &Proposal, summary: &RfmSummary) -> Section {
    let model = &summary.model;
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
                match model.naming.axis {
                    RfmAxis::Frequency => "Buyers by recency and frequency score",
                    RfmAxis::FrequencyMonetary => {
                        "Buyers by recency score, and by frequency and money together"
                    }
                },
                &format!(
                    "Share of buyers by score; {} is the most recent, and the most in {}.",
                    model.bins(),
                    across(&model.naming)
                ),
                Chart::RfmGrid(grid(summary)),
            ),
            Block::Table(segments(proposal, summary)),
            Block::Folded(cut_points(model)),
            Block::Method(method(model)),
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

/// What stands against recency.
fn across(naming: &Naming) -> &'static str {
    match naming.axis {
        RfmAxis::Frequency => "frequency",
        RfmAxis::FrequencyMonetary => "frequency and money",
    }
}

fn grid(summary: &RfmSummary) -> RfmGrid {
    let naming = &summary.model.naming;
    let cell = |recency: u8, across: u8, contacts: usize| RfmCell {
        recency,
        frequency: across,
        parts: parts(summary, recency, across),
        contacts: contacts as u64,
        share: contacts as f64 / summary.buyers.max(1) as f64,
    };
    let rows = summary.cells.iter().enumerate().flat_map(|(r, row)| {
        row.iter().enumerate().map(move |(f, &n)| cell(r as u8 + 1, f as u8 + 1, n))
    });
    RfmGrid { bins: naming.bins, across: across(naming).to_owned(), cells: rows.collect() }
}

/// The names in a cell: one, or one a monetary score, the best first.
fn parts(summary: &RfmSummary, recency: u8, across: u8) -> Vec<RfmPart> {
    let naming = &summary.model.naming;
    if naming.needs_monetary() {
        let is_here = |s: &Scores| s.recency == recency && s.frequency == across;
        let codes = summary.codes.iter().rev().filter(|code| is_here(&code.scores));
        let part = |code: &crate::segments::rfm::RfmCode| RfmPart {
            monetary: Some(code.scores.monetary),
            segment: code.segment.to_owned(),
            share: code.contacts as f64 / summary.buyers.max(1) as f64,
        };
        return codes.map(part).collect();
    }
    if naming.preset == RfmPreset::None {
        return Vec::new();
    }
    // On either axis the mean of a score with itself is that score.
    let segment = naming.name(Scores { recency, frequency: across, monetary: across }).to_owned();
    vec![RfmPart { monetary: None, segment, share: f64::NAN }]
}

fn segments(proposal: &Proposal, summary: &RfmSummary) -> Table {
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
        caption: caption(&summary.model.naming).to_owned(),
        columns: vec![
            Column::text("Segment"),
            Column::number("Contacts"),
            Column::number("Money spent"),
        ],
        rows: summary.segments.iter().map(row).collect(),
    }
}

/// By what contacts are named.
pub fn caption(naming: &Naming) -> &'static str {
    match (naming.preset, naming.axis) {
        (RfmPreset::Klaviyo27, _) => "Segments by recency, frequency and money",
        (RfmPreset::Cycle, _) => "Segments by recency, in the shop's own buying cycle",
        (RfmPreset::None, _) => "Contacts with and without an order",
        (_, RfmAxis::Frequency) => "Segments by recency and frequency",
        (_, RfmAxis::FrequencyMonetary) => "Segments by recency, and frequency and money together",
    }
}

/// What each score stands for.
pub fn cut_points(model: &RfmModel) -> Table {
    let exponent = exponent(&model.currency) as usize;
    let money = |minor: i64| number::decimal(minor as f64 / 10f64.powi(exponent as i32), exponent);
    let whole = |value: i64| number::decimal(value as f64, 0);
    let row = |score: u8| {
        vec![
            Cell::Count(u64::from(score)),
            range(&model.recency, score, Some(0), &whole),
            range(&model.frequency, score, Some(1), &whole),
            range(&model.monetary, score, None, &money),
        ]
    };
    Table {
        name: "rfm-scores".to_owned(),
        caption: "What each score stands for".to_owned(),
        columns: vec![
            Column::number("Score"),
            Column::number("Days since the last order"),
            Column::number("Orders"),
            Column::number("Money spent"),
        ],
        rows: (1..=model.bins()).rev().map(row).collect(),
    }
}

/// The values with a score, from the least to the most; `lowest` is the least that there can be.
fn range(scale: &Scale, score: u8, lowest: Option<i64>, shown: &dyn Fn(i64) -> String) -> Cell {
    let cut = |score: u8| usize::from(score).checked_sub(2).and_then(|place| scale.cuts.get(place));
    let own = cut(score).map(|cut| cut.value);
    if score > 1 && own.is_none() {
        return Cell::missing("nobody can have it");
    }
    // Whoever shares the next score's cut point and is split from it by id still has this score.
    let step = i64::from(!scale.splits_ties());
    let next = cut(score + 1).map(|cut| match scale.better {
        Better::Lower => cut.value.saturating_add(step),
        Better::Higher => cut.value.saturating_sub(step),
    });
    let (least, most) = match scale.better {
        Better::Lower => (next, own),
        Better::Higher => (own, next),
    };
    match (least, most) {
        (Some(least), Some(most)) if least > most => Cell::missing("nobody can have it"),
        (None, Some(most)) if lowest.is_some_and(|lowest| most < lowest) => {
            Cell::missing("nobody can have it")
        }
        (None, Some(most)) if lowest == Some(most) => Cell::text(shown(most)),
        (Some(least), Some(most)) if least == most => Cell::text(shown(least)),
        (Some(least), Some(most)) => Cell::text(format!("{} to {}", shown(least), shown(most))),
        (Some(least), None) => Cell::text(format!("{} or more", shown(least))),
        (None, Some(most)) => Cell::text(format!("up to {}", shown(most))),
        (None, None) => Cell::text("any"),
    }
}

/// The rules in a few words: "5 bins by mid-rank".
pub fn rules(model: &RfmModel) -> String {
    let [recency, frequency, monetary] = model.scales().map(|(_, scale)| scale.rule.word());
    let recency = if model.cycle.is_some() { "cycle" } else { recency };
    let bins = model.bins();
    if recency == frequency && frequency == monetary {
        return format!("{bins} bins by {recency}");
    }
    format!("{bins} bins: recency by {recency}, frequency by {frequency}, money by {monetary}")
}

fn method(model: &RfmModel) -> String {
    let mut text = format!("Scores run from 1 to {}. ", model.bins());
    let scales = model.scales();
    for rule in RfmScoring::ALL {
        let of: Vec<&str> =
            scales.iter().filter(|(_, s)| s.rule == rule).map(|(n, _)| *n).collect();
        let (first, more) = match of.as_slice() {
            [] => continue,
            [_, _, _] => ("All three", ""),
            [one] => (*one, ""),
            [one, more @ ..] => (*one, more[0]),
        };
        let and = if more.is_empty() { "" } else { " and " };
        text.push_str(&format!("{}{and}{more}: {}. ", capital(first), meaning(rule)));
    }
    text.push_str(&naming(model));
    text
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}

fn meaning(rule: RfmScoring) -> &'static str {
    match rule {
        RfmScoring::MidRank => {
            "by mid-rank percentile, so that contacts with equal values share a score, whatever their \
             order"
        }
        RfmScoring::ValueEdges => {
            "by quantiles of the values (type 7), a value on one belonging to the smaller; contacts with \
             equal values share a score"
        }
        RfmScoring::Ntile => {
            "groups of equal size, as SQL's NTILE makes them; of contacts with equal values the smaller \
             id scores lower"
        }
        RfmScoring::NtileDesc => {
            "groups of equal size, as SQL's NTILE makes them; of contacts with equal values the larger \
             id scores lower"
        }
        RfmScoring::Fixed => "by fixed cut points",
    }
}

fn naming(model: &RfmModel) -> String {
    match (model.naming.preset, &model.cycle) {
        (RfmPreset::Grid10, _) => "The ten named cells are disjoint and complete.".to_owned(),
        (RfmPreset::Grid11, _) => "The eleven named cells are disjoint and complete.".to_owned(),
        (RfmPreset::Klaviyo27, _) => {
            "The groups are Klaviyo's, over all 27 combinations of the three scores.".to_owned()
        }
        (RfmPreset::Cycle, Some(cycle)) => format!(
            "Of the {} buyers who came back, half take {} days or less between orders, three quarters {} \
             and nine tenths {}: active, due, overdue, and lapsed beyond.",
            number::count(cycle.gaps as u64),
            cycle.days[0],
            cycle.days[1],
            cycle.days[2]
        ),
        _ => "Combinations of scores have no names.".to_owned(),
    }
}
