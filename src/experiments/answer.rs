//! The readout's answer in plain words.

use super::comparison::{Comparison, Outcome, Verdict};
use super::effect::Effect;
use super::heterogeneity::MetricHeterogeneity;
use super::metric_readout::{ArmMetric, MetricReadout};
use super::readout::{LevelReadout, Readout, SegmentReadout};
use super::spec::MetricKind;
use super::words::{change, interval, listed, number, p_value, percent, trimmed};

/// The overall findings on the decision metric; or, after a failed check, why none of it can be read.
pub(super) fn answer(readout: &Readout) -> String {
    if readout.sample_ratio.mismatch {
        return mismatch(readout);
    }
    if !readout.is_trustworthy() {
        return failed_checks(readout);
    }
    let Some(metric) = decision(&readout.metrics, readout) else { return String::new() };
    let overall = metric.comparisons.iter().map(|c| overall(readout, metric, c));
    overall.collect::<Vec<_>>().join(" ")
}

/// What each segment column adds on the decision metric; nothing after a failed check.
pub(super) fn segment_answers(readout: &Readout) -> Vec<String> {
    let Some(metric) = decision(&readout.metrics, readout) else { return Vec::new() };
    if !readout.is_trustworthy() {
        return Vec::new();
    }
    let segments = readout.segments.iter().flat_map(|column| {
        metric.comparisons.iter().filter_map(move |c| segment(readout, column, &c.arm))
    });
    segments.collect()
}

fn decision<'a>(metrics: &'a [MetricReadout], readout: &Readout) -> Option<&'a MetricReadout> {
    metrics.iter().find(|metric| metric.metric == readout.decision_metric)
}

fn mismatch(readout: &Readout) -> String {
    let check = &readout.sample_ratio;
    let arms: Vec<String> = check
        .arms
        .iter()
        .map(|arm| {
            let (observed, planned) = (percent(arm.share_observed), percent(arm.share_planned));
            format!("{} has {observed} of the rows where {planned} was planned", arm.arm)
        })
        .collect();
    format!(
        "These results cannot be trusted: {} ({} {}). Something decided who is in which arm other \
         than chance, so a difference between the arms may be that something. Find the cause \
         before reading any number.",
        arms.join(", "),
        check.method,
        p_value(check.p)
    )
}

fn failed_checks(readout: &Readout) -> String {
    let failed = readout.trust.iter().filter(|check| check.stops_everything());
    let details: Vec<&str> = failed.map(|check| check.detail.as_str()).collect();
    format!(
        "These results cannot be trusted: {}. Find the cause before reading any number.",
        details.join("; ")
    )
}

fn overall(readout: &Readout, metric: &MetricReadout, comparison: &Comparison) -> String {
    let (arm, control) = (&comparison.arm, &readout.control);
    let name = value_name(metric);
    let effect = match &comparison.outcome {
        Outcome::Effect(effect) => effect,
        Outcome::NoEstimate { no_estimate } => return format!("{arm}: {no_estimate}."),
    };
    let numbers = numbers(metric, comparison, effect, control);
    match comparison.verdict {
        Verdict::Higher => format!("{arm} has a higher {name} than {control}: {numbers}."),
        Verdict::Lower => format!("{arm} has a lower {name} than {control}: {numbers}."),
        Verdict::Inconclusive if comparison.excludes_zero() => format!(
            "A possible difference in {name} between {arm} and {control}, not certain among {} \
             comparisons: {numbers}.",
            readout.decision_family.tested
        ),
        Verdict::Inconclusive => {
            format!("No difference found in {name} between {arm} and {control}: {numbers}.")
        }
        Verdict::TooLittleData | Verdict::NotTrustworthy => format!(
            "Too little data to compare {arm} with {control} in {name}: {} rows in the smaller \
             arm, at least {} are asked for.",
            comparison.smaller_n, readout.minimum_n
        ),
    }
}

fn value_name(metric: &MetricReadout) -> String {
    match metric.kind {
        MetricKind::Proportion if !metric.metric.ends_with("rate") => {
            format!("{} rate", metric.metric)
        }
        MetricKind::Proportion => metric.metric.clone(),
        MetricKind::Mean => format!("mean {}", metric.metric),
    }
}

/// "18.28% against 10.62%, +7.66 pp (95% interval +6.99 to +8.33 pp, adjusted p < 0.0001)".
fn numbers(
    metric: &MetricReadout,
    comparison: &Comparison,
    effect: &Effect,
    control: &str,
) -> String {
    let value = |arm: &str| {
        let found = metric.arms.iter().find(|a| a.arm == arm);
        match (found.and_then(point), metric.kind) {
            (Some(point), MetricKind::Proportion) => percent(point),
            (Some(point), MetricKind::Mean) => number(point),
            (None, _) => "none".to_owned(),
        }
    };
    let p = comparison.p_holm.map_or(String::new(), |p| format!(", adjusted {}", p_value(p)));
    format!(
        "{} against {}, {} ({}% interval {}{p})",
        value(&comparison.arm),
        value(control),
        change(effect.difference.point, metric.kind),
        trimmed(effect.difference.level * 100.0),
        interval(&effect.difference, metric.kind),
    )
}

fn point(arm: &ArmMetric) -> Option<f64> {
    arm.estimate.as_ref().map(|estimate| estimate.point)
}

/// One level of a segment column, seen from one arm.
struct SegmentCell<'a> {
    level: &'a str,
    kind: MetricKind,
    comparison: &'a Comparison,
}

/// What one segment column says about one arm; `None` for a column without levels.
fn segment(readout: &Readout, column: &SegmentReadout, arm: &str) -> Option<String> {
    if let Some(check) = readout.trust.iter().find(|check| check.stops_column(&column.column)) {
        return Some(format!("Nothing can be read {}.", check.detail));
    }
    let cell = |level: &LevelReadout| -> Option<(String, Finding)> {
        let metric = decision(&level.metrics, readout)?;
        let comparison = metric.comparisons.iter().find(|c| c.arm == arm)?;
        let cell = SegmentCell { level: &level.level, kind: metric.kind, comparison };
        Some((cell.words(), cell.finding()))
    };
    let cells: Vec<(String, Finding)> = column.levels.iter().filter_map(cell).collect();
    let group = |finding: Finding| {
        let found: Vec<&str> =
            cells.iter().filter(|(_, f)| *f == finding).map(|(words, _)| words.as_str()).collect();
        let intro = finding.intro(readout.decision_family.tested);
        (!found.is_empty()).then(|| format!("{intro} {}", listed(&found)))
    };
    let groups: Vec<String> = Finding::ALL.into_iter().filter_map(group).collect();
    let (name, control) = (&column.column, &readout.control);
    let differs = differs(readout, column, arm).unwrap_or_default();
    (!groups.is_empty())
        .then(|| format!("By {name}, {arm} against {control}: {}.{differs}", groups.join("; ")))
}

/// Whether the effect differs between the levels at all; `None` with fewer than two.
fn differs(readout: &Readout, column: &SegmentReadout, arm: &str) -> Option<String> {
    let of_metric = |h: &&MetricHeterogeneity| h.metric == readout.decision_metric && h.arm == arm;
    let found = &column.heterogeneity.iter().find(of_metric)?.heterogeneity;
    let test = found.tests.cochran_q.as_ref()?;
    // One question an arm and column: any of them is falsely said to differ with probability alpha.
    let questions = (readout.arms.len() - 1) * readout.segments.len();
    let adjusted = (test.p * questions as f64).min(1.0);
    let p = p_value(adjusted);
    let p = if questions > 1 { format!("adjusted {p}") } else { p };
    Some(match adjusted <= readout.alpha {
        true => format!(
            " The effect differs between the levels ({p}; {} of the variation is not chance).",
            percent(test.i_squared)
        ),
        false => format!(" That the effect differs between the levels is not shown ({p})."),
    })
}

/// A verdict as the answer groups it.
#[derive(Clone, Copy, PartialEq)]
enum Finding {
    Higher,
    Lower,
    /// The interval leaves out zero, but the correction for many comparisons does not hold.
    Possible,
    None,
    TooLittleData,
}

impl Finding {
    const ALL: [Finding; 5] =
        [Finding::Higher, Finding::Lower, Finding::Possible, Finding::None, Finding::TooLittleData];

    fn intro(self, tested: usize) -> String {
        match self {
            Finding::Higher => "higher in".to_owned(),
            Finding::Lower => "lower in".to_owned(),
            Finding::Possible => {
                format!("possibly different, but not certain among {tested} comparisons, in")
            }
            Finding::None => "no difference found in".to_owned(),
            Finding::TooLittleData => "too little data in".to_owned(),
        }
    }
}

impl SegmentCell<'_> {
    fn finding(&self) -> Finding {
        match (self.comparison.verdict, self.comparison.effect()) {
            (Verdict::Higher, _) => Finding::Higher,
            (Verdict::Lower, _) => Finding::Lower,
            (Verdict::Inconclusive, _) if self.comparison.excludes_zero() => Finding::Possible,
            (Verdict::Inconclusive, _) => Finding::None,
            (Verdict::TooLittleData | Verdict::NotTrustworthy, _) => Finding::TooLittleData,
        }
    }

    fn words(&self) -> String {
        let level = self.level;
        match (self.finding(), self.comparison.effect()) {
            (Finding::Higher | Finding::Lower, Some(effect)) => {
                format!("{level} ({})", change(effect.difference.point, self.kind))
            }
            (Finding::Possible | Finding::None, Some(effect)) => {
                format!("{level} ({})", interval(&effect.difference, self.kind))
            }
            _ => level.to_owned(),
        }
    }
}
