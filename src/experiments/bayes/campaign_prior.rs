//! A prior from past campaigns: empirical Bayes.

use serde::Serialize;

use super::super::counts::Counts;
use super::super::heterogeneity::RatePrior;
use super::super::tail;
use super::beta_prior::BetaPrior;
use crate::error::{Error, Result};

/// A prior fitted to past campaigns.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CampaignPrior {
    pub prior: BetaPrior,
    /// Campaigns with recipients.
    pub campaigns: usize,
    /// The beta-binomial log-likelihood at the prior, without the binomial coefficients.
    pub ln_likelihood: f64,
    /// The campaigns differ by no more than chance: the prior is as strong as allowed.
    pub capped: bool,
    pub note: Option<String>,
}

/// The strength at which a prior is as good as a known rate.
const STRONGEST: f64 = 1e8;

/// The beta prior that makes past campaigns' counts likeliest, as [`RatePrior`] finds it. Where campaigns
/// differ by no more than chance its strength has no limit, and is capped at 10⁸.
///
/// # Errors
///
/// A data error if fewer than two campaigns have recipients, or there are no successes or no
/// failures at all.
pub fn campaign_prior(campaigns: &[Counts]) -> Result<CampaignPrior> {
    let used: Vec<Counts> = campaigns.iter().filter(|counts| counts.n() > 0).copied().collect();
    let too_few = || {
        Error::data(format!(
            "{} past campaigns with recipients are too few for a prior",
            used.len()
        ))
        .hint("give at least two, better ten, or a prior of your own")
    };
    if used.len() < 2 {
        return Err(too_few());
    }
    if used.iter().all(|c| c.successes() == 0) || used.iter().all(|c| c.failures() == 0) {
        return Err(Error::data("the past campaigns have no successes, or nothing but successes")
            .hint("a prior cannot be fitted to them; use Jeffreys' prior"));
    }
    let fitted = RatePrior::fit(&used).ok_or_else(too_few)?;
    let strength = fitted.strength.unwrap_or(f64::INFINITY);
    let capped = strength >= STRONGEST;
    let strength = strength.min(STRONGEST);
    // A fit so weak that it leaves the range of priors stops at its edge.
    let part = |share: f64| (share * strength).max(BetaPrior::LEAST);
    let prior = BetaPrior::new(part(fitted.mean), part(1.0 - fitted.mean))?;
    Ok(CampaignPrior {
        prior,
        campaigns: used.len(),
        ln_likelihood: ln_likelihood(&used, &prior),
        capped,
        note: note(used.len(), capped),
    })
}

fn note(campaigns: usize, capped: bool) -> Option<String> {
    const FEW: usize = 5;
    if capped {
        return Some(format!(
            "the rates of these {campaigns} campaigns differ by no more than chance: all share one \
             rate"
        ));
    }
    (campaigns < FEW).then(|| {
        format!("{campaigns} campaigns say little about how far rates differ: a rough prior")
    })
}

/// Σ ln B(a + x, b + n - x) - ln B(a, b).
fn ln_likelihood(campaigns: &[Counts], prior: &BetaPrior) -> f64 {
    let term = |c: &Counts| {
        tail::ln_gamma_step(prior.a(), c.successes() as f64)
            + tail::ln_gamma_step(prior.b(), c.failures() as f64)
            - tail::ln_gamma_step(prior.strength(), c.n() as f64)
    };
    campaigns.iter().map(term).sum()
}
