//! How a rate varies over segments: a beta distribution fitted to their counts.

use rayon::prelude::*;
use serde::Serialize;

use super::super::counts::Counts;
use super::super::level::Level;
use super::super::root::root;
use super::super::tail;
use super::rising::Rising;
use crate::estimate::Estimate;

/// The beta distribution of the segments' rates, by maximum likelihood of the beta-binomial.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RatePrior {
    /// The mean rate over segments.
    pub mean: f64,
    /// a + b, in trials: a segment with this many trials is shrunken half way. `None` without an
    /// upper limit: the rates vary no more than chance alone makes them, so they are pooled.
    pub strength: Option<f64>,
    pub log_likelihood: f64,
    /// The log-likelihood if all segments had one rate.
    pub log_likelihood_pooled: f64,
    #[serde(skip)]
    pooled: Counts,
}

impl RatePrior {
    /// Fits the prior to the counts by segment; those without trials say nothing. `None` if there
    /// are no trials at all.
    ///
    /// With s = 1/(a + b), the log-likelihood is Σᵢ Σ ln(μ + k s) + Σ ln(1 - μ + k s) - Σ ln(1 + k s)
    /// over k below the successes, the failures and the trials. The best μ for each s is the root
    /// of a monotone function; s is the best root of the profile's slope, or 0. One evaluation
    /// costs the same for any counts; a fit some hundreds of them per segment.
    pub fn fit(segments: &[Counts]) -> Option<RatePrior> {
        let mut pooled = Counts::default();
        segments.iter().for_each(|counts| pooled.merge(counts));
        let rate = pooled.rate()?;
        let data = Data(segments);
        let constant = data.ln_choose();
        let log_likelihood_pooled = constant + data.ln_likelihood(rate, 0.0);
        let fitted = (pooled.successes() > 0 && pooled.failures() > 0)
            .then(|| data.best())
            .flatten()
            .map(|(mean, s)| (mean, s, constant + data.ln_likelihood(mean, s)))
            .filter(|(_, _, fit)| *fit > log_likelihood_pooled);
        Some(match fitted {
            Some((mean, s, log_likelihood)) => {
                let strength = Some(1.0 / s);
                RatePrior { mean, strength, log_likelihood, log_likelihood_pooled, pooled }
            }
            None => RatePrior {
                mean: rate,
                strength: None,
                log_likelihood: log_likelihood_pooled,
                log_likelihood_pooled,
                pooled,
            },
        })
    }

    /// The first and the second parameter of the beta distribution, if its strength is finite.
    pub fn parameters(&self) -> Option<(f64, f64)> {
        self.strength.map(|strength| (self.mean * strength, (1.0 - self.mean) * strength))
    }

    /// The shrunken rate of a segment: (a + x)/(a + b + n), or the pooled rate.
    pub fn posterior_mean(&self, counts: &Counts) -> f64 {
        match self.parameters() {
            Some((a, b)) => (a + counts.successes() as f64) / (a + b + counts.n() as f64),
            None => self.mean,
        }
    }

    /// The shrunken rate with the central interval of its posterior, Beta(a + x, b + n - x). Under
    /// full pooling it is the pooled rate with its own (Wilson) interval, which holds for a segment
    /// only as far as the segments are alike.
    pub fn posterior(&self, counts: &Counts, level: Level) -> Option<Estimate> {
        let Some((a, b)) = self.parameters() else {
            let pooled = self.pooled.wilson(level)?;
            return Some(Estimate { method: "fully pooled, wilson", ..pooled });
        };
        let a = a + counts.successes() as f64;
        let b = b + counts.failures() as f64;
        let total = a + b;
        let outside = (1.0 - level.get()) / 2.0;
        Some(Estimate {
            point: a / total,
            std_error: Some((a / total * (b / total) / (total + 1.0)).sqrt()),
            low: beta_quantile(a, b, outside),
            high: 1.0 - beta_quantile(b, a, outside),
            level: level.get(),
            method: "beta-binomial, empirical bayes",
        })
    }
}

/// The x with P(X ≤ x) = `p` for a beta distribution.
fn beta_quantile(a: f64, b: f64, p: f64) -> f64 {
    root(|x| tail::beta_below(x, a, b).p - p, 0.0, 1.0)
}

/// The counts by segment, as the likelihood reads them.
struct Data<'a>(&'a [Counts]);

impl Data<'_> {
    fn sum(&self, term: impl Fn(&Counts) -> f64) -> f64 {
        self.0.iter().map(term).sum()
    }

    fn ln_likelihood(&self, mean: f64, s: f64) -> f64 {
        self.sum(|c| {
            let part = |p: f64, n: u64| if n == 0 { 0.0 } else { Rising::of(p, s, n).ln };
            part(mean, c.successes()) + part(1.0 - mean, c.failures()) - part(1.0, c.n())
        })
    }

    fn ln_choose(&self) -> f64 {
        self.sum(|c| {
            let (few, more) = (c.successes().min(c.failures()), c.successes().max(c.failures()));
            Rising::of(more as f64 + 1.0, 1.0, few).ln - Rising::of(1.0, 1.0, few).ln
        })
    }

    fn best_mean(&self, s: f64) -> f64 {
        let slope = |mean: f64| {
            self.sum(|c| {
                Rising::inverse_of(1.0 - mean, s, c.failures())
                    - Rising::inverse_of(mean, s, c.successes())
            })
        };
        root(slope, 1e-15, 1.0 - 1e-15)
    }

    /// The profile's slope in s.
    fn slope(&self, s: f64) -> f64 {
        let mean = self.best_mean(s);
        self.sum(|c| {
            Rising::of(mean, s, c.successes()).weighted
                + Rising::of(1.0 - mean, s, c.failures()).weighted
                - Rising::of(1.0, s, c.n()).weighted
        })
    }

    /// The best (mean, s) with s > 0, if the likelihood has a maximum there.
    fn best(&self) -> Option<(f64, f64)> {
        const STEPS: i32 = 26;
        let steps = (0..STEPS).into_par_iter().map(|step| 1e-12 * 4.0_f64.powi(step));
        let grid: Vec<(f64, f64)> = steps.map(|s| (s, self.slope(s))).collect();
        let peaks = grid.windows(2).filter(|pair| pair[0].1 > 0.0 && pair[1].1 <= 0.0);
        let refine = |pair: &[(f64, f64)]| {
            let ln_s = root(|ln_s| -self.slope(ln_s.exp()), pair[0].0.ln(), pair[1].0.ln());
            let s = ln_s.exp();
            (self.best_mean(s), s)
        };
        let value = |(mean, s): &(f64, f64)| self.ln_likelihood(*mean, *s);
        peaks.map(refine).max_by(|a, b| value(a).total_cmp(&value(b)))
    }
}
