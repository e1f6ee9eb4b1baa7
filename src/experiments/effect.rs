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
pub enum NoEstimate {
    #[error("no estimate: the {arm} arm has no rows")]
    NoRows { arm: Side },
    #[error("no estimate: the {arm} arm has one row, so no variance")]
    OneRow { arm: Side },
}

impl NoEstimate {
    /// The same, with the arms' own names.
    pub fn with_names(self, control: &str, treatment: &str) -> String {
        let name = |arm| match arm {
            Side::Control => control,
            Side::Treatment => treatment,
        };
        match self {
            NoEstimate::NoRows { arm } => format!("no estimate: arm `{}` has no rows", name(arm)),
            NoEstimate::OneRow { arm } => {
                format!("no estimate: arm `{}` has one row, so no variance", name(arm))
            }
        }
    }
}

impl From<NoEstimate> for crate::error::Error {
    fn from(reason: NoEstimate) -> Self {
        crate::error::Error::data(reason.to_string())
    }
}
