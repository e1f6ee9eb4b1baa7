//! From verdicts and guardrails to a label.

use serde::Serialize;

use super::super::comparison::{Comparison, Outcome, Verdict};
use super::super::effect::Effect;
use super::super::margin::MarginTest;
use super::super::metric_readout::MetricReadout;
use super::super::plan::{Goal, ReadoutPlan};
use super::super::trust::{CheckOutcome, TrustCheck};
use super::label::Label;
use super::needed::Needed;
use super::reason::{Harm, Reason};

/// A relative lift from which tracking is the first suspect (a change by half in either direction).
const SUSPICIOUS_LIFT: f64 = 0.5;

/// What one arm comes to, against the control.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Decision {
    pub arm: String,
    pub label: Label,
    pub reasons: Vec<Reason>,
    /// What is still needed, for an inconclusive arm.
    pub needed: Option<Needed>,
}

/// The decision on every arm but the control, from metrics whose verdicts are settled. `failed`: the checks
/// that stop it; `share`: the part of alpha that the group holds.
pub(in super::super) fn decisions(
    plan: &ReadoutPlan,
    metrics: &[MetricReadout],
    failed: &[&TrustCheck],
    share: f64,
) -> Vec<Decision> {
    let Some(metric) = metrics.get(plan.decision) else { return Vec::new() };
    let each = metric.comparisons.iter().enumerate();
    each.map(|(place, comparison)| {
        let arm = Arm { plan, metrics, place, comparison, failed, share };
        arm.decision()
    })
    .collect()
}

/// The checks that stop what `is_in_scope` says.
pub(in super::super) fn failed(
    checks: &[TrustCheck],
    is_in_scope: impl Fn(&TrustCheck) -> bool,
) -> Vec<&TrustCheck> {
    checks.iter().filter(|c| c.outcome == CheckOutcome::Failed && is_in_scope(c)).collect()
}

struct Arm<'a> {
    plan: &'a ReadoutPlan,
    metrics: &'a [MetricReadout],
    /// Of its comparison in every metric.
    place: usize,
    /// In the decision metric.
    comparison: &'a Comparison,
    failed: &'a [&'a TrustCheck],
    /// The part of alpha that this group's question holds.
    share: f64,
}

impl Arm<'_> {
    fn decision(&self) -> Decision {
        let (label, reasons) = self.label();
        let needed = (label == Label::Inconclusive).then(|| self.needed(&reasons)).flatten();
        Decision { arm: self.comparison.arm.clone(), label, reasons, needed }
    }

    fn label(&self) -> (Label, Vec<Reason>) {
        if !self.failed.is_empty() {
            let reason = |check: &&TrustCheck| Reason::FailedCheck {
                check: check.check,
                detail: check.detail.clone(),
            };
            return (Label::NotTrustworthy, self.failed.iter().map(reason).collect());
        }
        let (effect, p_adjusted) = match (&self.comparison.outcome, self.comparison.p_holm) {
            (Outcome::NoEstimate { no_estimate }, _) => {
                let why = no_estimate.clone();
                return (Label::TooLittleData, vec![Reason::NoEstimate { why }]);
            }
            (Outcome::Effect(_), None) => {
                let (n, minimum) = (self.comparison.smaller_n, self.plan.minimum_n);
                return (Label::TooLittleData, vec![Reason::TooFewRows { n, minimum }]);
            }
            (Outcome::Effect(effect), Some(p)) => (effect, p),
        };
        let (mut label, reason) = self.by_decision_metric(effect, p_adjusted);
        let mut reasons = vec![reason];
        let guardrails = self.guardrails();
        if label != Label::Loser {
            let is = |wanted: fn(&Reason) -> bool| guardrails.iter().any(wanted);
            if is(|r| matches!(r, Reason::GuardrailBroken { .. })) {
                label = Label::Loser;
            } else if is(|r| matches!(r, Reason::GuardrailOpen { .. })) && label == Label::Winner {
                label = Label::Inconclusive;
            }
        }
        reasons.extend(guardrails);
        reasons.extend(self.side_effects());
        // Hours are compared with an hour that may be a bad one: large lifts are what is looked for.
        reasons.extend(suspicion(effect).filter(|_| self.plan.hours.is_none()));
        (label, reasons)
    }

    fn by_decision_metric(&self, effect: &Effect, p_adjusted: f64) -> (Label, Reason) {
        let goal = self.plan.goals[self.plan.decision];
        let metric = self.metrics[self.plan.decision].metric.clone();
        let difference = effect.difference.point;
        let p =
            self.comparison.margin.map(|test| self.at_reading(test.p_equivalent, self.comparison));
        if let (Some(margin), Some(p)) = (goal.margin, p)
            && p <= self.plan.alpha
        {
            return (Label::PracticallyEqual, Reason::InsideMargin { metric, margin, p });
        }
        match self.comparison.verdict {
            Verdict::Higher | Verdict::Lower if goal.sign() * difference > 0.0 => {
                (Label::Winner, Reason::Better { metric, difference, p_adjusted })
            }
            Verdict::Higher | Verdict::Lower => {
                (Label::Loser, Reason::Worse { metric, difference, p_adjusted })
            }
            _ => (Label::Inconclusive, Reason::NoDifferenceShown { metric, p_adjusted }),
        }
    }

    /// This arm in every other metric.
    fn others(&self) -> impl Iterator<Item = (Goal, &MetricReadout, &Comparison)> {
        let all = self.plan.goals.iter().zip(self.metrics).enumerate();
        all.filter(|(index, _)| *index != self.plan.decision).filter_map(|(_, (goal, metric))| {
            Some((*goal, metric, metric.comparisons.get(self.place)?))
        })
    }

    fn guardrails(&self) -> Vec<Reason> {
        let of = |(goal, metric, comparison): (Goal, &MetricReadout, &Comparison)| {
            let margin = goal.margin.filter(|_| goal.is_guardrail)?;
            Some(self.guardrail(goal, margin, metric, comparison))
        };
        self.others().filter_map(of).collect()
    }

    fn guardrail(
        &self,
        goal: Goal,
        margin: f64,
        metric: &MetricReadout,
        comparison: &Comparison,
    ) -> Reason {
        let metric = metric.metric.clone();
        let harm = if goal.lower_is_better { Harm::Rise } else { Harm::Fall };
        let (Some(effect), Some(test)) = (comparison.effect(), comparison.margin) else {
            return Reason::GuardrailOpen { metric, margin, harm, p: None };
        };
        let p = self.at_reading(p_harmless(goal, &test), comparison);
        let p_broken = self.at_reading(1.0 - p_harmless(goal, &test), comparison);
        if p_broken <= self.plan.broken_alpha() && comparison.smaller_n >= self.plan.minimum_n {
            let difference = effect.difference.point;
            return Reason::GuardrailBroken { metric, margin, harm, difference };
        }
        if p <= self.plan.alpha && comparison.smaller_n >= self.plan.minimum_n {
            return Reason::GuardrailHolds { metric, margin, harm, p };
        }
        Reason::GuardrailOpen { metric, margin, harm, p: Some(p) }
    }

    fn at_reading(&self, p: f64, comparison: &Comparison) -> f64 {
        self.plan.reading.one_sided(p, comparison.both_n, self.plan.level)
    }

    fn side_effects(&self) -> Vec<Reason> {
        let of = |(goal, metric, comparison): (Goal, &MetricReadout, &Comparison)| {
            let difference = comparison.effect()?.difference.point;
            let is_found = matches!(comparison.verdict, Verdict::Higher | Verdict::Lower);
            let is_worse = is_found && goal.sign() * difference < 0.0;
            is_worse.then(|| Reason::SideEffect {
                metric: metric.metric.clone(),
                difference,
                p_adjusted: comparison.p_holm.unwrap_or(f64::NAN),
            })
        };
        self.others().filter_map(of).collect()
    }

    /// For the first open guardrail of a better arm, else for the decision metric.
    fn needed(&self, reasons: &[Reason]) -> Option<Needed> {
        let is_better = reasons.iter().any(|r| matches!(r, Reason::Better { .. }));
        let open = reasons.iter().find_map(|reason| match reason {
            Reason::GuardrailOpen { metric, .. } if is_better => Some(metric),
            _ => None,
        });
        let index = match open {
            Some(name) => self.metrics.iter().position(|metric| metric.metric == *name)?,
            None => self.plan.decision,
        };
        let metric = self.metrics.get(index)?;
        let comparison = metric.comparisons.get(self.place)?;
        Needed::of(self.plan, index, metric, comparison, self.share)
    }
}

/// Small if the metric is harmed by less than its margin.
fn p_harmless(goal: Goal, test: &MarginTest) -> f64 {
    if goal.lower_is_better { test.p_not_higher } else { test.p_not_lower }
}

fn suspicion(effect: &Effect) -> Option<Reason> {
    let lift = effect.relative_lift.as_ref()?.estimate.point;
    let is_found = effect.difference.excludes(0.0);
    (is_found && lift.is_finite() && lift.abs() > SUSPICIOUS_LIFT)
        .then_some(Reason::SuspiciouslyLarge { relative_lift: lift })
}
