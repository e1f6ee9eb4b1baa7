//! Relative lift, whose interval need not be an interval.

use serde::Serialize;

use crate::estimate::Estimate;

/// The shape of a confidence set for a relative lift.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum SetKind {
    /// From `low` to `high`.
    Bounded,
    /// From `low` upwards without end: the control may be zero.
    UnboundedAbove,
    /// Everything *outside* `low` to `high`: the control is not distinguishable from zero, but the
    /// treatment is.
    Complement,
    /// Every value: the data say nothing about the ratio.
    WholeLine,
    /// No estimate: the control is zero.
    Undefined,
}

/// treatment / control - 1, with the shape of its confidence set. An interval of any other kind
/// than bounded must not be shown without saying so.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RelativeLift {
    pub kind: SetKind,
    /// For a complement, `low` and `high` enclose the values that are *rejected*.
    pub estimate: Estimate,
}

impl RelativeLift {
    /// True if the confidence set leaves out a lift of zero.
    pub fn excludes_zero(&self) -> bool {
        match self.kind {
            SetKind::Bounded | SetKind::UnboundedAbove => self.estimate.excludes(0.0),
            SetKind::Complement => self.estimate.low < 0.0 && self.estimate.high > 0.0,
            SetKind::WholeLine | SetKind::Undefined => false,
        }
    }
}
