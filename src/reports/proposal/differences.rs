//! What sets segments apart.

use super::figure;
use super::shown::{money_cell, titled};
use crate::features::{FeatureSpec, Unit};
use crate::reports::{Block, Cell, Chart, Column, ProfileHeatmap, Section, Table, number};
use crate::segments::profile::{FeatureProfile, SegmentProfile};
use crate::segments::proposal::Proposal;

pub fn section(proposal: &Proposal, specs: &[FeatureSpec]) -> Section {
    let row = |s: &SegmentProfile| s.features.iter().map(|f| f.standardized_difference).collect();
    let heatmap = ProfileHeatmap {
        segments: proposal.segments.iter().map(titled).collect(),
        features: proposal.features.iter().map(|f| f.replace('_', " ")).collect(),
        families: proposal.families.clone(),
        values: proposal.segments.iter().map(row).collect(),
    };
    Section {
        id: "profiles".to_owned(),
        heading: "What sets them apart".to_owned(),
        answer: strongest(proposal, specs),
        blocks: vec![
            figure(
                "profiles",
                "Segments against everybody",
                "Mean of the segment minus mean of everybody, in standard deviations.",
                Chart::ProfileHeatmap(heatmap),
            ),
            Block::Table(contrasts_table(proposal)),
            Block::Folded(means_table(proposal)),
            Block::Method(
                "Colours: standardised difference on the scale on which the segments were found. \
                 Share of the separation: a feature's part of the squared distance between the \
                 segment's centre and everybody's, weights applied; the parts add up to 1. Means \
                 are on the natural scale, over the contacts that have a value."
                    .to_owned(),
            ),
        ],
    }
}

fn strongest(proposal: &Proposal, specs: &[FeatureSpec]) -> Option<String> {
    let all = proposal.segments.iter().flat_map(|s| s.features.iter().map(move |f| (s, f)));
    let (segment, feature) = all.max_by(|a, b| {
        let size = |f: &FeatureProfile| f.standardized_difference.abs();
        size(a.1).total_cmp(&size(b.1)).then_with(|| b.1.name.cmp(&a.1.name))
    })?;
    let spec = specs.iter().find(|s| s.name == feature.name)?;
    Some(format!(
        "The sharpest trait: in “{}”, {} is {} standard deviations from everybody’s mean.",
        segment.name,
        spec.meaning,
        number::signed(feature.standardized_difference, 1)
    ))
}

/// The three features that do most to set each segment apart.
fn contrasts_table(proposal: &Proposal) -> Table {
    const MOST: usize = 3;
    let rows = proposal.segments.iter().flat_map(|s| {
        let contrasts = s.explanation.iter().flat_map(|e| &e.contrasts).take(MOST);
        contrasts.map(move |c| {
            vec![
                Cell::text(titled(s)),
                Cell::text(c.feature.replace('_', " ")),
                Cell::Number { value: c.standardized_difference, decimals: 2 },
                Cell::Percent { value: c.share_of_separation, decimals: 0 },
            ]
        })
    });
    Table {
        name: "contrasts".to_owned(),
        caption: "The three features that set each segment apart most".to_owned(),
        columns: vec![
            Column::text("Segment"),
            Column::text("Feature"),
            Column::number("Difference").unit("standard deviations"),
            Column::number("Share of the separation"),
        ],
        rows: rows.collect(),
    }
}

fn means_table(proposal: &Proposal) -> Table {
    let first = proposal.segments.first();
    let rows = proposal.features.iter().enumerate().map(|(place, name)| {
        let all = first.and_then(|s| s.features.get(place));
        let cell = |feature: Option<&FeatureProfile>, value: Option<f64>| match (feature, value) {
            (Some(f), Some(value)) => natural(proposal, f.unit, value),
            _ => Cell::missing("nobody has a value"),
        };
        let mut row = vec![Cell::text(name.replace('_', " "))];
        row.push(cell(all, all.and_then(|f| f.mean_of_all)));
        row.extend(proposal.segments.iter().map(|s| {
            let feature = s.features.get(place);
            cell(feature, feature.and_then(|f| f.mean))
        }));
        row
    });
    let mut columns = vec![Column::text("Feature"), Column::number("Everybody")];
    columns.extend(proposal.segments.iter().map(|s| Column::number(s.id.clone())));
    Table {
        name: "profiles".to_owned(),
        caption: "Mean of each feature".to_owned(),
        rows: rows.collect(),
        columns,
    }
}

fn natural(proposal: &Proposal, unit: Unit, value: f64) -> Cell {
    match unit {
        Unit::MinorUnits => money_cell(proposal, value.round() as i64),
        Unit::Share => Cell::Percent { value, decimals: 1 },
        _ => Cell::Number { value, decimals: 1 },
    }
}
