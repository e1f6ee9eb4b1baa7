//! Two estimated means that share something: a covariate's overall mean, the shares of strata.

use super::effect::{Effect, Statistic};
use super::fieller::fieller;
use super::level::Level;
use super::lift::{RelativeLift, SetKind};
use super::means::Sample;
use super::tail::{self, Tail};
use crate::estimate::Estimate;

/// Two means with their variances and covariance, as estimates.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct CorrelatedMeans {
    pub control: f64,
    pub treatment: f64,
    pub control_variance: f64,
    pub treatment_variance: f64,
    pub covariance: f64,
    /// Of treatment minus control; by itself, because the three above cancel.
    pub difference_variance: f64,
    pub df: f64,
}

/// What the numbers are called in a report.
#[derive(Debug, Clone, Copy)]
pub(super) struct Names {
    pub interval: &'static str,
    pub lift: &'static str,
    pub test: &'static str,
    pub statistic: &'static str,
}

const NO_SPREAD: &str = "no spread in either arm";

impl CorrelatedMeans {
    /// The t test of the difference, its interval, and Fieller's set for the lift at the same critical value.
    pub(super) fn effect(&self, level: Level, names: Names) -> Effect {
        let point = self.treatment - self.control;
        let std_error = self.difference_variance.sqrt();
        let degenerate = std_error == 0.0;
        let (critical, t, tail) = if degenerate {
            let t = if point == 0.0 { 0.0 } else { f64::INFINITY.copysign(point) };
            (0.0, t, if point == 0.0 { Tail::CERTAIN } else { Tail::IMPOSSIBLE })
        } else {
            let t = point / std_error;
            (level.student_critical(self.df), t, tail::student(t, self.df))
        };
        let method = |name| if degenerate { NO_SPREAD } else { name };
        Effect {
            difference: self.around(point, std_error, critical, level, method(names.interval)),
            relative_lift: self.lift(critical, level, method(names.lift)),
            statistic: Statistic { name: names.statistic, value: t },
            df: (!degenerate).then_some(self.df),
            p: tail.p,
            ln_p: tail.ln_p,
            p_method: method(names.test),
            degenerate,
        }
    }

    fn around(
        &self,
        point: f64,
        std_error: f64,
        critical: f64,
        level: Level,
        method: &'static str,
    ) -> Estimate {
        let half = critical * std_error;
        let (low, high) = (point - half, point + half);
        Estimate { point, std_error: Some(std_error), low, high, level: level.get(), method }
    }

    /// All θ with (mt − θ mc)² ≤ q² (Vt − 2θC + θ² Vc), less one. With k = C/Vc it is the set of independent
    /// means mt − k mc and mc, moved by k.
    fn lift(&self, critical: f64, level: Level, method: &'static str) -> Option<RelativeLift> {
        let point = (self.treatment - self.control) / self.control;
        if critical == 0.0 {
            let kind = SetKind::Bounded;
            let estimate = self.around(point, 0.0, 0.0, level, method);
            return point.is_finite().then_some(RelativeLift { kind, estimate });
        }
        let k =
            if self.control_variance > 0.0 { self.covariance / self.control_variance } else { 0.0 };
        // One row, so that the variance is the mean's.
        let control = Sample::new(1, self.control, self.control_variance).ok()?;
        let rest = (self.treatment_variance - k * self.covariance).max(0.0);
        let treatment = Sample::new(1, self.treatment - k * self.control, rest).ok()?;
        let mut set = fieller(&control, &treatment, critical, level);
        set.estimate = Estimate {
            point,
            low: set.estimate.low + k,
            high: set.estimate.high + k,
            method,
            ..set.estimate
        };
        Some(set)
    }
}

/// Satterthwaite's degrees of freedom of a sum of variances, each with its own.
pub(super) fn satterthwaite(parts: &[(f64, f64)]) -> f64 {
    let largest = parts.iter().fold(0.0, |most: f64, part| most.max(part.0));
    let sum: f64 = parts.iter().map(|(v, _)| v / largest).sum();
    let below: f64 = parts.iter().map(|(v, df)| (v / largest).powi(2) / df).sum();
    sum * sum / below
}

/// True for means that differ by no more than their computation may. Without a spread to measure it by, such
/// a difference would be taken for certain.
pub(super) fn rounding_apart(a: f64, b: f64) -> bool {
    const ROUNDING: f64 = 1e-12;
    (a - b).abs() <= ROUNDING * a.abs().max(b.abs())
}
