//! Two means compared.

use super::effect::{Effect, NoEstimate, Side, Statistic};
use super::fieller::fieller;
use super::level::Level;
use super::lift::{RelativeLift, SetKind};
use super::moments::Moments;
use super::tail::{self, Tail};
use crate::error::{Error, Result};
use crate::estimate::Estimate;

/// n, mean and sample variance of one arm.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sample {
    n: u64,
    mean: f64,
    variance: f64,
}

/// The most values that are still exact as a float.
const MOST_VALUES: u64 = 1 << 53;
/// Squares of larger numbers run over.
const LARGEST: f64 = 1e150;

impl Sample {
    /// # Errors
    ///
    /// A data error if the mean or the variance is not finite, the variance negative, or one of them too
    /// large to be squared, or there are more than 2⁵³ values.
    pub fn new(n: u64, mean: f64, variance: f64) -> Result<Self> {
        if !mean.is_finite() {
            return Err(Error::data("a mean must be a finite number").with_value(mean.to_string()));
        }
        if n > MOST_VALUES {
            return Err(Error::data(format!("{n} is too many to count exactly")));
        }
        if mean.abs() > LARGEST || variance > LARGEST {
            return Err(Error::data("a mean or a variance beyond 1e150")
                .with_value(format!("{mean:e}, {variance:e}"))
                .hint("use a larger unit"));
        }
        if !(variance.is_finite() && variance >= 0.0) {
            return Err(Error::data("a variance must be a finite number, zero or above")
                .with_value(variance.to_string()));
        }
        Ok(Sample { n, mean, variance })
    }

    pub fn n(&self) -> u64 {
        self.n
    }

    pub fn mean(&self) -> f64 {
        self.mean
    }

    /// The sample variance; zero, and without meaning, below two values.
    pub fn variance(&self) -> f64 {
        self.variance
    }

    /// variance / n, the squared standard error of the mean.
    pub(super) fn mean_variance(&self) -> f64 {
        self.variance / self.n as f64
    }

    /// The mean with Student's t interval. `None` without values; with one value the interval is
    /// the whole line.
    pub fn estimate(&self, level: Level) -> Option<Estimate> {
        if self.n == 0 {
            return None;
        }
        let std_error = (self.n > 1).then(|| self.mean_variance().sqrt());
        let half = std_error.map_or(f64::INFINITY, |se| match se {
            0.0 => 0.0,
            _ => level.student_critical((self.n - 1) as f64) * se,
        });
        Some(Estimate {
            point: self.mean,
            std_error,
            low: self.mean - half,
            high: self.mean + half,
            level: level.get(),
            method: "student-t",
        })
    }
}

impl From<&Moments> for Sample {
    fn from(moments: &Moments) -> Self {
        Sample {
            n: moments.n(),
            mean: moments.mean().unwrap_or(0.0),
            variance: moments.variance().unwrap_or(0.0),
        }
    }
}

/// Compares two means: Welch's t with Satterthwaite's degrees of freedom (Welch 1947,
/// *Biometrika* 34), its interval for the difference, and Fieller's set for the relative lift at
/// the same critical value, so that one p-value agrees with both.
///
/// df = (Vt + Vc)² / (Vt²/(nt-1) + Vc²/(nc-1)) with V = s²/n. Without spread in either arm, equal
/// means give p = 1 and unequal ones p = 0, marked as degenerate. Constant cost.
///
/// # Errors
///
/// [`NoEstimate`] if an arm has no row, or only one and hence no variance.
pub fn compare_means(
    control: &Sample,
    treatment: &Sample,
    level: Level,
) -> Result<Effect, NoEstimate> {
    for (arm, sample) in [(Side::Control, control), (Side::Treatment, treatment)] {
        match sample.n {
            0 => return Err(NoEstimate::NoRows { arm }),
            1 => return Err(NoEstimate::OneRow { arm }),
            _ => {}
        }
    }
    if control.variance == 0.0 && treatment.variance == 0.0 {
        return Ok(without_spread(control, treatment, level));
    }
    Ok(welch(control, treatment, level))
}

fn welch(control: &Sample, treatment: &Sample, level: Level) -> Effect {
    let point = treatment.mean - control.mean;
    let std_error = (treatment.mean_variance() + control.mean_variance()).sqrt();
    let df = satterthwaite(control, treatment);
    let critical = level.student_critical(df);
    let t = point / std_error;
    let tail = tail::student(t, df);
    let difference = Estimate {
        point,
        std_error: Some(std_error),
        low: point - critical * std_error,
        high: point + critical * std_error,
        level: level.get(),
        method: "welch-t",
    };
    let lift = fieller(control, treatment, critical, level);
    effect(difference, Some(lift), t, Some(df), tail, false)
}

/// Scaled by the larger part, so that tiny variances do not underflow when squared.
fn satterthwaite(control: &Sample, treatment: &Sample) -> f64 {
    let (vc, vt) = (control.mean_variance(), treatment.mean_variance());
    let (vc, vt) = (vc / vc.max(vt), vt / vc.max(vt));
    let below = vc * vc / (control.n - 1) as f64 + vt * vt / (treatment.n - 1) as f64;
    (vc + vt) * (vc + vt) / below
}

fn without_spread(control: &Sample, treatment: &Sample, level: Level) -> Effect {
    let point = treatment.mean - control.mean;
    let tail = if point == 0.0 { Tail::CERTAIN } else { Tail::IMPOSSIBLE };
    let exact = |point: f64| Estimate {
        point,
        std_error: Some(0.0),
        low: point,
        high: point,
        level: level.get(),
        method: "no spread in either arm",
    };
    let lift = (control.mean != 0.0)
        .then(|| RelativeLift { kind: SetKind::Bounded, estimate: exact(point / control.mean) });
    let t = if point == 0.0 { 0.0 } else { f64::INFINITY.copysign(point) };
    effect(exact(point), lift, t, None, tail, true)
}

fn effect(
    difference: Estimate,
    relative_lift: Option<RelativeLift>,
    t: f64,
    df: Option<f64>,
    tail: Tail,
    degenerate: bool,
) -> Effect {
    Effect {
        difference,
        relative_lift,
        statistic: Statistic { name: "welch_t", value: t },
        df,
        p: tail.p,
        ln_p: tail.ln_p,
        p_method: if degenerate { "no spread in either arm" } else { "welch t test" },
        degenerate,
    }
}
