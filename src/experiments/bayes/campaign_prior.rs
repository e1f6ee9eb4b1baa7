//! A prior from past campaigns: empirical Bayes.

use serde::Serialize;
use statrs::function::gamma::digamma;

use super::super::counts::Counts;
use super::super::root::root;
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
    /// Where the search began: the strength by the method of moments, if that has one.
    pub moment_strength: Option<f64>,
    /// The campaigns differ by no more than chance: the prior is as strong as allowed.
    pub capped: bool,
    pub note: Option<String>,
}

/// The strength at which a prior is as good as a known rate.
const STRONGEST: f64 = 1e8;
/// The weakest prior that is looked at.
const WEAKEST: f64 = 0.05;

/// The beta prior that makes past campaigns' counts likeliest (beta-binomial maximum likelihood),
/// begun at the method of moments (Kleinman 1973). The mean is solved for each strength, the
/// strength by its profile likelihood. Where campaigns differ by no more than chance the likelihood
/// rises without end, and the strength is capped at 10⁸.
///
/// # Errors
///
/// A data error if fewer than two campaigns have recipients, or there are no successes or no
/// failures at all.
pub fn campaign_prior(campaigns: &[Counts]) -> Result<CampaignPrior> {
    let used: Vec<Counts> = campaigns.iter().filter(|counts| counts.n() > 0).copied().collect();
    if used.len() < 2 {
        return Err(Error::data(format!(
            "{} past campaigns with recipients are too few for a prior",
            used.len()
        ))
        .hint("give at least two, better ten, or a prior of your own"));
    }
    let likelihood = Likelihood { campaigns: &used };
    if used.iter().all(|c| c.successes() == 0) || used.iter().all(|c| c.failures() == 0) {
        return Err(Error::data("the past campaigns have no successes, or nothing but successes")
            .hint("a prior cannot be fitted to them; use Jeffreys' prior"));
    }
    let moment_strength = moment_strength(&used);
    let ln_strength = likelihood.best_ln_strength(moment_strength.unwrap_or(1e3));
    let capped = ln_strength >= STRONGEST.ln();
    let strength = ln_strength.exp();
    let mean = likelihood.best_mean(strength);
    // A fit so weak that it leaves the range of priors stops at its edge.
    let part = |share: f64| (share * strength).max(BetaPrior::LEAST);
    let prior = BetaPrior::new(part(mean), part(1.0 - mean))?;
    Ok(CampaignPrior {
        prior,
        campaigns: used.len(),
        ln_likelihood: likelihood.at(&prior),
        moment_strength,
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

/// Kleinman's moment estimate of a + b, weighting by recipients; `None` without overdispersion.
fn moment_strength(campaigns: &[Counts]) -> Option<f64> {
    let n: f64 = campaigns.iter().map(|c| c.n() as f64).sum();
    let mean = campaigns.iter().map(|c| c.successes() as f64).sum::<f64>() / n;
    let spread: f64 = campaigns
        .iter()
        .map(|c| (c.successes() as f64 - c.n() as f64 * mean).powi(2) / c.n() as f64)
        .sum();
    let inner: f64 = campaigns.iter().map(|c| 1.0 - c.n() as f64 / n).sum();
    let outer: f64 =
        campaigns.iter().map(|c| (c.n() as f64 - 1.0) * (1.0 - c.n() as f64 / n)).sum();
    let binomial = mean * (1.0 - mean);
    let correlation = (spread - binomial * inner) / (binomial * outer);
    (correlation > 0.0 && correlation < 1.0).then(|| 1.0 / correlation - 1.0)
}

struct Likelihood<'a> {
    campaigns: &'a [Counts],
}

impl Likelihood<'_> {
    /// Σ ln B(a + x, b + n - x) - ln B(a, b).
    fn at(&self, prior: &BetaPrior) -> f64 {
        let term = |c: &Counts| {
            tail::ln_gamma_step(prior.a(), c.successes() as f64)
                + tail::ln_gamma_step(prior.b(), c.failures() as f64)
                - tail::ln_gamma_step(prior.strength(), c.n() as f64)
        };
        self.campaigns.iter().map(term).sum()
    }

    /// ∂/∂a and ∂/∂b, but for the part in a + b that both share, and that part.
    fn slopes(&self, mean: f64, strength: f64) -> (f64, f64, f64) {
        let (a, b) = (mean * strength, (1.0 - mean) * strength);
        let sum = |from: f64, count: fn(&Counts) -> u64| -> f64 {
            self.campaigns.iter().map(|c| digamma_step(from, count(c) as f64)).sum()
        };
        (sum(a, Counts::successes), sum(b, Counts::failures), sum(strength, Counts::n))
    }

    /// The likeliest mean at a strength. The likelihood is concave in it.
    fn best_mean(&self, strength: f64) -> f64 {
        const EDGE: f64 = 36.0;
        let mean = |logit: f64| 1.0 / (1.0 + (-logit).exp());
        let falling = |logit: f64| {
            let (a, b, _) = self.slopes(mean(logit), strength);
            b - a
        };
        mean(root(falling, -EDGE, EDGE))
    }

    /// Minus the slope of the profile likelihood in ln strength: ∂L/∂s = m L_a + (1-m) L_b - L_s.
    fn falling(&self, ln_strength: f64) -> f64 {
        let strength = ln_strength.exp();
        let mean = self.best_mean(strength);
        let (a, b, both) = self.slopes(mean, strength);
        (both - mean * a - (1.0 - mean) * b) * strength
    }

    /// The likeliest ln strength, walking from the start uphill until the slope turns.
    fn best_ln_strength(&self, start: f64) -> f64 {
        let (least, most) = (WEAKEST.ln(), STRONGEST.ln());
        let start = start.ln().clamp(least, most);
        let (mut low, mut high) = (start, start);
        if self.falling(start) < 0.0 {
            while self.falling(high) < 0.0 {
                if high >= most {
                    return most;
                }
                (low, high) = (high, (high + 1.0).min(most));
            }
        } else {
            while self.falling(low) >= 0.0 {
                if low <= least {
                    return least;
                }
                (low, high) = ((low - 1.0).max(least), low);
            }
        }
        root(|ln_strength| self.falling(ln_strength), low, high)
    }
}

/// ψ(a + n) - ψ(a). For a large `a` by the difference of two asymptotic series, which does not
/// cancel.
fn digamma_step(a: f64, n: f64) -> f64 {
    const LARGE: f64 = 20.0;
    if n == 0.0 {
        return 0.0;
    }
    if a < LARGE {
        return digamma(a + n) - digamma(a);
    }
    let rest = |z: f64| {
        let inverse = 1.0 / (z * z);
        let series =
            1.0 / 12.0 - inverse * (1.0 / 120.0 - inverse * (1.0 / 252.0 - inverse / 240.0));
        -0.5 / z - inverse * series
    };
    (n / a).ln_1p() + rest(a + n) - rest(a)
}
