//! The readout's numbers as tables.

use crate::estimate::Estimate;
use crate::experiments::{
    ArmMetric, Comparison, MetricKind, MetricReadout, Readout, RelativeLift, SetKind, Verdict,
};

use super::super::{Cell, Column, Table, number};
use super::section::slug;

/// Each arm by itself.
pub fn arms_table(readout: &Readout) -> Table {
    let rows = readout.metrics.iter().flat_map(|metric| {
        metric.arms.iter().map(|arm| {
            vec![
                Cell::text(&*metric.metric),
                Cell::text(&*arm.arm),
                Cell::Count(arm.n),
                numerator(arm),
                value(metric.kind, arm.estimate.as_ref()),
                interval(metric.kind, arm.estimate.as_ref()),
            ]
        })
    });
    Table {
        name: format!("{}-arms", slug(&readout.name)),
        caption: "Each arm by itself".to_owned(),
        columns: vec![
            Column::text("Metric"),
            Column::text("Arm"),
            Column::number("n"),
            Column::number("Successes or sum"),
            Column::number("Rate or mean"),
            Column::number(format!("{} interval", number::percent(readout.level, 0))),
        ],
        rows: rows.collect(),
    }
}

fn numerator(arm: &ArmMetric) -> Cell {
    match (arm.successes, arm.sum) {
        (Some(successes), _) => Cell::Count(successes),
        (None, Some(value)) => Cell::Number { value, decimals: 2 },
        (None, None) => Cell::missing("no rows"),
    }
}

pub(super) fn value(kind: MetricKind, estimate: Option<&Estimate>) -> Cell {
    match (kind, estimate) {
        (_, None) => Cell::missing("no rows"),
        (MetricKind::Proportion, Some(e)) => Cell::Percent { value: e.point, decimals: 2 },
        (MetricKind::Mean, Some(e)) => Cell::Number { value: e.point, decimals: 4 },
    }
}

pub(super) fn interval(kind: MetricKind, estimate: Option<&Estimate>) -> Cell {
    let Some(estimate) = estimate else { return Cell::missing("no estimate") };
    let percent = kind == MetricKind::Proportion;
    let decimals = if percent { 2 } else { 4 };
    Cell::Interval { low: estimate.low, high: estimate.high, percent, decimals }
}

/// Each arm against the control, overall.
pub fn comparisons_table(readout: &Readout) -> Table {
    let rows = readout.metrics.iter().flat_map(|metric| {
        metric.comparisons.iter().map(|c| comparison_row(metric, c, Vec::new()))
    });
    Table {
        name: format!("{}-comparisons", slug(&readout.name)),
        caption: format!("Each arm against {}", readout.control),
        columns: comparison_columns(readout, &[]),
        rows: rows.collect(),
    }
}

/// Overall and segment comparisons in one table, for machines.
pub fn all_comparisons_table(readout: &Readout) -> Table {
    let mut table = segments_table(readout);
    let overall = comparisons_table(readout).rows.into_iter().map(|row| {
        let mut cells = vec![Cell::text("(overall)"), Cell::text("(overall)")];
        cells.extend(row);
        cells
    });
    table.rows = overall.chain(table.rows).collect();
    table
}

/// Each arm against the control, by segment.
pub fn segments_table(readout: &Readout) -> Table {
    let rows = readout.segments.iter().flat_map(|column| {
        column.levels.iter().flat_map(|level| {
            level.metrics.iter().flat_map(|metric| {
                metric.comparisons.iter().map(|comparison| {
                    let start = vec![Cell::text(&*column.column), Cell::text(&*level.level)];
                    comparison_row(metric, comparison, start)
                })
            })
        })
    });
    Table {
        name: format!("{}-segments", slug(&readout.name)),
        caption: format!("Each arm against {}, by segment", readout.control),
        columns: comparison_columns(readout, &["Column", "Segment"]),
        rows: rows.collect(),
    }
}

fn comparison_columns(readout: &Readout, first: &[&str]) -> Vec<Column> {
    let level = number::percent(readout.level, 0);
    let mut columns: Vec<Column> = first.iter().map(|name| Column::text(*name)).collect();
    columns.extend(["Metric", "Arm"].map(Column::text));
    columns.extend([
        Column::number("Difference"),
        Column::number(format!("{level} interval, unadjusted")),
        Column::number("Relative lift"),
        Column::number("Lift interval"),
        Column::number("Statistic"),
        Column::number("p"),
        Column::number("p, Holm"),
        Column::text("Verdict"),
    ]);
    columns
}

fn comparison_row(metric: &MetricReadout, comparison: &Comparison, start: Vec<Cell>) -> Vec<Cell> {
    let mut row = start;
    row.extend([Cell::text(&*metric.metric), Cell::text(&*comparison.arm)]);
    match comparison.effect() {
        Some(effect) => {
            row.push(value(metric.kind, Some(&effect.difference)));
            row.push(interval(metric.kind, Some(&effect.difference)));
            row.extend(lift_cells(effect.relative_lift.as_ref()));
            row.push(Cell::Number { value: effect.statistic.value, decimals: 4 });
            row.push(Cell::PValue(effect.p));
        }
        None => row.extend((0..6).map(|_| Cell::missing("no estimate: an arm has no rows here"))),
    }
    row.push(comparison.p_holm.map_or(Cell::missing("not in the family"), Cell::PValue));
    row.push(Cell::text(verdict(comparison.verdict)));
    row
}

pub(super) fn lift_cells(lift: Option<&RelativeLift>) -> [Cell; 2] {
    let Some(lift) = lift else {
        return [Cell::missing("the control is zero"), Cell::missing("the control is zero")];
    };
    let estimate = &lift.estimate;
    let interval = match lift.kind {
        SetKind::Bounded | SetKind::UnboundedAbove => {
            Cell::Interval { low: estimate.low, high: estimate.high, percent: true, decimals: 1 }
        }
        SetKind::Complement => Cell::text(format!(
            "outside {} to {}",
            number::percent(estimate.low, 1),
            number::percent(estimate.high, 1)
        )),
        SetKind::WholeLine => Cell::text("any value"),
        SetKind::Undefined => Cell::missing("the control is zero"),
    };
    if lift.kind == SetKind::Undefined || !estimate.point.is_finite() {
        return [Cell::missing("the control is zero"), interval];
    }
    [Cell::Percent { value: estimate.point, decimals: 1 }, interval]
}

fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Higher => "higher",
        Verdict::Lower => "lower",
        Verdict::Inconclusive => "no difference found",
        Verdict::TooLittleData => "too little data",
        Verdict::NotTrustworthy => "not trustworthy",
    }
}
