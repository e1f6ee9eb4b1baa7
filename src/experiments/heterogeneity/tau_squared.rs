//! How much the true effects of segments differ: the variance between them.

use serde::Serialize;

use super::super::root::root;
use super::effects::{SegmentEffect, SegmentEffects};

/// An estimator of the variance between segments.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum TauMethod {
    /// DerSimonian & Laird (1986): moments, in closed form.
    DerSimonianLaird,
    /// Restricted maximum likelihood.
    #[default]
    Reml,
    /// Maximum likelihood; too small in few segments.
    MaximumLikelihood,
    /// Paule & Mandel (1982): the spread at which Cochran's Q equals its degrees of freedom.
    PauleMandel,
}

impl TauMethod {
    pub fn name(self) -> &'static str {
        match self {
            TauMethod::DerSimonianLaird => "dersimonian-laird",
            TauMethod::Reml => "reml",
            TauMethod::MaximumLikelihood => "maximum likelihood",
            TauMethod::PauleMandel => "paule-mandel",
        }
    }
}

/// The variance of the true effects between segments, never below 0; 0 for fewer than two.
///
/// Roots are found to rounding error on any scale, in percent or in shares of a percent. The
/// likelihoods are searched for all their maxima on a grid of halvings.
pub fn tau_squared(effects: &SegmentEffects, method: TauMethod) -> f64 {
    if effects.len() < 2 {
        return 0.0;
    }
    match method {
        TauMethod::DerSimonianLaird => dersimonian_laird(effects),
        TauMethod::PauleMandel => paule_mandel(effects),
        TauMethod::Reml => Likelihood { effects, restricted: true }.best(),
        TauMethod::MaximumLikelihood => Likelihood { effects, restricted: false }.best(),
    }
}

fn dersimonian_laird(effects: &SegmentEffects) -> f64 {
    let (_, total) = effects.mean(0.0);
    let squares: f64 = effects.all().iter().map(|e| e.variance().powi(-2)).sum();
    let df = (effects.len() - 1) as f64;
    ((effects.q(0.0) - df) / (total - squares / total)).max(0.0)
}

fn paule_mandel(effects: &SegmentEffects) -> f64 {
    let df = (effects.len() - 1) as f64;
    let excess = |spread: f64| df - effects.q(spread);
    if excess(0.0) >= 0.0 {
        return 0.0;
    }
    // Q(τ²) ≤ Σ (e - mean)²/τ², so that this is beyond the root.
    root(excess, 0.0, widest(effects))
}

/// Above any estimate: the squared range of the effects times their number.
fn widest(effects: &SegmentEffects) -> f64 {
    let values = || effects.all().iter().map(|e| e.effect);
    let range = values().fold(f64::NEG_INFINITY, f64::max) - values().fold(f64::INFINITY, f64::min);
    range * range * effects.len() as f64
}

struct Likelihood<'a> {
    effects: &'a SegmentEffects,
    restricted: bool,
}

impl Likelihood<'_> {
    /// The maximum over τ² ≥ 0.
    fn best(&self) -> f64 {
        const HALVINGS: i32 = 80;
        let top = widest(self.effects);
        if top == 0.0 {
            return 0.0;
        }
        let grid: Vec<(f64, f64)> = std::iter::once(0.0)
            .chain((0..=HALVINGS).rev().map(|k| top * 0.5_f64.powi(k)))
            .map(|spread| (spread, self.slope(spread)))
            .collect();
        let peaks = grid.windows(2).filter(|pair| pair[0].1 > 0.0 && pair[1].1 <= 0.0);
        let refine = |pair: &[(f64, f64)]| root(|t| -self.slope(t), pair[0].0, pair[1].0);
        let candidates = std::iter::once(0.0).chain(peaks.map(refine));
        candidates.max_by(|a, b| self.value(*a).total_cmp(&self.value(*b))).unwrap_or(0.0)
    }

    /// Twice the slope of the log-likelihood in τ².
    fn slope(&self, spread: f64) -> f64 {
        let (mean, total) = self.effects.mean(spread);
        let weight = |e: &SegmentEffect| 1.0 / (e.variance() + spread);
        let sum = |term: &dyn Fn(&SegmentEffect) -> f64| -> f64 {
            self.effects.all().iter().map(term).sum()
        };
        let squares = sum(&|e| weight(e).powi(2));
        let misfit = sum(&|e| (weight(e) * (e.effect - mean)).powi(2));
        misfit - total + if self.restricted { squares / total } else { 0.0 }
    }

    /// Twice the log-likelihood, without its constant.
    fn value(&self, spread: f64) -> f64 {
        let (_, total) = self.effects.mean(spread);
        let ln: f64 = self.effects.all().iter().map(|e| (e.variance() + spread).ln()).sum();
        -ln - self.effects.q(spread) - if self.restricted { total.ln() } else { 0.0 }
    }
}
