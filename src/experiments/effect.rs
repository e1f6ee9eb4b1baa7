//! What one treatment arm did against the control, in one metric.

use std::fmt;

use serde::Serialize;

use super::lift::RelativeLift;
use crate::estimate::Estimate;

/// The difference between two arms, with one p-value that agrees with both intervals.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Effect {
    /// Treatment minus control.
    pub difference: Estimate,
    /// `None` where the method gives none (no spread in either arm).
    pub relative_lift: Option<RelativeLift>,
    pub statistic: Statistic,
    /// Degrees of freedom, where the reference distribution has any.
    pub df: Option<f64>,
    /// Two-sided.
    pub p: f64,
    /// ln p, finite where `p` underflows; minus infinity only if p is exactly zero.
    pub ln_p: f64,
    /// Which test `p` comes from.
    pub p_method: &'static str,
    /// Neither arm varies at all: `p` is 0 or 1 by definition, not by a distribution.
    pub degenerate: bool,
}

/// A test statistic under the name that the field knows it by.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Statistic {
    pub name: &'static str,
    pub value: f64,
}

/// Which of the two arms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Side {
    Control,
    Treatment,
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Side::Control => "control",
            Side::Treatment => "treatment",
        })
    }
}

/// Why two arms cannot be compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(rename_all = "kebab-case", tag = "reason")]
#[error("{}", self.sentence(&format!("the {} arm", self.arm())))]
pub enum NoEstimate {
    NoRows {
        arm: Side,
    },
    OneRow {
        arm: Side,
    },
    /// A ratio over nothing.
    NoDenominator {
        arm: Side,
    },
    /// A quantile whose bounds would lie beyond the first or the last of the rows.
    FewRows {
        arm: Side,
        needed: u64,
    },
    /// A quantile in the midst of equal values.
    TiedQuantile {
        arm: Side,
    },
}

impl NoEstimate {
    /// The arm that stands in the way.
    pub fn arm(&self) -> Side {
        match *self {
            NoEstimate::NoRows { arm }
            | NoEstimate::OneRow { arm }
            | NoEstimate::NoDenominator { arm }
            | NoEstimate::FewRows { arm, .. }
            | NoEstimate::TiedQuantile { arm } => arm,
        }
    }

    /// The same, with the arms' own names.
    pub fn with_names(self, control: &str, treatment: &str) -> String {
        let name = match self.arm() {
            Side::Control => control,
            Side::Treatment => treatment,
        };
        self.sentence(&format!("arm `{name}`"))
    }

    fn sentence(&self, arm: &str) -> String {
        match self {
            NoEstimate::NoRows { .. } => format!("no estimate: {arm} has no rows"),
            NoEstimate::OneRow { .. } => format!("no estimate: {arm} has one row, so no variance"),
            NoEstimate::NoDenominator { .. } => {
                format!("no estimate: the denominators of {arm} add up to nothing")
            }
            NoEstimate::FewRows { needed, .. } => {
                format!("no estimate: {arm} has fewer than the {needed} rows this quantile needs")
            }
            NoEstimate::TiedQuantile { .. } => {
                format!("no estimate: the quantile of {arm} lies among equal values")
            }
        }
    }
}

impl From<NoEstimate> for crate::error::Error {
    fn from(reason: NoEstimate) -> Self {
        crate::error::Error::data(reason.to_string())
    }
}
