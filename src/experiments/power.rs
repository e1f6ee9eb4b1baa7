//! Power of a two-arm test of rates: contacts needed, power reached, smallest lift to be found.

use super::root::root;
use super::tail;
use crate::error::{Error, Result};

/// What a test of two rates is planned for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RatePower {
    /// z of the two-sided test.
    z_test: f64,
    /// z of the power.
    z_power: f64,
    /// Contacts in the treatment arm for each in control.
    ratio: f64,
}

impl RatePower {
    /// A two-sided test at `alpha` that finds the planned difference with probability `power`, with
    /// `ratio` contacts in treatment for each in control.
    ///
    /// # Errors
    /// If `alpha` or `power` is not strictly between 0 and 1, or `ratio` not above 0.
    pub fn new(alpha: f64, power: f64, ratio: f64) -> Result<Self> {
        for (name, value) in [("alpha", alpha), ("power", power)] {
            if !(value > 0.0 && value < 1.0) {
                return Err(Error::settings(format!("{name} must lie between 0 and 1"))
                    .with_value(value.to_string())
                    .hint("usual: alpha = 0.05, power = 0.8"));
            }
        }
        if !(ratio > 0.0 && ratio.is_finite()) {
            return Err(Error::settings("the arms' ratio must be above 0")
                .with_value(ratio.to_string())
                .hint("1 is two arms of equal size"));
        }
        let z_power = tail::normal_critical_above(1.0 - power);
        Ok(RatePower { z_test: tail::normal_critical(alpha), z_power, ratio })
    }

    /// Contacts needed in control, not rounded; infinite where the rates are equal.
    ///
    /// # Formula
    /// n = (z₁ √((1 + 1/k) p̄q̄) + z₂ √(p₀q₀ + p₁q₁/k))² / (p₁ − p₀)², with p̄ the pooled rate
    /// (Fleiss, Levin & Paik 2003, equation 4.14, without continuity correction).
    pub fn contacts_in_control(&self, control: f64, treatment: f64) -> f64 {
        let (null, alternative) = self.deviations(control, treatment);
        let reach = self.z_test * null + self.z_power * alternative;
        (reach / (treatment - control)).powi(2)
    }

    /// The probability that the test finds the difference with `n` contacts in control.
    pub fn power_at(&self, n: f64, control: f64, treatment: f64) -> f64 {
        let (null, alternative) = self.deviations(control, treatment);
        let difference = (treatment - control).abs() * n.sqrt();
        let beyond = |d: f64| tail::normal_above((self.z_test * null - d) / alternative);
        beyond(difference) + beyond(-difference)
    }

    /// The smallest relative lift over `control` that is found with the planned power with `n` contacts
    /// in control; `None` if not even a rate of 1 is, or nobody in control does it.
    pub fn smallest_lift(&self, n: f64, control: f64) -> Option<f64> {
        if !(control > 0.0 && control < 1.0 && n > 0.0) {
            return None;
        }
        let short = |treatment: f64| {
            let (null, alternative) = self.deviations(control, treatment);
            let reach = self.z_test * null + self.z_power * alternative;
            (treatment - control) * n.sqrt() - reach
        };
        (short(1.0) > 0.0).then(|| root(short, control, 1.0) / control - 1.0)
    }

    /// Standard deviations of the difference with one contact in control, under the null and under the
    /// alternative.
    fn deviations(&self, control: f64, treatment: f64) -> (f64, f64) {
        let k = self.ratio;
        let pooled = (control + k * treatment) / (1.0 + k);
        let null = (1.0 + 1.0 / k) * pooled * (1.0 - pooled);
        let alternative = control * (1.0 - control) + treatment * (1.0 - treatment) / k;
        (null.max(0.0).sqrt(), alternative.max(0.0).sqrt())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(a: f64, b: f64, relative: f64) -> bool {
        (a - b).abs() <= relative * b.abs()
    }

    /// (control, treatment, alpha, power, ratio, contacts in control, power at 20,000), by statsmodels
    /// 0.15: `samplesize_proportions_2indep_onetail`, `power_proportions_2indep`.
    const STATSMODELS: [(f64, f64, f64, f64, f64, f64, f64); 4] = [
        (0.004, 0.0048, 0.05, 0.8, 1.0, 107446.06017903717, 0.22701055291577862),
        (0.004, 0.0048, 0.01, 0.8, 1.0, 159877.79670414684, 0.08586662376099435),
        (0.004, 0.0048, 0.05, 0.8, 0.25, 262623.2173325952, 0.13776903891057507),
        (0.999, 0.9994995, 0.05, 0.8, 0.25, 126311.54337613774, 0.13365390287069032),
    ];

    #[test]
    fn contacts_and_power_agree_with_statsmodels() -> Result<()> {
        for (p0, p1, alpha, power, ratio, n, at_20000) in STATSMODELS {
            let plan = RatePower::new(alpha, power, ratio)?;
            assert!(close(plan.contacts_in_control(p0, p1), n, 1e-12), "{n}");
            assert!(close(plan.power_at(20_000.0, p0, p1), at_20000, 1e-9), "{at_20000}");
        }
        Ok(())
    }

    #[test]
    fn the_smallest_lift_agrees_with_r_and_inverts_the_contacts() -> Result<()> {
        let plan = RatePower::new(0.05, 0.8, 1.0)?;
        // R: power.prop.test(n = 20000, p1 = 0.004, power = 0.8)$p2.
        let lift = plan.smallest_lift(20_000.0, 0.004).unwrap_or(f64::NAN);
        // Its root is found to a quarter of the digits, 1.2e-4.
        assert!((0.004 * (1.0 + lift) - 0.00599606634680091).abs() < 1.2e-4, "{lift}");
        for (n, p) in [(300.0, 0.1), (50_000.0, 0.02), (1e6, 0.3)] {
            let lift = plan.smallest_lift(n, p).unwrap_or(f64::NAN);
            let back = plan.contacts_in_control(p, p * (1.0 + lift));
            assert!(close(back, n, 1e-9), "{n} {back}");
        }
        assert_eq!(plan.smallest_lift(2.0, 0.5), None);
        assert_eq!(plan.smallest_lift(100.0, 0.0), None);
        Ok(())
    }

    #[test]
    fn impossible_plans_are_refused() {
        for (alpha, power, ratio) in [(0.0, 0.8, 1.0), (0.05, 1.0, 1.0), (0.05, 0.8, 0.0)] {
            assert!(RatePower::new(alpha, power, ratio).is_err());
        }
    }
}
