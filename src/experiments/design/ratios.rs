//! Relative lifts of means and ratio metrics, before they are tested.

use serde::Serialize;

use super::params::Design;
use crate::error::{Error, Result};
use crate::experiments::root::root;

/// What becomes of the variance under a lift.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Growth {
    /// The treatment's variance is the control's.
    Same,
    /// Every value grows by the lift: the standard deviation with it.
    WithTheLift,
}

/// The variance of one recipient's part in a ratio of sums Σy / Σz, with R = ȳ/z̄:
/// (s_y² − 2 R s_yz + R² s_z²) / z̄² (Deng, Knoblich & Lu 2018, KDD, section 3). Divided by the recipients
/// it is the variance of R.
pub fn ratio_unit_variance(
    (mean_y, mean_z): (f64, f64),
    (variance_y, variance_z): (f64, f64),
    covariance: f64,
) -> f64 {
    let r = mean_y / mean_z;
    (variance_y - 2.0 * r * covariance + r * r * variance_z) / (mean_z * mean_z)
}

/// A test of a relative lift m on its own scale by the delta method: with R the control's value and V the
/// variance of one recipient, SE²(m) = (V_t(m)/k + (1 + m)² V) / (n R²), at the planned lift under both
/// hypotheses. Since SE grows with m, some lifts are never found however large.
#[derive(Debug, Clone, PartialEq)]
pub struct RatioDesign {
    design: Design,
    ratio: f64,
    variance: f64,
    growth: Growth,
}

impl RatioDesign {
    /// `ratio` is the control's mean or ratio metric, `variance` that of one recipient (for a ratio
    /// metric: [`ratio_unit_variance`]).
    ///
    /// # Errors
    ///
    /// A settings error if the ratio is 0, or the variance not above 0.
    pub fn new(design: Design, ratio: f64, variance: f64, growth: Growth) -> Result<Self> {
        if ratio == 0.0 || !ratio.is_finite() {
            return Err(Error::settings("there is no relative lift over a control of 0")
                .with_value(ratio.to_string())
                .hint("plan for an absolute difference"));
        }
        if !(variance > 0.0 && variance.is_finite()) {
            return Err(Error::settings("a variance must be above 0")
                .with_value(variance.to_string())
                .hint("that of single recipients, not of the mean"));
        }
        Ok(RatioDesign { design, ratio, variance, growth })
    }

    /// Recipients needed in control, not rounded; infinite for a lift of 0.
    pub fn contacts_in_control(&self, lift: f64) -> f64 {
        (self.design.normal_shift() * self.deviation(lift) / lift).powi(2)
    }

    /// The chance that the test finds `lift` with `n` recipients in control.
    pub fn power_at(&self, n: f64, lift: f64) -> f64 {
        self.design.normal_power(lift * n.sqrt() / self.deviation(lift))
    }

    /// The smallest rise that is found with the planned power with `n` recipients in control; `None` if
    /// none is, however large.
    pub fn smallest_rise(&self, n: f64) -> Option<f64> {
        if n.is_nan() || n <= 0.0 {
            return None;
        }
        let shift = self.design.normal_shift();
        let short = |lift: f64| lift * n.sqrt() - shift * self.deviation(lift);
        let mut high = 1.0;
        while short(high) <= 0.0 {
            high *= 4.0;
            if high > 1e12 {
                return None;
            }
        }
        Some(root(short, 0.0, high))
    }

    /// The smallest fall, as a negative lift; `None` if not even a fall to 0 is found.
    pub fn smallest_fall(&self, n: f64) -> Option<f64> {
        let shift = self.design.normal_shift();
        let short = |fall: f64| fall * n.sqrt() - shift * self.deviation(-fall);
        (n > 0.0 && short(1.0) > 0.0).then(|| -root(short, 0.0, 1.0))
    }

    /// Standard deviation of the lift with one recipient in control.
    fn deviation(&self, lift: f64) -> f64 {
        let grown = (1.0 + lift).powi(2);
        let treatment = match self.growth {
            Growth::Same => 1.0,
            Growth::WithTheLift => grown,
        };
        (self.variance * (treatment / self.design.ratio() + grown)).sqrt() / self.ratio.abs()
    }
}
