//! One check.

use serde::Serialize;

/// What is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum TrustKind {
    /// The arms have the planned sizes.
    SampleRatio,
    /// So they have in each level of a segment column.
    SegmentRatio,
    /// So they have on each day, and at every day up to then.
    DailyRatio,
    /// Contacts are in one arm only.
    CrossedAssignments,
    /// Mail reached all arms alike.
    Delivery,
    /// The arms were alike before the experiment.
    BeforeTheStart,
    /// Machines opened mail of all arms alike.
    MachineOpens,
}

/// How a check ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CheckOutcome {
    Passed,
    /// Nothing in its scope can be read.
    Failed,
    /// Something is odd that does not touch the decision.
    Warned,
    /// The data do not say; `detail` has what is missing.
    NotRun,
}

/// What a failed check takes with it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum CheckScope {
    Experiment,
    SegmentColumn(String),
}

/// One check with its answer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TrustCheck {
    pub check: TrustKind,
    pub scope: CheckScope,
    pub outcome: CheckOutcome,
    /// The smallest p-value of the check's tests, as they are; held against `alpha`.
    pub p: Option<f64>,
    /// The alarm level, divided by the number of tests.
    pub alpha: Option<f64>,
    /// In plain words: what was compared, and what was found.
    pub detail: String,
}

impl TrustCheck {
    /// True if it takes every verdict of the experiment with it.
    pub fn stops_everything(&self) -> bool {
        self.outcome == CheckOutcome::Failed && self.scope == CheckScope::Experiment
    }

    /// True if it takes the verdicts of this segment column with it.
    pub fn stops_column(&self, column: &str) -> bool {
        let is_of_column = matches!(&self.scope, CheckScope::SegmentColumn(name) if name == column);
        self.outcome == CheckOutcome::Failed && is_of_column
    }

    pub(super) fn not_run(check: TrustKind, detail: &str) -> TrustCheck {
        TrustCheck {
            check,
            scope: CheckScope::Experiment,
            outcome: CheckOutcome::NotRun,
            p: None,
            alpha: None,
            detail: detail.to_owned(),
        }
    }
}
