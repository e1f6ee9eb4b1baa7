//! The same arms in other ways.

use crate::experiments::second_look::{SecondLook, Way};
use crate::experiments::{MetricKind, Readout};

use super::super::{Cell, Column, Table};
use super::section::slug;
use super::tables::{interval, lift_cells, value};

/// Every second look. None of them decides: they say how far the answer depends on the way.
pub fn second_looks_table(readout: &Readout) -> Table {
    Table {
        name: format!("{}-second-looks", slug(&readout.name)),
        caption: "The same in other ways: none of these decides".to_owned(),
        columns: ["Metric", "Way", "Arm"]
            .map(Column::text)
            .into_iter()
            .chain(
                ["Difference", "Interval", "Relative lift", "Lift interval", "p", "Less variance"]
                    .map(Column::number),
            )
            .chain([Column::text("What was done")])
            .collect(),
        rows: readout.second_looks.iter().map(|look| row(readout, look)).collect(),
    }
}

fn row(readout: &Readout, look: &SecondLook) -> Vec<Cell> {
    let [lift, lift_interval] = match look.way {
        Way::Ranks => ["of ranks there is none", "of ranks there is none"].map(Cell::missing),
        _ => lift_cells(look.relative_lift.as_ref()),
    };
    let kind = kind(readout, look);
    vec![
        Cell::text(&*look.metric),
        Cell::text(way(look)),
        Cell::text(&*look.arm),
        value(kind, look.estimate.as_ref()),
        interval(kind, look.estimate.as_ref()),
        lift,
        lift_interval,
        look.p.map_or(Cell::missing("no estimate"), Cell::PValue),
        match look.variance_reduction {
            Some(value) => Cell::Percent { value, decimals: 1 },
            None => Cell::missing("without a covariate"),
        },
        Cell::text(&*look.note),
    ]
}

fn way(look: &SecondLook) -> String {
    let with = look.with.as_deref().unwrap_or_default();
    match look.way {
        Way::Adjusted => format!("adjusted for {with}"),
        Way::Ratio => format!("per {with}"),
        Way::Capped => "capped".to_owned(),
        Way::Bootstrap => "resampled".to_owned(),
        Way::Delivered => "of those whom it reached".to_owned(),
        Way::Quantile => format!("quantile {with}"),
        Way::Ranks => "by ranks".to_owned(),
    }
}

/// Shares are shown in per cent.
fn kind(readout: &Readout, look: &SecondLook) -> MetricKind {
    let metric = readout.metrics.iter().find(|metric| metric.metric == look.metric);
    match (look.way, metric) {
        (Way::Ranks, _) => MetricKind::Proportion,
        (_, Some(metric)) => metric.kind,
        (_, None) => MetricKind::Mean,
    }
}
