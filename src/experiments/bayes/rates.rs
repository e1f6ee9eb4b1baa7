//! Two or more arms by their rates.

use serde::Serialize;

use super::super::counts::Counts;
use super::super::level::Level;
use super::beta::Beta;
use super::beta_prior::BetaPrior;
use super::standing::standings;
use crate::error::{Error, Result};
use crate::estimate::Estimate;

/// Arms under one prior, each rate with its own posterior.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BayesRates {
    pub prior: BetaPrior,
    /// In the order given.
    pub arms: Vec<BayesArm>,
}

/// One arm's posterior and standing.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BayesArm {
    pub counts: Counts,
    /// The posterior mean with its credible interval.
    pub rate: Estimate,
    pub p_best: f64,
    /// E[(best other rate - this rate)⁺], in rate: 0.001 is a tenth of a percentage point.
    pub expected_loss: f64,
}

/// Exact Beta-Binomial comparison of `arms`, more successes being better. For two arms `p_best` of
/// the second is P(treatment better), and the losses of the two differ by the difference of the
/// posterior means. By quadrature, to about 1e-10 at thousands of recipients, 1e-8 at millions and
/// 1e-6 at a billion; O(k²) in the arms.
///
/// # Errors
///
/// A data error if there are fewer than two arms.
pub fn bayes_rates(arms: &[Counts], prior: BetaPrior, level: Level) -> Result<BayesRates> {
    if arms.len() < 2 {
        return Err(Error::data("fewer than two arms to compare")
            .hint("a comparison needs a control and at least one treatment"));
    }
    let posteriors: Vec<Beta> = arms.iter().map(|counts| prior.posterior(counts)).collect();
    let standings = standings(&posteriors);
    let each = arms.iter().zip(&posteriors).zip(standings);
    let arm = |((counts, posterior), standing): ((&Counts, &Beta), super::Standing)| BayesArm {
        counts: *counts,
        rate: posterior.estimate(level),
        p_best: standing.p_best,
        expected_loss: standing.expected_loss,
    };
    Ok(BayesRates { prior, arms: each.map(arm).collect() })
}

impl BayesRates {
    /// The arm with the smallest expected loss, if that loss is at most `caring` times the arm's
    /// own rate: the choice whose possible regret nobody would notice (0.0025 is usual). The arms
    /// should also have reached their planned size.
    pub fn choice(&self, caring: f64) -> Option<usize> {
        let losses = self.arms.iter().enumerate();
        let (place, arm) = losses.min_by(|a, b| a.1.expected_loss.total_cmp(&b.1.expected_loss))?;
        (arm.expected_loss <= caring * arm.rate.point).then_some(place)
    }
}
