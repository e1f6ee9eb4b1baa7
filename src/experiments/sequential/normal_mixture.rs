//! The normal mixture: always-valid p-values and intervals of an effect with a standard error.

use serde::Serialize;

use super::super::level::Level;
use crate::error::{Error, Result};
use crate::estimate::Estimate;

/// A normal mixture, tuned to be tightest at N* recipients (Robbins 1970; Johari et al. 2022;
/// Waudby-Smith et al. 2021, eq. 9). With z = effect / se after N recipients in both arms,
///
/// - κ = N (2 ln(1/α) + ln(1 + 2 ln(1/α))) / N*,
/// - p = min(1, √(1+κ) exp(-z² κ / (2 (1+κ)))), of which the smallest so far counts,
/// - half-width = se √((1 + 1/κ)(2 ln(1/α) + ln(1+κ))).
///
/// All of it holds at every N at once, for large samples. Two-sided; a one-sided bound at level α
/// is the matching bound at 2α.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct NormalMixture {
    tuning_n: f64,
    level: Level,
}

/// An effect at one moment: recipients of both arms so far, and the estimate from them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct EffectLook {
    pub n: u64,
    pub effect: f64,
    pub std_error: f64,
}

/// What one look says, knowing the looks before.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SequentialLook {
    pub n: u64,
    /// The effect with its confidence sequence at this n.
    pub effect: Estimate,
    /// The always-valid p-value: the smallest of this look and those before.
    pub p: f64,
    pub ln_p: f64,
    /// This look's own p-value.
    pub p_now: f64,
    /// p ≤ 1 - level: the experiment may be stopped here.
    pub may_stop: bool,
}

impl NormalMixture {
    /// A usual N*, as GrowthBook has it. Choose the size at which a decision is wanted.
    pub const TUNING_N: f64 = 5000.0;

    /// # Errors
    ///
    /// A settings error unless `tuning_n` is a finite number above zero.
    pub fn new(tuning_n: f64, level: Level) -> Result<Self> {
        if tuning_n.is_finite() && tuning_n > 0.0 {
            return Ok(NormalMixture { tuning_n, level });
        }
        Err(Error::settings("the tuning size of a confidence sequence must be above zero")
            .with_value(tuning_n.to_string())
            .hint("give the number of recipients at which you want to decide, such as 5000"))
    }

    pub fn tuning_n(&self) -> f64 {
        self.tuning_n
    }

    pub fn level(&self) -> Level {
        self.level
    }

    /// 2 ln(1/α).
    fn budget(&self) -> f64 {
        -2.0 * (1.0 - self.level.get()).ln()
    }

    /// The share of κ that one recipient adds is ρ²; this is ρ.
    pub fn rho(&self) -> f64 {
        (rate_of_tuning(self.level) / self.tuning_n).sqrt()
    }

    /// The mixture's variance in units of the squared standard error after `n` recipients.
    pub fn kappa(&self, n: f64) -> f64 {
        n * rate_of_tuning(self.level) / self.tuning_n
    }

    /// The half-width of the confidence sequence after `n` recipients, in standard errors.
    pub fn multiplier(&self, n: f64) -> f64 {
        let kappa = self.kappa(n);
        ((1.0 + 1.0 / kappa) * (self.budget() + kappa.ln_1p())).sqrt()
    }

    /// ln of the mixture's likelihood ratio against no effect; minus this is ln p, if below zero.
    pub fn ln_likelihood_ratio(&self, z: f64, n: f64) -> f64 {
        let kappa = self.kappa(n);
        z * z * kappa / (2.0 * (1.0 + kappa)) - kappa.ln_1p() / 2.0
    }

    /// The looks in the order in which they were taken. Linear in the looks.
    ///
    /// # Errors
    ///
    /// A data error if a look has no recipients, fewer than the look before, or no usable
    /// standard error.
    pub fn follow(&self, looks: &[EffectLook]) -> Result<Vec<SequentialLook>> {
        let (mut before, mut smallest) = (0, 0.0_f64);
        let mut read = Vec::with_capacity(looks.len());
        for look in looks {
            look.check(before)?;
            let own = self.ln_p(look);
            smallest = smallest.min(own);
            read.push(self.look(look, own, smallest));
            before = look.n;
        }
        Ok(read)
    }

    fn ln_p(&self, look: &EffectLook) -> f64 {
        let ratio = self.ln_likelihood_ratio(look.effect / look.std_error, look.n as f64);
        (-ratio).min(0.0)
    }

    fn look(&self, look: &EffectLook, own: f64, smallest: f64) -> SequentialLook {
        let half = self.multiplier(look.n as f64) * look.std_error;
        SequentialLook {
            n: look.n,
            effect: Estimate {
                point: look.effect,
                std_error: Some(look.std_error),
                low: look.effect - half,
                high: look.effect + half,
                level: self.level.get(),
                method: "normal-mixture confidence sequence",
            },
            p: smallest.exp(),
            ln_p: smallest,
            p_now: own.exp(),
            may_stop: smallest <= (1.0 - self.level.get()).ln(),
        }
    }
}

impl EffectLook {
    fn check(&self, before: u64) -> Result<()> {
        if self.n == 0 || self.n < before {
            let message = format!("a look at {} recipients after one at {before}", self.n);
            return Err(Error::data(message)
                .hint("looks are cumulative: each holds the recipients of those before"));
        }
        if !(self.effect.is_finite() && self.std_error.is_finite() && self.std_error > 0.0) {
            let message = format!("the look at {} recipients has no standard error", self.n);
            return Err(Error::data(message).hint("wait until both arms vary, then look again"));
        }
        Ok(())
    }
}

/// The κ at which a mixture is tightest, nearly (Howard et al. 2021, eq. 3.10).
pub(super) fn rate_of_tuning(level: Level) -> f64 {
    let budget = -2.0 * (1.0 - level.get()).ln();
    budget + budget.ln_1p()
}
