//! Each segment's effect, drawn towards the mean of all.

use serde::Serialize;

use super::super::level::Level;
use super::critical_value::robust_critical_value;
use super::effects::{SegmentEffect, SegmentEffects, around};
use crate::estimate::Estimate;

/// One segment's effect, alone and shrunken.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ShrunkenEffect {
    pub segment: String,
    pub alone: Estimate,
    /// The best linear prediction with an interval that holds on average over the segments,
    /// whatever the distribution of their true effects.
    pub shrunken: Estimate,
    /// The same point with the interval that trusts a normal distribution and τ² itself.
    pub normal: Estimate,
    /// How much of the segment's own effect is kept: τ²/(τ² + V).
    pub weight: f64,
}

/// Shrinks the effects by `tau_squared`: μ + w (e - μ) with w = τ²/(τ² + V). `None` for fewer than
/// two segments. With τ² = 0 every point is the pooled effect.
///
/// The robust interval is that of Armstrong, Kolesár & Plagborg-Møller (2022): the noise of the
/// prediction times the critical value for its bias, with the mean square and kurtosis of the true
/// effects kept above the floors of their section 4 (weights 1/V). The noise and bias of the
/// estimated mean are counted in, so that the interval keeps a width when w is 0. For two
/// segments, which show no distribution, it is the normal interval.
pub fn shrink(
    effects: &SegmentEffects,
    tau_squared: f64,
    level: Level,
) -> Option<Vec<ShrunkenEffect>> {
    if effects.len() < 2 {
        return None;
    }
    let shrinkage = Shrinkage::new(effects, tau_squared, level);
    Some(effects.all().iter().map(|effect| shrinkage.of(effect)).collect())
}

struct Shrinkage {
    spread: f64,
    mean: f64,
    /// Σ 1/(V + τ²)
    total: f64,
    /// Σ a² V and Σ a² with the weights a of the mean.
    mean_noise: f64,
    concentration: f64,
    /// `None` where there are too few segments.
    bias: Option<BiasMoments>,
    level: Level,
}

impl Shrinkage {
    fn new(effects: &SegmentEffects, spread: f64, level: Level) -> Self {
        let (mean, total) = effects.mean(spread);
        let share = |e: &SegmentEffect| 1.0 / (e.variance() + spread) / total;
        let all = || effects.all().iter();
        Shrinkage {
            spread,
            mean,
            total,
            mean_noise: all().map(|e| share(e).powi(2) * e.variance()).sum(),
            concentration: all().map(|e| share(e).powi(2)).sum(),
            bias: (effects.len() > 2).then(|| BiasMoments::of(effects, mean, spread)),
            level,
        }
    }

    fn of(&self, effect: &SegmentEffect) -> ShrunkenEffect {
        let variance = effect.variance();
        let weight = self.spread / (self.spread + variance);
        let point = self.mean + weight * (effect.effect - self.mean);
        let normal = (weight * variance + (1.0 - weight).powi(2) / self.total).sqrt();
        let z = self.level.normal_critical();
        let normal = around(point, normal, z, self.level, "shrunken, normal empirical bayes");
        let shrunken = match &self.bias {
            Some(bias) => self.robust(point, weight, variance, bias),
            None => normal.clone(),
        };
        ShrunkenEffect {
            segment: effect.name.clone(),
            alone: effect.estimate(self.level),
            shrunken,
            normal,
            weight,
        }
    }

    fn robust(&self, point: f64, weight: f64, variance: f64, bias: &BiasMoments) -> Estimate {
        let share = 1.0 / (variance + self.spread) / self.total;
        let pull = 1.0 - weight;
        let noise = weight * weight * variance
            + 2.0 * weight * pull * share * variance
            + pull * pull * self.mean_noise;
        // The other segments' deviations, through the mean, and the segment's own.
        let spread = (1.0 - share).powi(2) + self.concentration - share * share;
        let m2 = pull * pull * bias.mean_square * spread / noise;
        let critical = robust_critical_value(m2, bias.kurtosis, self.level);
        around(point, noise.sqrt(), critical, self.level, "shrunken, robust empirical bayes")
    }
}

/// Mean square and kurtosis of the true effects around their mean.
struct BiasMoments {
    mean_square: f64,
    kurtosis: f64,
}

impl BiasMoments {
    fn of(effects: &SegmentEffects, mean: f64, spread: f64) -> Self {
        let sum = |term: &dyn Fn(f64, f64) -> f64| -> f64 {
            effects.all().iter().map(|e| term(e.effect - mean, e.variance())).sum()
        };
        let weights = sum(&|_, v| 1.0 / v);
        let mean_square = spread.max(2.0 / weights);
        let square = mean_square * mean_square;
        let fourth = sum(&|off, v| off.powi(4) / v - 6.0 * off * off + 3.0 * v) / weights;
        let floor = 1.0 + 32.0 * sum(&|_, v| v * v) / (square * weights * sum(&|_, v| v));
        BiasMoments { mean_square, kurtosis: (fourth / square).max(floor) }
    }
}

/// The James-Stein estimate around the plain mean, for independent effects with unequal variances
/// (Dimmery, Bakshy & Sekhon 2019): m + (1 - V (S - 3)/Σ(e - m)²) (e - m), with the sum of squares
/// raised until no factor is negative. For display beside [`shrink`]; `None` below four segments.
pub fn james_stein(effects: &SegmentEffects) -> Option<Vec<f64>> {
    let degrees = effects.len().checked_sub(3).filter(|d| *d > 0)? as f64;
    let all = || effects.all().iter();
    let mean = all().map(|e| e.effect).sum::<f64>() / effects.len() as f64;
    let squares: f64 = all().map(|e| (e.effect - mean).powi(2)).sum();
    let largest = all().map(SegmentEffect::variance).fold(0.0, f64::max);
    let squares = squares.max(degrees * largest);
    let shrunken =
        |e: &SegmentEffect| mean + (1.0 - e.variance() * degrees / squares) * (e.effect - mean);
    Some(all().map(shrunken).collect())
}
