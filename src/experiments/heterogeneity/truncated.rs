//! The normal distribution cut off from below, in log space.

use std::f64::consts::LN_2;

use super::super::tail;

/// ln P(Z ≥ z)
pub(super) fn ln_above(z: f64) -> f64 {
    let both = tail::normal(z);
    if z > 0.0 { both.ln_p - LN_2 } else { (-both.p / 2.0).ln_1p() }
}

/// ln P(Z ≥ `z` + `gap` | Z ≥ `z`) for `gap` ≥ 0; exact also where both probabilities underflow.
pub(super) fn ln_beyond(z: f64, gap: f64) -> f64 {
    const FAR: f64 = 20.0;
    if z < FAR {
        return ln_above(z + gap) - ln_above(z);
    }
    // The ratio of the densities, and that of the two Mills ratios.
    -gap * (z + gap / 2.0) + ln_mills(z + gap) - ln_mills(z)
}

/// ln of P(Z ≥ z)/φ(z) for z ≥ 20, by its asymptotic series (Abramowitz & Stegun 26.2.12).
fn ln_mills(z: f64) -> f64 {
    let u = 1.0 / (z * z);
    let series = -u * (1.0 - u * (3.0 - u * (15.0 - u * (105.0 - u * (945.0 - u * 10_395.0)))));
    series.ln_1p() - z.ln()
}
