//! A readout's settings, checked against the experiment's arms and metrics.

use super::bayes::BetaPrior;
use super::level::Level;
use super::reading::Reading;
use super::spec::TallySpec;

/// Checked settings: names are positions, and every number is in its range.
#[derive(Debug, Clone, PartialEq)]
pub struct ReadoutPlan {
    pub(super) name: String,
    pub(super) control: usize,
    pub(super) weights: Vec<f64>,
    pub(super) level: Level,
    /// What adjusted p-values are held against at this look.
    pub(super) alpha: f64,
    /// The same over all looks.
    pub(super) planned_alpha: f64,
    pub(super) srm_alpha: f64,
    pub(super) decision: usize,
    pub(super) minimum_n: u64,
    /// By metric.
    pub(super) goals: Vec<Goal>,
    pub(super) wanted_lift: f64,
    pub(super) power: f64,
    pub(super) reading: Reading,
    pub(super) prior: BetaPrior,
    /// The local hour of each arm, for a send-time experiment.
    pub(super) hours: Option<Vec<f64>>,
    pub(super) seed: u64,
    pub(super) spec: TallySpec,
}

/// The part of the error probability that broken guardrails hold, where there are any; the decision metric
/// holds the rest.
const GUARDRAIL_SHARE: f64 = 0.1;

impl ReadoutPlan {
    fn guardrails(&self) -> usize {
        self.goals.iter().filter(|goal| goal.is_guardrail).count()
    }

    /// What adjusted p-values of the decision metric are held against.
    pub(super) fn decision_alpha(&self) -> f64 {
        if self.guardrails() == 0 { self.alpha } else { self.alpha * (1.0 - GUARDRAIL_SHARE) }
    }

    /// What the p-value of one broken guardrail is held against: all arms, guardrails and segments share
    /// their part of alpha (Bonferroni).
    pub(super) fn broken_alpha(&self) -> f64 {
        let groups: usize = self.spec.segments().iter().map(|column| column.levels.len()).sum();
        let tests = (self.spec.arms().len() - 1) * self.guardrails() * (groups + 1);
        self.alpha * GUARDRAIL_SHARE / tests.max(1) as f64
    }
}

/// What is wanted of a metric.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Goal {
    pub lower_is_better: bool,
    pub is_guardrail: bool,
    /// A difference that matters, in the metric's own unit.
    pub margin: Option<f64>,
}

impl Goal {
    /// 1 where more is better, -1 where less is.
    pub fn sign(self) -> f64 {
        if self.lower_is_better { -1.0 } else { 1.0 }
    }
}
