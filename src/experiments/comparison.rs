//! One arm against the control in one metric, with its verdict.

use serde::Serialize;

use super::effect::Effect;

/// What a comparison comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Above the control, by the adjusted p-value.
    Higher,
    /// Below the control, by the adjusted p-value.
    Lower,
    /// No difference found; the interval says what remains possible.
    Inconclusive,
    /// An arm is empty or below the minimum.
    TooLittleData,
    /// The split itself is broken, so no difference between the arms means anything.
    NotTrustworthy,
}

/// One arm against the control in one metric.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Comparison {
    pub arm: String,
    /// Rows with a value in the smaller of the two arms.
    pub smaller_n: u64,
    #[serde(flatten)]
    pub outcome: Outcome,
    /// Holm's adjusted p-value in the family that the readout names; `None` outside of it.
    pub p_holm: Option<f64>,
    pub verdict: Verdict,
}

/// An effect, or why there is none.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Outcome {
    Effect(Effect),
    NoEstimate { no_estimate: String },
}

impl Comparison {
    /// The effect, if there is one.
    pub fn effect(&self) -> Option<&Effect> {
        match &self.outcome {
            Outcome::Effect(effect) => Some(effect),
            Outcome::NoEstimate { .. } => None,
        }
    }
}
