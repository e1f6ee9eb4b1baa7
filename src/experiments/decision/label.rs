//! What an arm comes to.

use std::fmt;

use serde::Serialize;

/// What to do about an arm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Label {
    /// Better than the control on the decision metric, and every guardrail holds.
    Winner,
    /// Worse than the control on the decision metric, or a guardrail is broken.
    Loser,
    /// Shown to differ by less than the margin.
    PracticallyEqual,
    /// Neither shown; the decision says how many recipients are still needed.
    Inconclusive,
    TooLittleData,
    /// A check failed: nothing that the arms did can be read.
    NotTrustworthy,
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Label::Winner => "winner",
            Label::Loser => "loser",
            Label::PracticallyEqual => "practically equal",
            Label::Inconclusive => "inconclusive",
            Label::TooLittleData => "too little data",
            Label::NotTrustworthy => "not trustworthy",
        })
    }
}
