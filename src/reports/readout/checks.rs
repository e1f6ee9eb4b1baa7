//! What must hold before any difference is read.

use crate::experiments::{CheckOutcome, RatioCheck, Readout, TrustKind};

use super::super::{
    ArmShare, Cell, Chart, Column, Figure, RatioGroup, RatioRow, SampleRatio, Table, number,
};
use super::section::slug;

/// Every check with its answer.
pub(super) fn checks_table(readout: &Readout) -> Table {
    let rows = readout.trust.iter().map(|check| {
        vec![
            Cell::text(question(check.check)),
            Cell::text(outcome(check.outcome)),
            check.p.map_or(Cell::missing("no test"), Cell::PValue),
            check.alpha.map_or(Cell::missing("no test"), |alpha| Cell::Number {
                value: alpha,
                decimals: 6,
            }),
            Cell::text(&*check.detail),
        ]
    });
    Table {
        name: format!("{}-checks", slug(&readout.name)),
        caption: "Can the comparison be trusted?".to_owned(),
        columns: vec![
            Column::text("Check"),
            Column::text("Answer"),
            Column::number("p"),
            Column::number("Alarm below"),
            Column::text("What was found"),
        ],
        rows: rows.collect(),
    }
}

fn question(check: TrustKind) -> &'static str {
    match check {
        TrustKind::SampleRatio => "Arms as large as planned",
        TrustKind::SegmentRatio => "… in every segment",
        TrustKind::DailyRatio => "… on every day",
        TrustKind::CrossedAssignments => "Everybody in one arm",
        TrustKind::Delivery => "Mail delivered alike",
        TrustKind::BeforeTheStart => "Alike before the start",
        TrustKind::MachineOpens => "Machines open alike",
    }
}

fn outcome(outcome: CheckOutcome) -> &'static str {
    match outcome {
        CheckOutcome::Passed => "yes",
        CheckOutcome::Failed => "no",
        CheckOutcome::Warned => "no, but it decides nothing",
        CheckOutcome::NotRun => "not known",
    }
}

/// Planned and observed shares of the arms, overall and in every segment.
pub(super) fn sample_ratio(readout: &Readout) -> Figure {
    let overall = RatioGroup {
        heading: "Overall".to_owned(),
        rows: vec![row("all recipients", &readout.sample_ratio, readout.sample_ratio.mismatch)],
    };
    let columns = readout.segments.iter().map(|column| {
        let check = readout.trust.iter().find(|check| check.stops_column(&column.column));
        let alpha = check.and_then(|check| check.alpha).unwrap_or(0.0);
        let rows = column.levels.iter().filter_map(|level| {
            let ratio = level.sample_ratio.as_ref()?;
            Some(row(&level.level, ratio, ratio.p < alpha))
        });
        RatioGroup { heading: column.column.clone(), rows: rows.collect() }
    });
    let tested: usize = readout.segments.iter().map(|column| column.levels.len()).sum();
    let beside = match tested {
        0 => String::new(),
        _ => format!(
            " Alarms allow for the number of segments: a p-value below 0.05 in a few of {tested} means \
             nothing."
        ),
    };
    Figure {
        name: format!("{}-sample-ratio", slug(&readout.name)),
        title: "Sizes of the arms against the plan".to_owned(),
        caption: format!(
            "Each arm’s share of the recipients less its planned share, with its 95% interval.{beside}"
        ),
        chart: Chart::SampleRatio(SampleRatio {
            level: 0.95,
            arms: readout.sample_ratio.arms.iter().map(|arm| arm.arm.clone()).collect(),
            groups: std::iter::once(overall).chain(columns).collect(),
        }),
    }
}

fn row(label: &str, check: &RatioCheck, alarm: bool) -> RatioRow {
    let share = |arm: &crate::experiments::RatioArm| ArmShare {
        planned: arm.share_planned,
        observed: arm.share_observed,
        interval: Some((arm.share_low, arm.share_high)),
    };
    RatioRow {
        label: label.to_owned(),
        n: number::count(check.arms.iter().map(|arm| arm.rows).sum()),
        shares: check.arms.iter().map(share).collect(),
        text: number::p_value(check.p),
        alarm,
    }
}
