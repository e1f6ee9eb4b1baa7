//! Experiment readouts as sections of a report.

use crate::estimate::Estimate;
use crate::experiments::{
    ArmMetric, Comparison, LevelReadout, MetricKind, MetricReadout, Readout, RelativeLift, SetKind,
    Verdict,
};

use super::number;
use super::{
    Block, Cell, Chart, Column, Figure, ForestGroup, ForestPlot, ForestRow, ForestUnit,
    ForestValue, Notice, Section, Severity, Table,
};

/// What a reader must know about the units, in sentences.
pub struct ReadoutContext<'a> {
    pub question: Option<&'a str>,
    /// ISO 4217 code for means of money; `None` for a flat file.
    pub currency: Option<&'a str>,
    pub facts: Vec<String>,
}

/// One experiment as a section.
pub fn section(readout: &Readout, context: &ReadoutContext<'_>) -> Section {
    let mut blocks: Vec<Block> =
        context.question.map(|q| Block::Text(q.to_owned())).into_iter().collect();
    if readout.sample_ratio.mismatch {
        blocks.push(mismatch());
    }
    blocks.extend(readout.segment_answers.iter().cloned().map(Block::Text));
    for metric in &readout.metrics {
        blocks.push(Block::Figure(forest(readout, metric, context.currency)));
    }
    blocks.push(Block::Table(arms_table(readout)));
    blocks.push(Block::Table(comparisons_table(readout)));
    if !readout.segments.is_empty() {
        blocks.push(Block::Table(segments_table(readout)));
    }
    blocks.extend(warnings(readout));
    blocks.push(Block::Method(method(readout, context)));
    Section {
        id: slug(&readout.name),
        heading: format!("Experiment: {}", readout.name),
        answer: Some(readout.answer.clone()),
        blocks,
    }
}

/// An experiment that cannot be read yet, and why.
pub fn not_yet(name: &str, why: &str, context: &ReadoutContext<'_>) -> Section {
    Section {
        id: slug(name),
        heading: format!("Experiment: {name}"),
        answer: Some(format!("Too early to read. {why}")),
        blocks: context.question.map(|q| Block::Text(q.to_owned())).into_iter().collect(),
    }
}

fn slug(name: &str) -> String {
    let lower = name.to_lowercase();
    let words = lower.split(|c: char| !c.is_ascii_alphanumeric()).filter(|w| !w.is_empty());
    format!("experiment-{}", words.collect::<Vec<_>>().join("-"))
}

fn mismatch() -> Block {
    Block::Notice(Notice {
        severity: Severity::Stop,
        text: "The arms have not the sizes that were planned. No difference below means anything."
            .to_owned(),
        hint: Some(
            "Look for contacts lost between the draw and the log: suppressed, bounced, or never \
             written."
                .to_owned(),
        ),
    })
}

fn forest(readout: &Readout, metric: &MetricReadout, currency: Option<&str>) -> Figure {
    let mut groups = vec![ForestGroup {
        heading: "Overall".to_owned(),
        rows: metric.comparisons.iter().map(|c| row(readout, metric, c, None)).collect(),
    }];
    for column in &readout.segments {
        let rows = column.levels.iter().flat_map(|level| level_rows(readout, metric, level));
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
             differences that the corrected test confirms.",
            number::percent(readout.level, 0)
        ),
        chart: Chart::ForestPlot(ForestPlot {
            unit,
            left: format!("lower than {}", readout.control),
            right: "higher".to_owned(),
            groups,
        }),
    }
}

fn level_rows<'a>(
    readout: &'a Readout,
    metric: &'a MetricReadout,
    level: &'a LevelReadout,
) -> impl Iterator<Item = ForestRow> + 'a {
    let of_metric = level.metrics.iter().find(|m| m.metric == metric.metric);
    of_metric.into_iter().flat_map(move |m| {
        m.comparisons.iter().map(move |c| row(readout, m, c, Some(&level.level)))
    })
}

fn row(
    readout: &Readout,
    metric: &MetricReadout,
    comparison: &Comparison,
    level: Option<&str>,
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

fn value(kind: MetricKind, estimate: Option<&Estimate>) -> Cell {
    match (kind, estimate) {
        (_, None) => Cell::missing("no rows"),
        (MetricKind::Proportion, Some(e)) => Cell::Percent { value: e.point, decimals: 2 },
        (MetricKind::Mean, Some(e)) => Cell::Number { value: e.point, decimals: 4 },
    }
}

fn interval(kind: MetricKind, estimate: Option<&Estimate>) -> Cell {
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

fn lift_cells(lift: Option<&RelativeLift>) -> [Cell; 2] {
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

fn warnings(readout: &Readout) -> Vec<Block> {
    let of_metrics = readout.metrics.iter().flat_map(|m| &m.warnings);
    let texts = readout.warnings.iter().chain(of_metrics).map(ToString::to_string);
    let notice = |text| Block::Notice(Notice { severity: Severity::Warning, text, hint: None });
    texts.map(notice).collect()
}

fn method(readout: &Readout, context: &ReadoutContext<'_>) -> String {
    let check = &readout.sample_ratio;
    let tested: Vec<String> = std::iter::once(&readout.family)
        .chain(readout.segments.iter().map(|s| &s.family))
        .map(|f| format!("{} ({} tested, {} left out)", f.holds, f.tested, f.left_out))
        .collect();
    let mut text = format!(
        "Sample ratio: {} = {}, {} degrees of freedom, {}. Rates: Miettinen-Nurminen score test and \
         intervals (1985), the statistic shown is the pooled z; means: Welch's t, relative lift by \
         Fieller. Holm's correction within each family: {}.",
        check.method,
        number::decimal(check.chi_squared, 4),
        check.df,
        number::p_value(check.p),
        tested.join("; ")
    );
    for fact in &context.facts {
        text.push(' ');
        text.push_str(fact);
    }
    text
}
