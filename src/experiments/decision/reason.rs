//! Why an arm has its label.

use serde::Serialize;

use super::super::trust::TrustKind;

/// In which direction a metric is harmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Harm {
    Rise,
    Fall,
}

/// One reason, with its numbers. Differences are treatment less control, in the metric's own unit.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "reason")]
pub enum Reason {
    /// The decision metric is better than the control's, by the adjusted p-value.
    Better {
        metric: String,
        difference: f64,
        p_adjusted: f64,
    },
    /// It is worse.
    Worse {
        metric: String,
        difference: f64,
        p_adjusted: f64,
    },
    /// Neither is shown.
    NoDifferenceShown {
        metric: String,
        p_adjusted: f64,
    },
    /// Both one-sided tests put it inside the margin.
    InsideMargin {
        metric: String,
        margin: f64,
        p: f64,
    },
    /// A guardrail is shown to be harmed by less than its margin.
    GuardrailHolds {
        metric: String,
        margin: f64,
        harm: Harm,
        p: f64,
    },
    /// Whether a guardrail is harmed by its margin or more is not known.
    GuardrailOpen {
        metric: String,
        margin: f64,
        harm: Harm,
        p: Option<f64>,
    },
    /// A guardrail is shown to be harmed by more than its margin.
    GuardrailBroken {
        metric: String,
        margin: f64,
        harm: Harm,
        difference: f64,
    },
    /// A metric that does not decide is worse, by its adjusted p-value.
    SideEffect {
        metric: String,
        difference: f64,
        p_adjusted: f64,
    },
    /// So large a lift is more often a fault of tracking than a finding.
    SuspiciouslyLarge {
        relative_lift: f64,
    },
    TooFewRows {
        n: u64,
        minimum: u64,
    },
    NoEstimate {
        why: String,
    },
    FailedCheck {
        check: TrustKind,
        detail: String,
    },
}
