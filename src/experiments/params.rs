//! The settings of a readout.

use super::level::Level;
use super::ratio_check::SRM_ALPHA;
use super::spec::TallySpec;
use crate::error::{Error, Kind, Result};

/// The settings of a readout, not yet checked against the experiment's arms and metrics.
///
/// ```text
/// ReadoutParams::new("spring mailing", "control").decision_metric("visit").check(tally.spec())?
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct ReadoutParams {
    name: String,
    control: String,
    planned_shares: Vec<(String, f64)>,
    level: f64,
    alpha: f64,
    srm_alpha: f64,
    decision_metric: Option<String>,
    minimum_n: u64,
}

impl ReadoutParams {
    /// An experiment's name, and the arm that the others are compared with. Defaults: equal
    /// planned shares, level 0.95, alpha 0.05, sample-ratio alpha 0.001, the first metric decides,
    /// at least 30 rows an arm for a verdict.
    pub fn new(name: impl Into<String>, control: impl Into<String>) -> Self {
        ReadoutParams {
            name: name.into(),
            control: control.into(),
            planned_shares: Vec::new(),
            level: Level::DEFAULT.get(),
            alpha: 0.05,
            srm_alpha: SRM_ALPHA,
            decision_metric: None,
            minimum_n: 30,
        }
    }

    /// The planned share of every arm, on any scale. Empty: equal shares.
    #[must_use]
    pub fn planned_shares(mut self, shares: impl IntoIterator<Item = (String, f64)>) -> Self {
        self.planned_shares = shares.into_iter().collect();
        self
    }

    /// The confidence level of every interval.
    #[must_use]
    pub fn level(mut self, level: f64) -> Self {
        self.level = level;
        self
    }

    /// The chance of any false finding in a family of comparisons.
    #[must_use]
    pub fn alpha(mut self, alpha: f64) -> Self {
        self.alpha = alpha;
        self
    }

    /// The sample-ratio check alarms below this p-value.
    #[must_use]
    pub fn srm_alpha(mut self, alpha: f64) -> Self {
        self.srm_alpha = alpha;
        self
    }

    /// The metric that the answer is about.
    #[must_use]
    pub fn decision_metric(mut self, metric: impl Into<String>) -> Self {
        self.decision_metric = Some(metric.into());
        self
    }

    /// The rows that each of two arms needs for a verdict.
    #[must_use]
    pub fn minimum_n(mut self, n: u64) -> Self {
        self.minimum_n = n;
        self
    }

    /// Checks the settings against the arms and metrics of `spec`.
    ///
    /// # Errors
    ///
    /// A settings error for an arm or metric that `spec` has not (with the nearest name), for
    /// planned shares that leave out an arm or name one twice, and for a level or an alpha that
    /// is not between 0 and 1.
    pub fn check(&self, spec: &TallySpec) -> Result<ReadoutPlan> {
        let metrics = || spec.metrics().iter().map(|metric| metric.name.as_str());
        let decision = match &self.decision_metric {
            Some(name) => position("metric", name, metrics())?,
            None => 0,
        };
        Ok(ReadoutPlan {
            name: self.name.clone(),
            control: position("arm", &self.control, arms(spec))?,
            weights: self.weights(spec)?,
            level: Level::new(self.level)?,
            alpha: checked_alpha("alpha", self.alpha)?,
            srm_alpha: checked_alpha("sample-ratio alpha", self.srm_alpha)?,
            decision,
            minimum_n: self.minimum_n,
            spec: spec.clone(),
        })
    }

    fn weights(&self, spec: &TallySpec) -> Result<Vec<f64>> {
        if self.planned_shares.is_empty() {
            return Ok(vec![1.0; spec.arms().len()]);
        }
        let mut weights = vec![None; spec.arms().len()];
        for (arm, share) in &self.planned_shares {
            if weights[position("arm", arm, arms(spec))?].replace(*share).is_some() {
                return Err(Error::settings(format!("two planned shares for arm `{arm}`")));
            }
        }
        let missing = |arm: &String| {
            Error::settings(format!("no planned share for arm `{arm}`"))
                .hint("name the share of every arm, or of none for equal shares")
        };
        weights.into_iter().zip(spec.arms()).map(|(w, arm)| w.ok_or_else(|| missing(arm))).collect()
    }
}

/// Checked settings: names are positions, and every number is in its range.
#[derive(Debug, Clone, PartialEq)]
pub struct ReadoutPlan {
    pub(super) name: String,
    pub(super) control: usize,
    pub(super) weights: Vec<f64>,
    pub(super) level: Level,
    pub(super) alpha: f64,
    pub(super) srm_alpha: f64,
    pub(super) decision: usize,
    pub(super) minimum_n: u64,
    pub(super) spec: TallySpec,
}

fn arms(spec: &TallySpec) -> impl Iterator<Item = &str> {
    spec.arms().iter().map(String::as_str)
}

fn position<'a>(what: &str, name: &str, known: impl Iterator<Item = &'a str>) -> Result<usize> {
    let known: Vec<&str> = known.collect();
    known
        .iter()
        .position(|k| *k == name)
        .ok_or_else(|| Error::unknown(Kind::Settings, what, name, known))
}

fn checked_alpha(what: &str, alpha: f64) -> Result<f64> {
    if alpha > 0.0 && alpha < 1.0 {
        return Ok(alpha);
    }
    Err(Error::settings(format!("{alpha} is no {what}"))
        .hint(format!("the {what} lies between 0 and 1, such as 0.05")))
}
