//! An effect or a mean with a standard error, under a normal prior.

use serde::Serialize;

use super::super::level::Level;
use super::super::tail;
use super::standing::{Density, Posterior, Standing, ends_around, standings};
use crate::error::{Error, Result};
use crate::estimate::Estimate;

/// A normal prior, or none.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct NormalPrior {
    mean: f64,
    /// `None` for the flat prior.
    std_deviation: Option<f64>,
}

impl NormalPrior {
    /// Every effect is as probable as any other.
    pub const FLAT: NormalPrior = NormalPrior { mean: 0.0, std_deviation: None };

    /// # Errors
    ///
    /// A settings error unless the mean is finite and the standard deviation finite and above 0.
    pub fn new(mean: f64, std_deviation: f64) -> Result<Self> {
        if mean.is_finite() && std_deviation.is_finite() && std_deviation > 0.0 {
            return Ok(NormalPrior { mean, std_deviation: Some(std_deviation) });
        }
        Err(Error::settings(format!("N({mean}, {std_deviation}²) is not a usable prior"))
            .hint("give a mean and a standard deviation above zero, such as 0 and 0.1"))
    }

    /// The prior of a lift, in units of an absolute effect: times `unit`, the control's mean
    /// without its sign.
    #[must_use]
    pub fn scaled(&self, unit: f64) -> NormalPrior {
        let std_deviation = self.std_deviation.map(|sd| sd * unit.abs());
        NormalPrior { mean: self.mean * unit.abs(), std_deviation }
    }
}

/// A normal posterior.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct NormalPosterior {
    mean: f64,
    std_deviation: f64,
}

impl NormalPosterior {
    /// # Errors
    ///
    /// A data error unless the mean is finite and the standard deviation finite and above 0.
    pub fn new(mean: f64, std_deviation: f64) -> Result<Self> {
        if mean.is_finite() && std_deviation.is_finite() && std_deviation > 0.0 {
            return Ok(NormalPosterior { mean, std_deviation });
        }
        Err(Error::data("an effect without a standard error has no posterior")
            .hint("wait until both arms vary"))
    }

    /// Precisions add: 1/s² = 1/se² + 1/τ², and the mean is the average by precision.
    ///
    /// # Errors
    ///
    /// As [`NormalPosterior::new`], of the effect and its standard error.
    pub fn of(effect: f64, std_error: f64, prior: NormalPrior) -> Result<Self> {
        let flat = Self::new(effect, std_error)?;
        let Some(sd) = prior.std_deviation.filter(|sd| *sd > 0.0) else {
            return Ok(flat);
        };
        // The share of the prior's weight; written so that neither square overflows.
        let prior_share = 1.0 / (1.0 + (sd / std_error).powi(2));
        let mean = effect + prior_share * (prior.mean - effect);
        Self::new(mean, std_error * (1.0 - prior_share).sqrt())
    }

    pub fn mean(&self) -> f64 {
        self.mean
    }

    pub fn std_deviation(&self) -> f64 {
        self.std_deviation
    }

    /// P(δ > 0).
    pub fn p_positive(&self) -> f64 {
        below(self.mean / self.std_deviation)
    }

    /// E[(-δ)⁺] = s φ(m/s) - m Φ(-m/s): what it costs on average to act as if δ were positive.
    pub fn loss_if_positive(&self) -> f64 {
        self.std_deviation * unit_loss(self.mean / self.std_deviation)
    }

    /// E[δ⁺]: what it costs on average not to act.
    pub fn loss_if_negative(&self) -> f64 {
        self.std_deviation * unit_loss(-self.mean / self.std_deviation)
    }

    /// The mean with the equal-tailed credible interval.
    pub fn estimate(&self, level: Level) -> Estimate {
        let half = level.normal_critical() * self.std_deviation;
        Estimate {
            point: self.mean,
            std_error: Some(self.std_deviation),
            low: self.mean - half,
            high: self.mean + half,
            level: level.get(),
            method: "normal credible",
        }
    }
}

/// Which of several independent normal posteriors is the largest; the standings come in the order
/// of the arms. By quadrature.
///
/// # Errors
///
/// A data error if there are fewer than two arms.
pub fn bayes_best(arms: &[NormalPosterior]) -> Result<Vec<Standing>> {
    if arms.len() < 2 {
        return Err(Error::data("fewer than two arms to compare"));
    }
    Ok(standings(arms))
}

impl Posterior for NormalPosterior {
    fn panel_ends(&self) -> Vec<f64> {
        ends_around(self.mean, self.std_deviation)
    }

    fn at(&self, t: f64) -> Density {
        let z = (t - self.mean) / self.std_deviation;
        Density { density: density(z) / self.std_deviation, below: below(z), above: below(-z) }
    }

    fn stretch(_: f64) -> f64 {
        1.0
    }
}

/// φ(z) - z Φ(-z), by the tail so that it stays positive for a large z.
fn unit_loss(z: f64) -> f64 {
    // From there the difference cancels; Mills' ratio in powers of 1/z² has three terms left.
    const FAR: f64 = 30.0;
    if z > FAR {
        let inverse = 1.0 / (z * z);
        let series =
            1.0 + inverse * (-3.0 + inverse * (15.0 - inverse * (105.0 - 945.0 * inverse)));
        return density(z) * inverse * series;
    }
    (density(z) - z * below(-z)).max(0.0)
}

fn density(z: f64) -> f64 {
    (-z * z / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt()
}

/// Φ(z).
fn below(z: f64) -> f64 {
    tail::normal_above(-z)
}
