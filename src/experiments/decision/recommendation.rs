//! What to do, in one sentence a label.

use super::super::plan::ReadoutPlan;
use super::super::spec::MetricKind;
use super::super::trust::TrustCheck;
use super::super::words::{amount, count, listed, percent};
use super::decide::Decision;
use super::label::Label;
use super::reason::Reason;

/// The decisions on all arms as advice. `failed`: the checks that stop the whole experiment; `p_best`: the
/// probability of each arm to be the best, where there is one.
pub(in super::super) fn recommendation(
    plan: &ReadoutPlan,
    decisions: &[Decision],
    failed: &[&TrustCheck],
    p_best: impl Fn(&str) -> Option<f64>,
) -> String {
    if !failed.is_empty() {
        return "Do not act on this experiment: a check of the data failed.".to_owned();
    }
    let advice = Advice { plan, decisions };
    let parts = [
        advice.winners(p_best),
        advice.losers(),
        advice.equals(),
        advice.open(),
        advice.too_little(),
        advice.caution(),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

struct Advice<'a> {
    plan: &'a ReadoutPlan,
    decisions: &'a [Decision],
}

impl Advice<'_> {
    fn with(&self, label: Label) -> Vec<&Decision> {
        self.decisions.iter().filter(|decision| decision.label == label).collect()
    }

    fn names(&self, label: Label) -> Option<String> {
        let names: Vec<&str> = self.with(label).iter().map(|d| d.arm.as_str()).collect();
        (!names.is_empty()).then(|| listed(&names))
    }

    fn control(&self) -> &str {
        &self.plan.spec.arms()[self.plan.control]
    }

    fn metric(&self) -> &str {
        &self.plan.spec.metrics()[self.plan.decision].name
    }

    fn winners(&self, p_best: impl Fn(&str) -> Option<f64>) -> Option<String> {
        let names = self.names(Label::Winner)?;
        let (control, metric) = (self.control(), self.metric());
        let winners = self.with(Label::Winner);
        if winners.len() == 1 {
            return Some(format!("Winner: {names}, better than {control} in {metric}."));
        }
        let gain = |d: &&&Decision| self.gain(d);
        let best = winners.iter().max_by(|a, b| gain(a).total_cmp(&gain(b)))?;
        let sure = p_best(&best.arm).map_or(String::new(), |p| {
            format!(", and is the best of all arms with a probability of {}", probability(p))
        });
        Some(format!(
            "Winners: {names}, each better than {control} in {metric}; {} leads{sure}.",
            best.arm
        ))
    }

    /// How much better than the control, for the arms that are.
    fn gain(&self, decision: &Decision) -> f64 {
        let sign = self.plan.goals[self.plan.decision].sign();
        let better = decision.reasons.iter().find_map(|reason| match reason {
            Reason::Better { difference, .. } => Some(sign * difference),
            _ => None,
        });
        better.unwrap_or(f64::NEG_INFINITY)
    }

    fn losers(&self) -> Option<String> {
        let names = self.names(Label::Loser)?;
        let broken = self.with(Label::Loser).into_iter().filter_map(|decision| {
            let metric = decision.reasons.iter().find_map(|reason| match reason {
                Reason::GuardrailBroken { metric, .. } => Some(metric),
                _ => None,
            })?;
            Some(format!(" {} breaks the guardrail {metric}.", decision.arm))
        });
        let broken: String = broken.collect();
        let is_worse = |d: &&Decision| d.reasons.iter().any(|r| matches!(r, Reason::Worse { .. }));
        let why = match self.with(Label::Loser).iter().all(is_worse) {
            true => format!(", worse than {} in {}", self.control(), self.metric()),
            false => String::new(),
        };
        Some(format!("Do not send {names}{why}.{broken}"))
    }

    fn equals(&self) -> Option<String> {
        let names = self.names(Label::PracticallyEqual)?;
        let margin = self.plan.goals[self.plan.decision].margin?;
        Some(format!(
            "Practically equal: {names} and {} differ in {} by less than the margin of {}; choose \
             by other reasons.",
            self.control(),
            self.metric(),
            amount(margin, self.kind(self.metric()))
        ))
    }

    fn kind(&self, metric: &str) -> MetricKind {
        let found = self.plan.spec.metrics().iter().find(|m| m.name == metric);
        found.map_or(MetricKind::Mean, |m| m.kind)
    }

    fn open(&self) -> Option<String> {
        let open = self.with(Label::Inconclusive);
        if open.len() > 1 {
            let names = self.names(Label::Inconclusive)?;
            let needed = open.iter().filter_map(|d| d.needed.as_ref()?.recipients);
            let most = needed.filter(|recipients| *recipients > 0).max();
            let most = most.map_or(String::new(), |n| {
                format!(
                    "; up to {} further recipients are needed to decide on one of them",
                    count(n)
                )
            });
            return Some(format!("Not decided: {names}{most}."));
        }
        let sentences: Vec<String> = open.into_iter().map(|d| self.open_arm(d)).collect();
        (!sentences.is_empty()).then(|| sentences.join(" "))
    }

    fn open_arm(&self, decision: &Decision) -> String {
        let guardrail = decision.reasons.iter().find_map(|reason| match reason {
            Reason::GuardrailOpen { metric, .. } => Some(metric),
            _ => None,
        });
        let is_better = decision.reasons.iter().any(|r| matches!(r, Reason::Better { .. }));
        let start = match guardrail.filter(|_| is_better) {
            Some(guardrail) => format!(
                "Not decided: {} is better in {}, but that {guardrail} stays within its margin is \
                 not shown yet",
                decision.arm,
                self.metric()
            ),
            None => format!("Not decided: {}", decision.arm),
        };
        format!("{start}{}.", self.needed(decision))
    }

    fn needed(&self, decision: &Decision) -> String {
        let Some(needed) = &decision.needed else { return String::new() };
        let difference = amount(needed.difference, self.kind(&needed.metric));
        match needed.recipients {
            Some(0) => format!(
                "; these recipients would have found a difference of {difference} in {} with a \
                 probability of {}",
                needed.metric,
                probability(needed.power_now)
            ),
            Some(recipients) => format!(
                "; about {} further recipients of both arms are needed to find a difference of \
                 {difference} in {} with a probability of {}",
                count(recipients),
                needed.metric,
                probability(needed.power)
            ),
            None => String::new(),
        }
    }

    fn too_little(&self) -> Option<String> {
        Some(format!("Too little data: {}.", self.names(Label::TooLittleData)?))
    }

    fn caution(&self) -> Option<String> {
        let side = self.decisions.iter().flat_map(|decision| {
            decision.reasons.iter().filter_map(|reason| match reason {
                Reason::SideEffect { metric, .. } if decision.label == Label::Winner => {
                    Some(format!("{} is worse in {metric}.", decision.arm))
                }
                _ => None,
            })
        });
        let large = |d: &&Decision| {
            let found = |r: &Reason| matches!(r, Reason::SuspiciouslyLarge { .. });
            matches!(d.label, Label::Winner | Label::Loser) && d.reasons.iter().any(found)
        };
        let large: Vec<&str> =
            self.decisions.iter().filter(large).map(|d| d.arm.as_str()).collect();
        let large = (!large.is_empty()).then(|| {
            format!(
                "The difference of {} is so large that tracking should be checked before it is believed.",
                listed(&large)
            )
        });
        let all: Vec<String> = side.chain(large).collect();
        (!all.is_empty()).then(|| all.join(" "))
    }
}

fn probability(p: f64) -> String {
    const NEARLY: f64 = 0.9999;
    if p > NEARLY {
        return "more than 99.99%".to_owned();
    }
    percent(p)
}
