//! An exact confidence sequence of one rate.

use serde::Serialize;

use super::super::counts::Counts;
use super::super::level::Level;
use super::super::root::root;
use super::dirichlet::ln_bayes_factor;
use super::normal_mixture::rate_of_tuning;
use crate::error::{Error, Result};
use crate::estimate::Estimate;

/// The beta-binomial mixture of one rate, tuned to be tightest at N* trials (Howard et al. 2021,
/// §3.2): a rate p₀ is given up when a Beta(p₀ S, (1-p₀) S) mixture is 1/α times as likely, with
/// S = N*/(2 ln(1/α) + ln(1 + 2 ln(1/α))) - 1. Exact for any number of trials, and at all times at
/// once.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct RateSequence {
    tuning_n: f64,
    level: Level,
}

impl RateSequence {
    /// # Errors
    ///
    /// A settings error unless `tuning_n` is a finite number above zero.
    pub fn new(tuning_n: f64, level: Level) -> Result<Self> {
        if tuning_n.is_finite() && tuning_n > 0.0 {
            return Ok(RateSequence { tuning_n, level });
        }
        Err(Error::settings("the tuning size of a confidence sequence must be above zero")
            .with_value(tuning_n.to_string())
            .hint("give the number of recipients at which you want to decide, such as 5000"))
    }

    /// S, the strength of the mixture in trials. Kept above zero for a tuning size below a few
    /// trials.
    fn strength(&self) -> f64 {
        (self.tuning_n / rate_of_tuning(self.level) - 1.0).max(1e-3)
    }

    /// ln of the mixture's evidence against the rate `null`, in (0, 1), after `successes` of `n`.
    pub(super) fn ln_evidence(&self, successes: f64, n: f64, null: f64) -> f64 {
        let shares = [null, 1.0 - null];
        ln_bayes_factor(&[successes, n - successes], &shares, &shares, self.strength())
    }

    /// The rate with its confidence sequence; `None` without trials.
    pub fn interval(&self, counts: &Counts) -> Option<Estimate> {
        let point = counts.rate()?;
        let (n, x) = (counts.n() as f64, counts.successes() as f64);
        Some(Estimate {
            point,
            std_error: None,
            low: self.lowest(x, n),
            high: 1.0 - self.lowest(n - x, n),
            level: self.level.get(),
            method: "beta-binomial confidence sequence",
        })
    }

    /// The lowest rate that is not given up, by its logarithm.
    fn lowest(&self, successes: f64, n: f64) -> f64 {
        const FARTHEST: f64 = -690.0;
        let limit = -(1.0 - self.level.get()).ln();
        if successes == 0.0 {
            return 0.0;
        }
        let beyond = |ln_rate: f64| limit - self.ln_evidence(successes, n, ln_rate.exp());
        let most = (successes / n).ln().min(-f64::EPSILON);
        // One success is about as likely under the mixture as under a rate near zero: no bound.
        if beyond(FARTHEST) >= 0.0 {
            return 0.0;
        }
        root(beyond, FARTHEST, most).exp()
    }
}
