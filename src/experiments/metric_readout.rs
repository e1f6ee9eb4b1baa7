//! One metric in all arms of one group of recipients.

use serde::Serialize;

use super::arms::{Omnibus, pearson, welch_anova};
use super::comparison::{Comparison, Outcome, Verdict};
use super::counts::Counts;
use super::effect::{Effect, NoEstimate};
use super::level::Level;
use super::margin::{MarginTest, mean_margin, rate_margin};
use super::means::{Sample, compare_means};
use super::moments::Moments;
use super::plan::ReadoutPlan;
use super::rates::compare_rates;
use super::spec::MetricKind;
use super::tally::{ArmCells, Cell, Sums};
use super::warning::Warning;
use crate::estimate::Estimate;

/// One metric: each arm by itself, each arm against the control, and all arms at once.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MetricReadout {
    pub metric: String,
    pub kind: MetricKind,
    pub arms: Vec<ArmMetric>,
    pub comparisons: Vec<Comparison>,
    /// Whether the arms differ at all; `None` where no such test exists for these data.
    pub omnibus: Option<Omnibus>,
    pub warnings: Vec<Warning>,
}

/// One metric in one arm.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ArmMetric {
    pub arm: String,
    /// Rows with a value: the denominator.
    pub n: u64,
    pub missing: u64,
    /// The numerator of a proportion.
    pub successes: Option<u64>,
    /// The numerator of a mean.
    pub sum: Option<f64>,
    /// The rate or the mean; `None` without rows.
    pub estimate: Option<Estimate>,
}

impl MetricReadout {
    pub(super) fn of(plan: &ReadoutPlan, index: usize, arms: &[ArmCells]) -> MetricReadout {
        let spec = &plan.spec.metrics()[index];
        let cells: Vec<(&str, &Cell)> = plan
            .spec
            .arms()
            .iter()
            .zip(arms)
            .filter_map(|(name, arm)| Some((name.as_str(), arm.metrics.get(index)?)))
            .collect();
        let comparisons = cells.get(plan.control).map_or(Vec::new(), |control| {
            let others = cells.iter().enumerate().filter(|(arm, _)| *arm != plan.control);
            others.map(|(_, arm)| comparison(plan, index, *control, *arm)).collect()
        });
        let mut warnings = warnings(&spec.name, &cells);
        warnings.extend(comparisons.iter().filter_map(|c| no_spread(&spec.name, c)));
        MetricReadout {
            metric: spec.name.clone(),
            kind: spec.kind,
            arms: cells.iter().map(|(arm, cell)| arm_metric(arm, cell, plan.level)).collect(),
            comparisons,
            omnibus: omnibus(spec.kind, &cells),
            warnings,
        }
    }
}

fn arm_metric(arm: &str, cell: &Cell, level: Level) -> ArmMetric {
    let (successes, sum, estimate) = match &cell.sums {
        Sums::Counts(counts) => (Some(counts.successes()), None, counts.wilson(level)),
        Sums::Moments(moments) => {
            (None, Some(moments.sum()), Sample::from(&**moments).estimate(level))
        }
    };
    let (n, missing) = (cell.sums.n(), cell.missing);
    ArmMetric { arm: arm.to_owned(), n, missing, successes, sum, estimate }
}

/// Without a verdict yet: that needs the whole family.
fn comparison(
    plan: &ReadoutPlan,
    index: usize,
    control: (&str, &Cell),
    arm: (&str, &Cell),
) -> Comparison {
    let (control, control_sums) = (control.0, &control.1.sums);
    let (arm, arm_sums) = (arm.0, &arm.1.sums);
    let is_rate = plan.spec.metrics()[index].kind == MetricKind::Proportion;
    let both_n = control_sums.n() + arm_sums.n();
    let outcome = match effect(control_sums, arm_sums, plan.level) {
        Ok(effect) => Outcome::Effect(effect),
        Err(reason) => Outcome::NoEstimate { no_estimate: reason.with_names(control, arm) },
    };
    let any_time = match &outcome {
        Outcome::Effect(effect) => plan.reading.any_time(effect, both_n, plan.level),
        Outcome::NoEstimate { .. } => None,
    };
    Comparison {
        arm: arm.to_owned(),
        smaller_n: control_sums.n().min(arm_sums.n()),
        both_n,
        any_time,
        margin: match (&outcome, plan.goals[index].margin) {
            // Without any spread in either arm a t test says nothing about a margin.
            (Outcome::Effect(effect), Some(m)) if !effect.degenerate || is_rate => {
                margin(control_sums, arm_sums, m)
            }
            _ => None,
        },
        outcome,
        p_holm: None,
        verdict: Verdict::TooLittleData,
    }
}

fn margin(control: &Sums, treatment: &Sums, margin: f64) -> Option<MarginTest> {
    match (control, treatment) {
        (Sums::Counts(control), Sums::Counts(treatment)) => rate_margin(control, treatment, margin),
        _ => mean_margin(&sample(control), &sample(treatment), margin),
    }
    .ok()
}

fn effect(control: &Sums, treatment: &Sums, level: Level) -> Result<Effect, NoEstimate> {
    match (control, treatment) {
        (Sums::Counts(control), Sums::Counts(treatment)) => {
            compare_rates(control, treatment, level)
        }
        _ => compare_means(&sample(control), &sample(treatment), level),
    }
}

fn sample(sums: &Sums) -> Sample {
    match sums {
        Sums::Moments(moments) => Sample::from(&**moments),
        Sums::Counts(_) => Sample::from(&Moments::default()),
    }
}

fn omnibus(kind: MetricKind, cells: &[(&str, &Cell)]) -> Option<Omnibus> {
    match kind {
        MetricKind::Proportion => pearson(&counts(cells)),
        MetricKind::Mean => {
            welch_anova(&cells.iter().map(|(_, cell)| sample(&cell.sums)).collect::<Vec<_>>())
        }
    }
}

fn counts(cells: &[(&str, &Cell)]) -> Vec<Counts> {
    let counts = |(_, cell): &(&str, &Cell)| match &cell.sums {
        Sums::Counts(counts) => Some(*counts),
        Sums::Moments(_) => None,
    };
    cells.iter().filter_map(counts).collect()
}

fn warnings(metric: &str, cells: &[(&str, &Cell)]) -> Vec<Warning> {
    let of_arm = |(arm, cell): &(&str, &Cell)| {
        let sums = match &cell.sums {
            Sums::Counts(counts) => Warning::few_conversions(metric, arm, counts),
            Sums::Moments(moments) => Warning::skewed_mean(metric, arm, moments),
        };
        [sums, Warning::missing_values(metric, arm, cell.missing)]
    };
    let by_arm = cells.iter().flat_map(of_arm).flatten();
    by_arm.chain(Warning::small_expected(metric, &counts(cells))).collect()
}

fn no_spread(metric: &str, comparison: &Comparison) -> Option<Warning> {
    let effect = comparison.effect()?;
    effect
        .degenerate
        .then(|| Warning::NoSpread { metric: metric.to_owned(), arm: comparison.arm.clone() })
}
