//! Tests of two means, before they are run.

use serde::Serialize;

use super::noncentral_t::above;
use super::params::Design;
use super::solve::crossing;
use crate::error::{Error, Result};
use crate::experiments::root::root;
use crate::experiments::tail;

/// Which test of means is planned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum MeanTest {
    /// Welch's t with Satterthwaite's degrees of freedom, as in readouts.
    Welch,
    /// Student's t with n₀ + n₁ − 2 degrees of freedom.
    Student,
    /// The variances taken as known.
    Normal,
}

/// Standard deviations of single recipients' values.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Spread {
    control: f64,
    treatment: f64,
}

impl Spread {
    /// # Errors
    ///
    /// A settings error if either is not a number above 0 that can be squared.
    pub fn new(control: f64, treatment: f64) -> Result<Self> {
        match [control, treatment].into_iter().find(|sd| !(*sd > 0.0 && (sd * sd).is_normal())) {
            None => Ok(Spread { control, treatment }),
            Some(bad) => Err(Error::settings("a standard deviation must be above 0")
                .with_value(bad.to_string())
                .hint("that of single recipients' values, not of their mean")),
        }
    }
}

/// A test of a treatment's mean against a control's.
///
/// The statistic has a noncentral t distribution with shift |d| / √(s₀²/n + s₁²/(k n)): exactly so for
/// Student's with equal spread, closely for Welch's.
#[derive(Debug, Clone, PartialEq)]
pub struct MeanDesign {
    design: Design,
    spread: Spread,
    test: MeanTest,
}

impl MeanDesign {
    pub fn new(design: Design, spread: Spread, test: MeanTest) -> Self {
        MeanDesign { design, spread, test }
    }

    pub fn design(&self) -> &Design {
        &self.design
    }

    /// Recipients needed in control, not rounded, at least as many as leave two in every arm; `None` for
    /// a difference of 0, or one that no 10¹⁵ find.
    pub fn contacts_in_control(&self, difference: f64) -> Option<f64> {
        const MOST: f64 = 1e15;
        if difference == 0.0 || !difference.is_finite() {
            return None;
        }
        let shift = self.design.normal_shift();
        let normal = (shift * self.deviation(1.0) / difference).powi(2);
        if self.test == MeanTest::Normal {
            return (normal <= MOST).then_some(normal);
        }
        let short = |n: f64| self.power_at(n, difference) - self.design.power();
        crossing(short, self.fewest(), normal * 1.05, MOST)
    }

    /// The chance that the test finds `difference` with `n` recipients in control; NaN where an arm would
    /// have too few for a variance.
    pub fn power_at(&self, n: f64, difference: f64) -> f64 {
        self.power_at_shift(n, difference.abs() / self.deviation(n))
    }

    /// The smallest difference that is found with the planned power with `n` recipients in control;
    /// `None` if an arm would have too few for a variance.
    pub fn smallest_difference(&self, n: f64) -> Option<f64> {
        let has_enough = n.is_finite() && n > 0.0;
        if !has_enough || (self.test != MeanTest::Normal && n < self.fewest() * (1.0 - 1e-9)) {
            return None;
        }
        if self.test == MeanTest::Normal {
            return Some(self.design.normal_shift() * self.deviation(n));
        }
        let short = |shift: f64| self.power_at_shift(n, shift) - self.design.power();
        let mut high = self.design.normal_shift() + 1.0;
        while short(high) <= 0.0 {
            high *= 2.0;
            if high > 1e9 {
                return None;
            }
        }
        Some(root(short, 0.0, high) * self.deviation(n))
    }

    fn power_at_shift(&self, n: f64, shift: f64) -> f64 {
        let Some(df) = self.degrees(n) else { return self.design.normal_power(shift) };
        if df.is_nan() || df <= 0.0 {
            return f64::NAN;
        }
        let t = tail::student_critical_above(self.design.alpha_beyond(), df);
        let wrong = if self.design.counts_wrong_side() { above(t, df, -shift) } else { 0.0 };
        above(t, df, shift) + wrong
    }

    /// Two in the smaller arm.
    fn fewest(&self) -> f64 {
        2.0 / self.design.ratio().min(1.0)
    }

    /// Standard error of the difference.
    fn deviation(&self, n: f64) -> f64 {
        let (c, t) = self.mean_variances(n);
        (c + t).sqrt()
    }

    fn mean_variances(&self, n: f64) -> (f64, f64) {
        let Spread { control, treatment } = self.spread;
        let (nc, nt) = (n, n * self.design.ratio());
        if self.test != MeanTest::Student {
            return (control * control / nc, treatment * treatment / nt);
        }
        let weights = ((nc - 1.0).max(0.0), (nt - 1.0).max(0.0));
        let sum = weights.0 * control * control + weights.1 * treatment * treatment;
        let pooled = sum / (weights.0 + weights.1);
        (pooled / nc, pooled / nt)
    }

    /// `None` for a normal test.
    fn degrees(&self, n: f64) -> Option<f64> {
        let (nc, nt) = (n, n * self.design.ratio());
        match self.test {
            MeanTest::Normal => None,
            MeanTest::Student => Some(nc + nt - 2.0),
            MeanTest::Welch => {
                let (c, t) = self.mean_variances(n);
                let (c, t) = (c / c.max(t), t / c.max(t));
                Some((c + t).powi(2) / (c * c / (nc - 1.0) + t * t / (nt - 1.0)))
            }
        }
    }
}
