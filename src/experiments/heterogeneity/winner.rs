//! The best of many segments, without the luck that made it best.

use serde::Serialize;
use statrs::function::erf::erfc;

use super::super::level::Level;
use super::super::root::root;
use super::super::tail;
use super::effects::{SegmentEffect, SegmentEffects};
use super::truncated::ln_beyond;
use crate::estimate::Estimate;

/// The segment with the highest effect, and what is left of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Winner {
    pub segment: String,
    /// As observed, with an interval that ignores how the segment was picked: too high on average.
    pub naive: Estimate,
    /// Given that it came first: median-unbiased, and covers at its level in every such case. May
    /// reach very far where the second is close. `None` for a tie.
    pub conditional: Option<Estimate>,
    /// Almost as exact, and never much longer than a simultaneous interval.
    pub hybrid: Estimate,
    /// P of an effect at least this high, given that it came first, if the true effect is 0;
    /// one-sided. `None` for a tie.
    pub p_conditional: Option<f64>,
    /// How far behind the second is, in standard errors of the first.
    pub lead: f64,
}

/// Inference on the winner of Andrews, Kitagawa & McCloskey (2024, *QJE* 139, 305-358), for
/// independent effects: the first is normal, cut off at the second. The hybrid interval also cuts
/// at a simultaneous interval of level 1 - α/10. Among equals the first in order is taken, and its
/// interval is the simultaneous one. `None` for fewer than two segments.
pub fn winner(effects: &SegmentEffects, level: Level) -> Option<Winner> {
    let all = effects.all();
    let first = (0..all.len()).fold(None, |best: Option<usize>, i| match best {
        Some(b) if all[b].effect >= all[i].effect => Some(b),
        _ => Some(i),
    })?;
    let others = all.iter().enumerate().filter(|(i, _)| *i != first);
    let second = others.map(|(_, e)| e.effect).fold(f64::NEG_INFINITY, f64::max);
    if second == f64::NEG_INFINITY {
        return None;
    }
    let best = &all[first];
    let pick = Pick { best, lead: (best.effect - second) / best.std_error, of: all.len() };
    let conditional = pick.conditional(level);
    let zero = best.effect / best.std_error;
    Some(Winner {
        segment: best.name.clone(),
        naive: best.estimate(level),
        p_conditional: conditional.as_ref().map(|_| ln_beyond(zero - pick.lead, pick.lead).exp()),
        conditional,
        hybrid: pick.hybrid(level),
        lead: pick.lead,
    })
}

struct Pick<'a> {
    best: &'a SegmentEffect,
    /// In standard errors.
    lead: f64,
    of: usize,
}

impl Pick<'_> {
    /// Leads below this are ties: they leave no digits to tell the first from the second.
    const TIE: f64 = 1e-9;

    /// The effect that lies `z` standard errors below the observed one.
    fn below(&self, z: f64) -> f64 {
        self.best.effect - z * self.best.std_error
    }

    fn estimate(&self, z: [f64; 3], level: Level, method: &'static str) -> Estimate {
        let [low, point, high] = z.map(|z| self.below(z));
        Estimate { point, std_error: None, low, high, level: level.get(), method }
    }

    fn conditional(&self, level: Level) -> Option<Estimate> {
        if self.lead < Self::TIE {
            return None;
        }
        let outside = (1.0 - level.get()) / 2.0;
        let z = [outside, 0.5, 1.0 - outside].map(|p| conditional_z(self.lead, p));
        Some(self.estimate(z, level, "conditional on ranking first"))
    }

    fn hybrid(&self, level: Level) -> Estimate {
        let alpha = 1.0 - level.get();
        if self.lead < Self::TIE {
            let c = simultaneous(alpha, self.of);
            return self.estimate([c, 0.0, -c], level, "simultaneous, tied for first");
        }
        let beta = alpha / 10.0;
        let c = simultaneous(beta, self.of);
        let outside = (alpha - beta) / (1.0 - beta) / 2.0;
        let z = [outside, 0.5, 1.0 - outside].map(|p| hybrid_z(self.lead, c, p));
        self.estimate(z, level, "hybrid for the winner")
    }
}

/// The z = (observed - true)/σ with P(Z ≥ z | Z ≥ z - lead) = `p`.
fn conditional_z(lead: f64, p: f64) -> f64 {
    const MOST: u32 = 1000;
    let ln_p = p.ln();
    let over = |z: f64| ln_p - ln_beyond(z - lead, lead);
    // The probability falls from 1 to 0 in z.
    let edge = |sign: f64| {
        let steps = (0..MOST).map(|k| sign * 2.0_f64.powi(k as i32));
        steps.into_iter().find(|z| over(*z) * sign > 0.0).unwrap_or(sign * f64::MAX)
    };
    root(over, edge(-1.0), edge(1.0))
}

/// The same with Z also within ± `c`, so that z lies there too.
fn hybrid_z(lead: f64, c: f64, p: f64) -> f64 {
    let between = |low: f64, high: f64| {
        let scale = std::f64::consts::SQRT_2;
        // From the side on which the difference keeps its digits.
        if low > 0.0 {
            (erfc(low / scale) - erfc(high / scale)) / 2.0
        } else {
            (erfc(-high / scale) - erfc(-low / scale)) / 2.0
        }
    };
    let over = |z: f64| p * between((z - lead).max(-c), c) - between(z, c);
    root(over, -c, c)
}

/// The c with P(all of `of` independent normals within ± c) = 1 - `alpha`.
fn simultaneous(alpha: f64, of: usize) -> f64 {
    // 1 - (1 - α)^(1/S)
    tail::normal_critical(-((-alpha).ln_1p() / of as f64).exp_m1())
}
