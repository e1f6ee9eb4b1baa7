//! An effect with its standard error in each segment.

use super::super::counts::Counts;
use super::super::effect::Side;
use super::super::level::Level;
use super::super::score;
use super::rate_prior::RatePrior;
use super::segments::{Segment, Segments};
use crate::error::{Error, Result};
use crate::estimate::Estimate;

/// One segment's effect, treatment less control, by itself.
#[derive(Debug, Clone, PartialEq)]
pub struct SegmentEffect {
    pub name: String,
    pub effect: f64,
    pub std_error: f64,
}

/// Effects with positive standard errors, independent of each other.
#[derive(Debug, Clone, PartialEq)]
pub struct SegmentEffects {
    all: Vec<SegmentEffect>,
}

impl SegmentEffects {
    /// # Errors
    ///
    /// A data error if an effect is not finite, or a standard error not positive and finite.
    pub fn new(all: Vec<SegmentEffect>) -> Result<Self> {
        let usable = |e: &SegmentEffect| {
            let variance = e.variance();
            e.effect.is_finite() && variance.is_finite() && (1.0 / variance).is_finite()
        };
        match all.iter().find(|effect| !usable(effect)) {
            Some(SegmentEffect { name, effect, std_error }) => {
                Err(Error::data(format!("segment `{name}` has no usable effect"))
                    .with_value(format!("{effect} ± {std_error}"))
                    .hint("leave out segments without an effect and a positive standard error"))
            }
            None => Ok(SegmentEffects { all }),
        }
    }

    /// Differences of rates. `None` if neither arm varies in any segment: then there is no
    /// standard error.
    ///
    /// The variance is Σ p̃ q̃ / n with each arm's rate p̃ shrunken over the segments by its
    /// beta-binomial prior. At the observed rates, an empty cell would have no variance at all,
    /// and the segments that happen to have few successes would weigh the most.
    pub fn of_rates(segments: &Segments) -> Option<Self> {
        let prior = |side| RatePrior::fit(&segments.arm(side));
        let (control, treatment) = rayon::join(|| prior(Side::Control), || prior(Side::Treatment));
        Self::at_rates(segments, &control?, &treatment?)
    }

    /// [`SegmentEffects::of_rates`] with priors that are fitted already.
    pub(super) fn at_rates(
        segments: &Segments,
        control: &RatePrior,
        treatment: &RatePrior,
    ) -> Option<Self> {
        let effect = |segment: &Segment| {
            let variance = mean_variance(control, &segment.control)
                + mean_variance(treatment, &segment.treatment);
            SegmentEffect {
                name: segment.name.clone(),
                effect: score::difference(&segment.control, &segment.treatment),
                std_error: variance.sqrt(),
            }
        };
        SegmentEffects::new(segments.used().iter().map(effect).collect()).ok()
    }

    pub fn all(&self) -> &[SegmentEffect] {
        &self.all
    }

    pub fn len(&self) -> usize {
        self.all.len()
    }

    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// The weighted mean with weights 1/(V + `spread`), and the sum of the weights.
    pub(super) fn mean(&self, spread: f64) -> (f64, f64) {
        let total: f64 = self.all.iter().map(|e| 1.0 / (e.variance() + spread)).sum();
        // Around one effect, so that a large common level does not cancel.
        let level = self.all.first().map_or(0.0, |e| e.effect);
        let off = |e: &SegmentEffect| (e.effect - level) / (e.variance() + spread);
        (level + self.all.iter().map(off).sum::<f64>() / total, total)
    }

    /// Σ (e - mean)² / (V + `spread`), around the mean with the same weights.
    pub(super) fn q(&self, spread: f64) -> f64 {
        let (mean, _) = self.mean(spread);
        let term = |e: &SegmentEffect| (e.effect - mean).powi(2) / (e.variance() + spread);
        self.all.iter().map(term).sum()
    }
}

impl SegmentEffect {
    pub fn variance(&self) -> f64 {
        self.std_error * self.std_error
    }

    /// The segment by itself, with a Wald interval.
    pub fn estimate(&self, level: Level) -> Estimate {
        wald(self.effect, self.std_error, level, "segment alone, wald")
    }
}

fn mean_variance(prior: &RatePrior, counts: &Counts) -> f64 {
    let rate = prior.posterior_mean(counts);
    rate * (1.0 - rate) / counts.n() as f64
}

/// A symmetric normal interval.
pub(super) fn wald(point: f64, std_error: f64, level: Level, method: &'static str) -> Estimate {
    around(point, std_error, level.normal_critical(), level, method)
}

/// point ± critical × standard error.
pub(super) fn around(
    point: f64,
    std_error: f64,
    critical: f64,
    level: Level,
    method: &'static str,
) -> Estimate {
    let half = critical * std_error;
    Estimate {
        point,
        std_error: Some(std_error),
        low: point - half,
        high: point + half,
        level: level.get(),
        method,
    }
}
