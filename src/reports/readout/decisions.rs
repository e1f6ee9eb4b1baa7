//! What to do about every arm, and why.

use crate::experiments::{Decision, Harm, Label, MetricKind, Needed, Readout, Reason};

use super::super::{Cell, Column, Table, number};
use super::section::slug;

/// Every arm but the control: its label, why, and what is still needed.
pub fn decisions_table(readout: &Readout) -> Table {
    let rows = readout.decisions.iter().map(|decision| {
        vec![
            Cell::text(&*decision.arm),
            Cell::text(decision.label.to_string()),
            Cell::text(reasons(readout, decision)),
            p_best(readout, &decision.arm),
            loss(readout, &decision.arm),
            needed(decision),
        ]
    });
    Table {
        name: format!("{}-decisions", slug(&readout.name)),
        caption: format!("What each arm comes to against {}", readout.control),
        columns: vec![
            Column::text("Arm"),
            Column::text("Decision"),
            Column::text("Why"),
            Column::number("P(best of all arms)"),
            Column::number("Expected loss if chosen"),
            Column::number("Further recipients needed"),
        ],
        rows: rows.collect(),
    }
}

fn p_best(readout: &Readout, arm: &str) -> Cell {
    if !readout.is_trustworthy() {
        return Cell::missing("not trustworthy");
    }
    match bayes_arm(readout, arm) {
        Some(found) => Cell::Percent { value: found.p_best, decimals: 1 },
        None => Cell::missing("for rates only"),
    }
}

fn loss(readout: &Readout, arm: &str) -> Cell {
    if !readout.is_trustworthy() {
        return Cell::missing("not trustworthy");
    }
    match bayes_arm(readout, arm) {
        Some(found) => {
            Cell::text(format!("{} pp", number::decimal(100.0 * found.expected_loss, 3)))
        }
        None => Cell::missing("for rates only"),
    }
}

fn bayes_arm<'a>(
    readout: &'a Readout,
    arm: &str,
) -> Option<&'a crate::experiments::bayes::BayesArm> {
    let place = readout.arms.iter().position(|a| a.arm == arm)?;
    readout.bayes.as_ref()?.arms.get(place)
}

fn needed(decision: &Decision) -> Cell {
    match (&decision.needed, decision.label) {
        (Some(Needed { recipients: Some(recipients), .. }), _) => Cell::Count(*recipients),
        (Some(_), _) => Cell::missing("more than can be counted"),
        (None, Label::Inconclusive) => Cell::missing("not known: the control cannot rise by that"),
        (None, _) => Cell::missing("nothing is open"),
    }
}

/// All reasons of a decision, in words.
pub(super) fn reasons(readout: &Readout, decision: &Decision) -> String {
    let words: Vec<String> = decision.reasons.iter().map(|r| reason(readout, r)).collect();
    words.join("; ")
}

fn reason(readout: &Readout, reason: &Reason) -> String {
    let amount = |metric: &str, value: f64| amount(readout, metric, value);
    match reason {
        Reason::Better { metric, difference, p_adjusted } => format!(
            "{metric} better by {}, adjusted {}",
            amount(metric, difference.abs()),
            number::p_value(*p_adjusted)
        ),
        Reason::Worse { metric, difference, p_adjusted } => format!(
            "{metric} worse by {}, adjusted {}",
            amount(metric, difference.abs()),
            number::p_value(*p_adjusted)
        ),
        Reason::NoDifferenceShown { metric, p_adjusted } => {
            format!("no difference in {metric} shown, adjusted {}", number::p_value(*p_adjusted))
        }
        Reason::InsideMargin { metric, margin, p } => format!(
            "{metric} differs by less than {} ({})",
            amount(metric, *margin),
            number::p_value(*p)
        ),
        Reason::GuardrailHolds { metric, margin, harm, p } => format!(
            "{metric} does not {} by {} or more ({})",
            direction(*harm),
            amount(metric, *margin),
            number::p_value(*p)
        ),
        Reason::GuardrailOpen { metric, margin, harm, .. } => format!(
            "that {metric} does not {} by {} or more is not shown",
            direction(*harm),
            amount(metric, *margin)
        ),
        Reason::GuardrailBroken { metric, margin, harm, .. } => {
            format!(
                "{metric} is shown to {} by more than {}",
                direction(*harm),
                amount(metric, *margin)
            )
        }
        Reason::SideEffect { metric, difference, p_adjusted } => format!(
            "{metric} worse by {}, adjusted {}",
            amount(metric, difference.abs()),
            number::p_value(*p_adjusted)
        ),
        Reason::SuspiciouslyLarge { relative_lift } => {
            format!("a lift of {} is suspiciously large", number::percent(*relative_lift, 0))
        }
        Reason::TooFewRows { n, minimum } => {
            format!("{} rows in the smaller arm, {minimum} are asked for", number::count(*n))
        }
        Reason::NoEstimate { why } => why.clone(),
        Reason::FailedCheck { detail, .. } => detail.clone(),
    }
}

fn amount(readout: &Readout, metric: &str, value: f64) -> String {
    let kind = readout.metrics.iter().find(|m| m.metric == metric).map(|m| m.kind);
    match kind {
        Some(MetricKind::Proportion) => format!("{} pp", digits(100.0 * value)),
        _ => digits(value),
    }
}

/// More decimals for what would be nothing with two.
fn digits(value: f64) -> String {
    number::decimal(value, if value.abs() < 0.1 { 4 } else { 2 })
}

fn direction(harm: Harm) -> &'static str {
    match harm {
        Harm::Rise => "rise",
        Harm::Fall => "fall",
    }
}
