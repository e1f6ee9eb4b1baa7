//! Tests of two rates, before they are run.

use serde::Serialize;

use super::params::Design;
use super::solve::crossing;
use crate::error::{Error, Result};
use crate::experiments::root::root;
use crate::experiments::tail;

/// Which variance the test divides by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum NullVariance {
    /// That of equal rates, as the score test's: the usual one.
    Pooled,
    /// That of the rates as they are, as Wald's interval's.
    Unpooled,
}

/// A test of a treatment's rate against a control's.
///
/// The statistic's standard deviation is σ₀ under equal rates and σ₁ under the planned ones, per recipient
/// in control, with k recipients in treatment for each:
/// power = Φ((|p₁ − p₀| √n − z σ₀) / σ₁), σ₀² = (1 + 1/k) p̄ q̄ (or σ₁² if unpooled),
/// σ₁² = p₀q₀ + p₁q₁/k (Fleiss, Levin & Paik 2003, equation 4.14, without continuity correction).
#[derive(Debug, Clone, PartialEq)]
pub struct RateDesign {
    design: Design,
    baseline: f64,
    null: NullVariance,
}

impl RateDesign {
    /// # Errors
    ///
    /// A settings error if `baseline`, the control's rate, is not strictly between 0 and 1.
    pub fn new(design: Design, baseline: f64, null: NullVariance) -> Result<Self> {
        if baseline > 0.0 && baseline < 1.0 {
            return Ok(RateDesign { design, baseline, null });
        }
        Err(Error::settings("a baseline rate lies strictly between 0 and 1")
            .with_value(baseline.to_string())
            .hint("write 0.021 for 2.1 %"))
    }

    pub fn design(&self) -> &Design {
        &self.design
    }

    pub fn baseline(&self) -> f64 {
        self.baseline
    }

    /// The treatment's rate at a relative lift over the baseline.
    ///
    /// # Errors
    ///
    /// A settings error if that is no rate, or the same rate.
    pub fn rate_at(&self, lift: f64) -> Result<f64> {
        self.checked(self.baseline * (1.0 + lift))
    }

    /// The treatment's rate at an absolute difference from the baseline.
    ///
    /// # Errors
    ///
    /// As [`RateDesign::rate_at`].
    pub fn rate_with(&self, difference: f64) -> Result<f64> {
        self.checked(self.baseline + difference)
    }

    fn checked(&self, treatment: f64) -> Result<f64> {
        if !(0.0..=1.0).contains(&treatment) {
            return Err(Error::settings("the treatment's rate would not lie between 0 and 1")
                .with_value(treatment.to_string())
                .hint("a lift is relative: 0.1 is a tenth more than the baseline"));
        }
        if treatment == self.baseline {
            return Err(Error::settings("no difference to be found between equal rates")
                .hint("plan for a lift other than 0"));
        }
        Ok(treatment)
    }

    /// Recipients needed in control, not rounded; infinite where the rates are equal.
    pub fn contacts_in_control(&self, treatment: f64) -> f64 {
        let (null, alternative) = self.deviations(treatment);
        let reach = self.design.z_test() * null + self.design.z_power() * alternative;
        let n = (reach.max(0.0) / (treatment - self.baseline)).powi(2);
        if !self.design.counts_wrong_side() || !n.is_finite() {
            return n;
        }
        // The wrong side adds power, so the answer lies below: a little, unless the power is small.
        let short = |n: f64| self.power_at(n, treatment) - self.design.power();
        crossing(short, n * 1e-12, n, n * 2.0).unwrap_or(n)
    }

    /// The chance that the test finds a treatment's rate with `n` recipients in control.
    pub fn power_at(&self, n: f64, treatment: f64) -> f64 {
        let (null, alternative) = self.deviations(treatment);
        let gap = (treatment - self.baseline).abs() * n.sqrt();
        let z = self.design.z_test() * null;
        let beyond = |gap: f64| tail::normal_above((z - gap) / alternative);
        if self.design.counts_wrong_side() { beyond(gap) + beyond(-gap) } else { beyond(gap) }
    }

    /// The treatment's rate nearest above the baseline that is found with the planned power with `n`
    /// recipients in control; `None` if not even a rate of 1 is.
    pub fn smallest_rise(&self, n: f64) -> Option<f64> {
        self.nearest(n, 1.0)
    }

    /// The same below the baseline; `None` if not even a rate of 0 is found.
    pub fn smallest_fall(&self, n: f64) -> Option<f64> {
        self.nearest(n, 0.0)
    }

    fn nearest(&self, n: f64, farthest: f64) -> Option<f64> {
        if !(n > 0.0 && n.is_finite()) {
            return None;
        }
        // Solved for the distance, so that a tiny one keeps its digits.
        let most = (farthest - self.baseline).abs();
        let at = |distance: f64| self.baseline + distance.copysign(farthest - self.baseline);
        let short = |distance: f64| self.margin(n, at(distance));
        (short(most) > 0.0).then(|| at(root(short, 0.0, most)))
    }

    /// Positive where the rate is found with more than the planned power.
    fn margin(&self, n: f64, treatment: f64) -> f64 {
        if self.design.counts_wrong_side() {
            return self.power_at(n, treatment) - self.design.power();
        }
        let (null, alternative) = self.deviations(treatment);
        let reach = self.design.z_test() * null + self.design.z_power() * alternative;
        (treatment - self.baseline).abs() * n.sqrt() - reach
    }

    /// Standard deviations of the difference with one recipient in control: the null's, the alternative's.
    fn deviations(&self, treatment: f64) -> (f64, f64) {
        let (p, k) = (self.baseline, self.design.ratio());
        let alternative = (p * (1.0 - p) + treatment * (1.0 - treatment) / k).max(0.0).sqrt();
        if self.null == NullVariance::Unpooled {
            return (alternative, alternative);
        }
        let pooled = (p + k * treatment) / (1.0 + k);
        let null = (1.0 + 1.0 / k) * pooled * (1.0 - pooled);
        (null.max(0.0).sqrt(), alternative)
    }
}
