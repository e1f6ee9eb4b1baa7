//! What an open question still asks for.

use serde::Serialize;

use super::super::comparison::Comparison;
use super::super::design::{DesignParams, Interim, Sides};
use super::super::metric_readout::{ArmMetric, MetricReadout};
use super::super::plan::ReadoutPlan;
use super::super::spec::MetricKind;

/// Recipients that are still needed, if the arm and the control go on as they are.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Needed {
    pub metric: String,
    /// The difference to be found, in the metric's own unit.
    pub difference: f64,
    pub power: f64,
    /// The chance of finding it with the recipients so far.
    pub power_now: f64,
    /// Further recipients of both arms together; `None` if they cannot be counted.
    pub recipients: Option<u64>,
}

impl Needed {
    /// `share`: the part of alpha that the question holds, before anything passes its part on.
    ///
    /// For the margin where the metric has one (a guardrail: one-sided), else for the wanted lift over the
    /// control. `None` where nothing varies yet, or the control has nothing to lift, or no room to rise.
    pub(super) fn of(
        plan: &ReadoutPlan,
        index: usize,
        metric: &MetricReadout,
        comparison: &Comparison,
        share: f64,
    ) -> Option<Needed> {
        let goal = plan.goals[index];
        let control = arm(metric, &plan.spec.arms()[plan.control])?;
        let treatment = arm(metric, &comparison.arm)?;
        let wanted = || (control.estimate.as_ref().map(|e| e.point * plan.wanted_lift))?.into();
        let difference: f64 = goal.margin.or_else(wanted)?.abs();
        let sides = if goal.is_guardrail { Sides::One } else { Sides::Two };
        let arms = if goal.is_guardrail { 2 } else { plan.spec.arms().len() };
        let share = if goal.is_guardrail { 1.0 } else { share };
        let design = DesignParams::new().alpha(share * plan.planned_alpha).power(plan.power);
        let design = design.sides(sides).arms(arms).check().ok()?;
        let variance = variance(metric.kind, control, treatment, comparison)?;
        let interim = Interim::new(comparison.both_n, variance).ok()?;
        let is_rate = metric.kind == MetricKind::Proportion;
        let beyond =
            is_rate && control.estimate.as_ref().is_some_and(|e| e.point + difference >= 1.0);
        if difference <= 0.0 || beyond {
            return None;
        }
        let remaining = interim.remaining(&design, difference);
        Some(Needed {
            metric: metric.metric.clone(),
            difference,
            power: plan.power,
            power_now: remaining.power_now,
            recipients: remaining.recipients,
        })
    }
}

fn arm<'a>(metric: &'a MetricReadout, name: &str) -> Option<&'a ArmMetric> {
    metric.arms.iter().find(|arm| arm.arm == name)
}

/// The variance of the difference; of rates with half a success and half a failure more, so that an arm
/// without successes has one.
fn variance(
    kind: MetricKind,
    control: &ArmMetric,
    treatment: &ArmMetric,
    comparison: &Comparison,
) -> Option<f64> {
    if kind == MetricKind::Mean {
        return comparison.effect()?.difference.std_error.map(|se| se * se);
    }
    let of_arm = |arm: &ArmMetric| {
        let n = arm.n as f64 + 1.0;
        let rate = (arm.successes? as f64 + 0.5) / n;
        Some(rate * (1.0 - rate) / n)
    };
    Some(of_arm(control)? + of_arm(treatment)?)
}
