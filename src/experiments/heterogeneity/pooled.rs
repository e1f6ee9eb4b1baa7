//! One effect for all segments.

use serde::Serialize;

use super::super::level::Level;
use super::effects::{SegmentEffects, around, wald};
use super::tau_squared::{TauMethod, tau_squared};
use crate::estimate::Estimate;

/// The mean effect over segments whose true effects may differ.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Pooled {
    /// Hartung & Knapp (2001) with t on S - 1 degrees of freedom, never narrower than at a
    /// variance factor of 1 (Röver, Knapp & Friede 2015).
    pub effect: Estimate,
    /// The same without that floor.
    pub hartung_knapp: Estimate,
    /// The mean ± z standard errors, as if τ² were known.
    pub wald: Estimate,
    /// As if all segments had one true effect.
    pub fixed: Estimate,
    /// Where the true effect of one further segment lies: mean ± t(S-2) √(τ² + se²) (Higgins,
    /// Thompson & Spiegelhalter 2009). `None` for two segments.
    pub prediction: Option<Estimate>,
    /// The variance of the true effects between segments.
    pub tau_squared: f64,
    pub tau_method: TauMethod,
}

/// Pools the effects by inverse variance. `None` for fewer than two segments.
pub fn pooled(effects: &SegmentEffects, method: TauMethod, level: Level) -> Option<Pooled> {
    let df = effects.len().checked_sub(1).filter(|df| *df > 0)? as f64;
    let tau_squared = tau_squared(effects, method);
    let (mean, total) = effects.mean(tau_squared);
    let variance = 1.0 / total;
    let factor = effects.q(tau_squared) / df;
    let t = level.student_critical(df);
    let student = |factor: f64, name| around(mean, (variance * factor).sqrt(), t, level, name);
    let (fixed, fixed_total) = effects.mean(0.0);
    let prediction = (df > 1.0).then(|| {
        let t = level.student_critical(df - 1.0);
        around(mean, (tau_squared + variance).sqrt(), t, level, "prediction, t")
    });
    Some(Pooled {
        effect: student(factor.max(1.0), "random effects, hartung-knapp, at least normal width"),
        hartung_knapp: student(factor, "random effects, hartung-knapp"),
        wald: wald(mean, variance.sqrt(), level, "random effects, wald"),
        fixed: wald(fixed, fixed_total.recip().sqrt(), level, "fixed effect, inverse variance"),
        prediction,
        tau_squared,
        tau_method: method,
    })
}
