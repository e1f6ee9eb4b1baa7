//! One effect: the probability that it is positive, and the loss of either choice.

use serde::Serialize;

use super::super::effect::{NoEstimate, Side};
use super::super::level::Level;
use super::super::means::Sample;
use super::normal::{NormalPosterior, NormalPrior};
use crate::error::Result;
use crate::estimate::Estimate;

/// An effect under a prior. Losses are in the effect's own units.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BayesEffect {
    pub effect: Estimate,
    pub prior: NormalPrior,
    /// P(treatment better than control).
    pub p_better: f64,
    /// What shipping the treatment costs on average if it is in truth worse.
    pub loss_if_shipped: f64,
    /// What keeping the control costs on average if the treatment is in truth better.
    pub loss_if_kept: f64,
}

/// The normal posterior of an effect with a standard error, more being better.
///
/// # Errors
///
/// A data error without a finite effect and a standard error above zero.
pub fn bayes_effect(
    effect: f64,
    std_error: f64,
    prior: NormalPrior,
    level: Level,
) -> Result<BayesEffect> {
    let posterior = NormalPosterior::of(effect, std_error, prior)?;
    Ok(BayesEffect {
        effect: posterior.estimate(level),
        prior,
        p_better: posterior.p_positive(),
        loss_if_shipped: posterior.loss_if_positive(),
        loss_if_kept: posterior.loss_if_negative(),
    })
}

/// The difference of two means, treatment minus control, with a prior on the lift. The prior is
/// rescaled by the control's mean, so the difference needs no division by it.
///
/// # Errors
///
/// A data error if an arm has fewer than two rows, or neither arm varies.
pub fn bayes_means(
    control: &Sample,
    treatment: &Sample,
    lift_prior: NormalPrior,
    level: Level,
) -> Result<BayesEffect> {
    for (sample, arm) in [(control, Side::Control), (treatment, Side::Treatment)] {
        match sample.n() {
            0 => return Err(NoEstimate::NoRows { arm }.into()),
            1 => return Err(NoEstimate::OneRow { arm }.into()),
            _ => {}
        }
    }
    let std_error = (control.mean_variance() + treatment.mean_variance()).sqrt();
    let difference = treatment.mean() - control.mean();
    bayes_effect(difference, std_error, lift_prior.scaled(control.mean()), level)
}
