//! Student's t about another centre than zero.

use crate::experiments::tail;

/// P(T > t) for T = (Z + `shift`) / √(χ²/df): the chance that a t test passes `t`.
///
/// The mean of Φ(shift − t u) over u = √(χ²/df), by the trapezoidal rule in ln u. Integrand and density
/// are entire and fall off at both ends, so that the rule converges faster than any power of its step
/// (Trefethen & Weideman 2014, *SIAM Review* 56, 385-458); the weights are divided by their own sum, which
/// leaves no constant to cancel at a billion degrees of freedom. Some hundred evaluations of Φ; absolute
/// error about 1e-15.
pub(super) fn above(t: f64, df: f64, shift: f64) -> f64 {
    if df.is_infinite() {
        return tail::normal_above(t - shift);
    }
    if shift.abs() > 30.0 * df.sqrt() {
        return far(t, df, shift);
    }
    // Beyond these ends the density is below e⁻⁴⁰ of its peak.
    let spread = (40.0 / df).sqrt();
    let (left, right) = (-(spread + 40.0 / df), spread);
    let step = (0.5 / (2.0 * df).sqrt()).min(0.5 / shift.abs()).min(0.0625);
    let (first, last) = ((left / step).floor() as i64, (right / step).ceil() as i64);
    let (mut sum, mut weights) = (0.0, 0.0);
    for i in first..=last {
        let v = i as f64 * step;
        let weight = (df * (v - (2.0 * v).exp_m1() / 2.0)).exp();
        weights += weight;
        sum += weight * share_above(t * v.exp() - shift);
    }
    sum / weights
}

/// The same where the shift is so large beside the degrees of freedom that Φ is a mere step: the mean of
/// P(χ² < df ((shift + z)/t)²) over the normal z, in which nothing is steep.
fn far(t: f64, df: f64, shift: f64) -> f64 {
    const STEP: f64 = 0.25;
    if t < 0.0 {
        return 1.0 - far(-t, df, -shift);
    }
    let (mut sum, mut weights) = (0.0, 0.0);
    for i in -36..=36_i8 {
        let z = f64::from(i) * STEP;
        let weight = (-z * z / 2.0).exp();
        let u = (shift + z).max(0.0) / t;
        weights += weight;
        sum += weight * (1.0 - tail::chi_squared(df * u * u, df).p);
    }
    sum / weights
}

/// Φ(−z), without the work where it is 0 or 1 to the last digit.
fn share_above(z: f64) -> f64 {
    match z {
        z if z > 39.0 => 0.0,
        z if z < -9.0 => 1.0,
        z => tail::normal_above(z),
    }
}
