//! One metric overall and in every segment, as a forest plot.

use crate::estimate::Estimate;
use crate::experiments::{
    Comparison, LevelReadout, MetricKind, MetricReadout, Readout, SegmentReadout, Verdict,
};

use super::super::{
    Chart, Figure, ForestGroup, ForestPlot, ForestRow, ForestUnit, ForestValue, ShrunkenEffect,
    number,
};
use super::section::slug;

/// One metric: every arm overall, then every level of every segment column with its effect as measured and as
/// drawn towards the mean.
pub(super) fn forest(readout: &Readout, metric: &MetricReadout, currency: Option<&str>) -> Figure {
    let mut groups = vec![ForestGroup {
        heading: "Overall".to_owned(),
        rows: metric.comparisons.iter().map(|c| row(readout, metric, c, None, None)).collect(),
    }];
    for column in &readout.segments {
        let rows =
            column.levels.iter().flat_map(|level| level_rows(readout, metric, column, level));
        groups.push(ForestGroup { heading: column.column.clone(), rows: rows.collect() });
    }
    let unit = match (metric.kind, currency) {
        (MetricKind::Proportion, _) => ForestUnit::PercentagePoints,
        (MetricKind::Mean, Some(currency)) if metric.metric == "revenue" => {
            ForestUnit::Currency(currency.to_owned())
        }
        (MetricKind::Mean, _) => ForestUnit::Other(format!("{} per row", metric.metric)),
    };
    Figure {
        name: format!("{}-{}", slug(&readout.name), metric.metric),
        title: format!("{}: difference from {}", metric.metric, readout.control),
        caption: format!(
            "Bars are {} intervals, not corrected for the number of comparisons; filled marks are \
             differences that the corrected test confirms. A segment’s effect is best read where it is drawn \
             towards the mean.",
            number::percent(readout.level, 0)
        ),
        chart: Chart::ForestPlot(ForestPlot {
            unit,
            left: format!("lower than {}", readout.control),
            right: "higher".to_owned(),
            margins: margins(metric),
            groups,
        }),
    }
}

/// Both margins of a metric that has them.
fn margins(metric: &MetricReadout) -> Vec<f64> {
    let test = metric.comparisons.iter().find_map(|comparison| comparison.margin);
    test.map_or(Vec::new(), |test| vec![test.lower, test.upper])
}

fn level_rows<'a>(
    readout: &'a Readout,
    metric: &'a MetricReadout,
    column: &'a SegmentReadout,
    level: &'a LevelReadout,
) -> impl Iterator<Item = ForestRow> + 'a {
    let of_metric = level.metrics.iter().find(|m| m.metric == metric.metric);
    of_metric.into_iter().flat_map(move |m| {
        m.comparisons.iter().map(move |c| {
            let shrunken = shrunken(column, &m.metric, &c.arm, &level.level);
            row(readout, m, c, Some(&level.level), shrunken)
        })
    })
}

/// The effect of one arm in one level, drawn towards the mean of all levels.
pub(super) fn shrunken<'a>(
    column: &'a SegmentReadout,
    metric: &str,
    arm: &str,
    level: &str,
) -> Option<&'a Estimate> {
    let found = column.heterogeneity.iter().find(|h| h.metric == metric && h.arm == arm)?;
    let segment = found.heterogeneity.segments.iter().find(|s| s.segment == level)?;
    segment.shrunken.as_ref().map(|effect| &effect.shrunken)
}

fn row(
    readout: &Readout,
    metric: &MetricReadout,
    comparison: &Comparison,
    level: Option<&str>,
    shrunken: Option<&Estimate>,
) -> ForestRow {
    let label = match level {
        Some(level) if readout.arms.len() > 2 => format!("{level}: {}", comparison.arm),
        Some(level) => level.to_owned(),
        None => comparison.arm.clone(),
    };
    let n = |arm: &str| metric.arms.iter().find(|a| a.arm == arm).map_or(0, |a| a.n);
    let value = match comparison.effect() {
        Some(effect) => ForestValue::Estimate {
            text: difference(metric.kind, &effect.difference),
            estimate: effect.difference.clone(),
        },
        None => ForestValue::Missing("no estimate".to_owned()),
    };
    ForestRow {
        label,
        n: format!(
            "{} vs {}",
            number::count(n(&comparison.arm)),
            number::count(n(&readout.control))
        ),
        value,
        shrunken: shrunken.map(|e| ShrunkenEffect { point: e.point, low: e.low, high: e.high }),
        emphasised: matches!(comparison.verdict, Verdict::Higher | Verdict::Lower),
    }
}

/// "+1.20 pp (0.31 to 2.09)".
fn difference(kind: MetricKind, estimate: &Estimate) -> String {
    let (scale, unit) = match kind {
        MetricKind::Proportion => (100.0, " pp"),
        MetricKind::Mean => (1.0, ""),
    };
    format!(
        "{}{unit} ({} to {})",
        number::signed(estimate.point * scale, 2),
        number::signed(estimate.low * scale, 2),
        number::signed(estimate.high * scale, 2)
    )
}
