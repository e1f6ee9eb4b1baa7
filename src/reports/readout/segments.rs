//! What the segments of one column add.

use crate::experiments::personalisation::Personalisation;
use crate::experiments::{LevelReadout, Readout, SegmentReadout};

use super::super::{Block, Cell, Chart, Column, Figure, PValueDot, PValuePlot, Table, number};
use super::forest::shrunken;
use super::hours;
use super::section::slug;
use super::tables::{interval, value};

/// P-values, effects drawn towards the mean, and what personalising is worth.
pub(super) fn blocks(readout: &Readout, column: &SegmentReadout) -> Vec<Block> {
    let mut blocks = Vec::new();
    if !readout.is_readable(&column.column) {
        return blocks;
    }
    blocks.push(Block::Table(effects_table(readout, column)));
    blocks.extend(p_values(readout, column).map(Block::Figure));
    blocks.extend(hours::by_level(readout, column));
    if let Some(found) = &column.personalisation {
        blocks.push(Block::Text(found.answer.clone()));
        blocks.extend(found.notes.iter().cloned().map(Block::Text));
        blocks.push(Block::Table(personalisation_table(readout, column, found)));
    }
    blocks
}

/// The decision metric's effect in every level, alone and drawn towards the mean of all.
fn effects_table(readout: &Readout, column: &SegmentReadout) -> Table {
    let rows = column.levels.iter().flat_map(|level| level_rows(readout, column, level));
    Table {
        name: format!("{}-{}-effects", slug(&readout.name), column_slug(&column.column)),
        caption: format!("{} by {}: what to take from it", readout.decision_metric, column.column),
        columns: vec![
            Column::text("Segment"),
            Column::text("Arm"),
            Column::number("As measured"),
            Column::number("Interval"),
            Column::number("Drawn towards the mean"),
            Column::number("Its interval"),
            Column::text("Decision"),
        ],
        rows: rows.collect(),
    }
}

fn level_rows<'a>(
    readout: &'a Readout,
    column: &'a SegmentReadout,
    level: &'a LevelReadout,
) -> impl Iterator<Item = Vec<Cell>> + 'a {
    let metric = level.metrics.iter().find(|m| m.metric == readout.decision_metric);
    metric.into_iter().flat_map(move |metric| {
        metric.comparisons.iter().zip(&level.decisions).map(move |(comparison, decision)| {
            let alone = comparison.effect().map(|effect| &effect.difference);
            let drawn = shrunken(column, &metric.metric, &comparison.arm, &level.level);
            vec![
                Cell::text(&*level.level),
                Cell::text(&*comparison.arm),
                value(metric.kind, alone),
                interval(metric.kind, alone),
                value(metric.kind, drawn),
                interval(metric.kind, drawn),
                Cell::text(decision.label.to_string()),
            ]
        })
    })
}

pub(super) fn column_slug(column: &str) -> String {
    column.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect()
}

/// `None` where so few segments were tested that their p-values make no picture.
fn p_values(readout: &Readout, column: &SegmentReadout) -> Option<Figure> {
    const FEWEST: usize = 5;
    const NAMED: usize = 5;
    if column.p_values.len() < FEWEST {
        return None;
    }
    let many_arms = readout.arms.len() > 2;
    let dots = column.p_values.iter().enumerate().map(|(place, ranked)| PValueDot {
        name: match many_arms {
            true => format!("{}: {}", ranked.arm, ranked.segment),
            false => ranked.segment.clone(),
        },
        expected: ranked.expected,
        observed: ranked.p,
        band: Some((ranked.low, ranked.high)),
        labelled: place < NAMED && ranked.p < ranked.low,
    });
    Some(Figure {
        name: format!("{}-{}-p-values", slug(&readout.name), column_slug(&column.column)),
        title: format!("{} by {}: p-values against chance", readout.decision_metric, column.column),
        caption:
            "Dots along the line are what chance gives where no segment has an effect; a whole row \
                  above it is an effect that all share, single dots are segments of their own."
                .to_owned(),
        chart: Chart::PValuePlot(PValuePlot {
            compared: if many_arms { "comparisons" } else { "segments" }.to_owned(),
            level: readout.level,
            dots: dots.collect(),
        }),
    })
}

fn personalisation_table(
    readout: &Readout,
    column: &SegmentReadout,
    found: &Personalisation,
) -> Table {
    let rows = found.segments.iter().map(|segment| {
        vec![
            Cell::text(&*segment.segment),
            Cell::Count(segment.recipients),
            Cell::text(&*segment.arm),
            match segment.over_best {
                Some(value) => Cell::Text(format!("{} pp", number::signed(100.0 * value, 2))),
                None => Cell::missing("an arm has no rows here"),
            },
            Cell::Percent { value: segment.agreement, decimals: 0 },
        ]
    });
    Table {
        name: format!("{}-{}-arms", slug(&readout.name), column_slug(&column.column)),
        caption: format!(
            "The best arm by {}, if each segment had its own; {} for all",
            column.column, found.best_for_all
        ),
        columns: vec![
            Column::text("Segment"),
            Column::number("Recipients"),
            Column::text("Arm"),
            Column::number(format!("Over {}, lucky on average", found.best_for_all)),
            Column::number("Folds that agree"),
        ],
        rows: rows.collect(),
    }
}
