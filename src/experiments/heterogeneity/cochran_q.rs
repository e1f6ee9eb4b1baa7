//! Cochran's test that all segments have the same effect.

use serde::Serialize;

use super::super::tail;
use super::effects::SegmentEffects;

/// Q with the shares that are read off it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct CochranQ {
    pub q: f64,
    pub df: f64,
    pub p: f64,
    pub ln_p: f64,
    /// The share of the variation that is not chance: max(0, (Q - df)/Q).
    pub i_squared: f64,
    /// Q/df.
    pub h_squared: f64,
}

/// Cochran (1954): Q = Σ w (e - ē)² with w = 1/V, on S - 1 degrees of freedom; I² and H² by
/// Higgins & Thompson (2002). `None` for fewer than two segments.
pub fn cochran_q(effects: &SegmentEffects) -> Option<CochranQ> {
    let df = effects.len().checked_sub(1).filter(|df| *df > 0)? as f64;
    let q = effects.q(0.0);
    let tail = tail::chi_squared(q, df);
    let i_squared = if q > df { (q - df) / q } else { 0.0 };
    Some(CochranQ { q, df, p: tail.p, ln_p: tail.ln_p, i_squared, h_squared: q / df })
}
