//! The settings of a readout.

use super::bayes::BetaPrior;
use super::level::Level;
use super::plan::{Goal, ReadoutPlan};
use super::ratio_check::SRM_ALPHA;
use super::reading::Reading;
use super::spec::{MetricKind, TallySpec};
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
    lower_is_better: Vec<String>,
    guardrails: Vec<(String, f64)>,
    margin: Option<f64>,
    wanted_lift: f64,
    power: f64,
    reading: Reading,
    prior: BetaPrior,
    send_hours: bool,
    seed: u64,
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
            lower_is_better: Vec::new(),
            guardrails: Vec::new(),
            margin: None,
            wanted_lift: 0.1,
            power: 0.8,
            reading: Reading::Once,
            prior: BetaPrior::JEFFREYS,
            send_hours: false,
            seed: 0,
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

    /// Metrics of which less is better, such as unsubscribes.
    #[must_use]
    pub fn lower_is_better(mut self, metrics: impl IntoIterator<Item = String>) -> Self {
        self.lower_is_better.extend(metrics);
        self
    }

    /// A metric that must not become worse by `margin` (a difference in its own unit) or more: an arm wins
    /// only if that is shown.
    #[must_use]
    pub fn guardrail(mut self, metric: impl Into<String>, margin: f64) -> Self {
        self.guardrails.push((metric.into(), margin));
        self
    }

    /// Differences of the decision metric smaller than this, in its own unit, do not matter: arms that are
    /// shown to differ by less are practically equal.
    #[must_use]
    pub fn margin(mut self, margin: f64) -> Self {
        self.margin = Some(margin);
        self
    }

    /// What an undecided arm is planned on for: the lift over the control worth finding (0.1: a tenth), and
    /// the chance of finding it.
    #[must_use]
    pub fn wanted_lift(mut self, lift: f64, power: f64) -> Self {
        (self.wanted_lift, self.power) = (lift, power);
        self
    }

    /// When the result is read; once, if nothing is said.
    #[must_use]
    pub fn reading(mut self, reading: Reading) -> Self {
        self.reading = reading;
        self
    }

    /// What is known of the decision metric's rate beforehand, such as from past campaigns; Jeffreys' prior
    /// if nothing is said. It moves probabilities and losses only, never a verdict.
    #[must_use]
    pub fn prior(mut self, prior: BetaPrior) -> Self {
        self.prior = prior;
        self
    }

    /// The arms are local hours of sending, named like `h08` or `8`: a wave through the day is fitted.
    #[must_use]
    pub fn send_hours(mut self, hours: bool) -> Self {
        self.send_hours = hours;
        self
    }

    /// Seed of the folds of the value of personalisation.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Checks the settings against the arms and metrics of `spec`.
    ///
    /// # Errors
    ///
    /// A settings error for an arm or metric that `spec` has not (with the nearest name), for
    /// planned shares that leave out an arm or name one twice, for a level, an alpha or a power that
    /// is not between 0 and 1, a margin or wanted lift that is not above 0, and for arms that are to be
    /// hours but are not.
    pub fn check(&self, spec: &TallySpec) -> Result<ReadoutPlan> {
        let decision = match &self.decision_metric {
            Some(name) => position("metric", name, metrics(spec))?,
            None => 0,
        };
        let alpha = checked_share("alpha", self.alpha)?;
        Ok(ReadoutPlan {
            name: self.name.clone(),
            control: position("arm", &self.control, arms(spec))?,
            weights: self.weights(spec)?,
            level: Level::new(self.level)?,
            alpha: self.reading.alpha(alpha),
            planned_alpha: alpha,
            srm_alpha: checked_share("sample-ratio alpha", self.srm_alpha)?,
            decision,
            minimum_n: self.minimum_n,
            goals: self.goals(spec, decision)?,
            wanted_lift: above_zero("wanted lift", self.wanted_lift)?,
            power: checked_share("power", self.power)?,
            reading: self.reading,
            prior: self.prior,
            hours: if self.send_hours { Some(hours(spec)?) } else { None },
            seed: self.seed,
            spec: spec.clone(),
        })
    }

    fn goals(&self, spec: &TallySpec, decision: usize) -> Result<Vec<Goal>> {
        let mut goals = vec![Goal::default(); spec.metrics().len()];
        for name in &self.lower_is_better {
            goals[position("metric", name, metrics(spec))?].lower_is_better = true;
        }
        for (name, margin) in &self.guardrails {
            let metric = position("guardrail", name, metrics(spec))?;
            if metric == decision {
                return Err(Error::settings(format!("`{name}` is decided on and a guardrail"))
                    .hint("name another decision metric, or give it a margin of its own"));
            }
            goals[metric].is_guardrail = true;
            goals[metric].margin = Some(checked_margin(spec, metric, *margin)?);
        }
        if let Some(margin) = self.margin {
            goals[decision].margin = Some(checked_margin(spec, decision, margin)?);
        }
        Ok(goals)
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

fn metrics(spec: &TallySpec) -> impl Iterator<Item = &str> {
    spec.metrics().iter().map(|metric| metric.name.as_str())
}

/// The local hour that each arm is named after: `h08`, `8`, `08:30`.
fn hours(spec: &TallySpec) -> Result<Vec<f64>> {
    let hour = |arm: &String| -> Result<f64> {
        let digits = arm.trim_start_matches(['h', 'H']);
        let (whole, minutes) = digits.split_once(':').unwrap_or((digits, "0"));
        let parsed = whole.parse::<u32>().ok().zip(minutes.parse::<u32>().ok());
        match parsed {
            Some((whole, minutes)) if whole < 24 && minutes < 60 => {
                Ok(f64::from(whole) + f64::from(minutes) / 60.0)
            }
            _ => Err(Error::settings(format!("arm `{arm}` is no local hour of sending"))
                .hint("name the arms of a send-time experiment h00 to h23, or 8:30")),
        }
    };
    spec.arms().iter().map(hour).collect()
}

fn checked_margin(spec: &TallySpec, metric: usize, margin: f64) -> Result<f64> {
    let spec = &spec.metrics()[metric];
    let most = if spec.kind == MetricKind::Proportion { 1.0 } else { f64::INFINITY };
    if margin > 0.0 && margin < most {
        return Ok(margin);
    }
    let error = Error::settings(format!("{margin} is no margin of `{}`", spec.name));
    Err(match spec.kind {
        MetricKind::Proportion => error.hint("write 0.002 for a fifth of a percentage point"),
        MetricKind::Mean => error.hint("a margin is above 0, in the metric's own unit"),
    })
}

fn checked_share(what: &str, share: f64) -> Result<f64> {
    if share > 0.0 && share < 1.0 {
        return Ok(share);
    }
    let usual = if what == "power" { "0.8" } else { "0.05" };
    Err(Error::settings(format!("{share} is no {what}"))
        .hint(format!("the {what} lies between 0 and 1, such as {usual}")))
}

fn above_zero(what: &str, value: f64) -> Result<f64> {
    if value > 0.0 && value.is_finite() {
        return Ok(value);
    }
    Err(Error::settings(format!("{value} is no {what}")).hint("write 0.1 for a tenth more"))
}
