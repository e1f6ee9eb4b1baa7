//! One arm against the control in one metric, with its verdict.

use serde::Serialize;

use super::effect::Effect;
use super::margin::MarginTest;

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
    /// Rows with a value in both arms.
    pub both_n: u64,
    #[serde(flatten)]
    pub outcome: Outcome,
    /// What holds however often the result is read; `None` for a result that is read once or at planned looks.
    pub any_time: Option<AnyTime>,
    /// Against the metric's margin, where one was set.
    pub margin: Option<MarginTest>,
    /// Holm's adjusted p-value in the family that the readout names; `None` outside of it.
    pub p_holm: Option<f64>,
    pub verdict: Verdict,
}

/// An always-valid p-value, and bounds that hold at all times at once.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct AnyTime {
    pub p: f64,
    pub low: f64,
    pub high: f64,
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

    /// The p-value that the family corrects: the always-valid one where the result may be read at any time.
    pub(super) fn p(&self) -> Option<f64> {
        let effect = self.effect()?;
        Some(self.any_time.map_or(effect.p, |any_time| any_time.p))
    }

    /// True if the bounds that belong to [`Comparison::p`] leave out zero.
    pub(super) fn excludes_zero(&self) -> bool {
        match (self.any_time, self.effect()) {
            (Some(bounds), _) => bounds.low > 0.0 || bounds.high < 0.0,
            (None, Some(effect)) => effect.difference.excludes(0.0),
            (None, None) => false,
        }
    }
}
