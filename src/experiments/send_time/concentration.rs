//! The concentration of the von Mises distribution.

/// The κ with I₁(κ)/I₀(κ) = `resultant`: the maximum-likelihood concentration, by Newton's method.
/// Infinite where all hours are equal.
pub(super) fn concentration(resultant: f64) -> f64 {
    if resultant >= 1.0 {
        return f64::INFINITY;
    }
    let mut kappa = best_fisher(resultant);
    for _ in 0..50 {
        let ratio = bessel_ratio(kappa);
        let slope = if kappa > 0.0 { 1.0 - ratio / kappa - ratio * ratio } else { 0.5 };
        let next = (kappa - (ratio - resultant) / slope).max(kappa / 4.0);
        let is_settled = (next - kappa).abs() <= 1e-15 * kappa;
        kappa = next;
        if is_settled || !kappa.is_finite() {
            break;
        }
    }
    kappa
}

/// The approximation of the same κ by Best & Fisher (1981; Fisher 1993, eq. 4.40), good to about
/// one percent.
pub(super) fn best_fisher(resultant: f64) -> f64 {
    match resultant {
        r if r < 0.53 => 2.0 * r + r.powi(3) + 5.0 * r.powi(5) / 6.0,
        r if r < 0.85 => -0.4 + 1.39 * r + 0.43 / (1.0 - r),
        r => 1.0 / (r.powi(3) - 4.0 * r * r + 3.0 * r),
    }
}

/// I₁(κ)/I₀(κ): its continued fraction from far enough out, or for a large κ the asymptotic series
/// (Mardia & Jupp 2000, eq. A.12).
pub(super) fn bessel_ratio(kappa: f64) -> f64 {
    const LARGE: f64 = 500.0;
    const SERIES: [f64; 7] =
        [1.0, -0.5, -0.125, -0.125, -25.0 / 128.0, -13.0 / 32.0, -1073.0 / 1024.0];
    if kappa > LARGE {
        return SERIES.iter().rev().fold(0.0, |sum, c| sum / kappa + c);
    }
    let from = 60 + kappa as u32;
    (1..=from).rev().fold(0.0, |ratio, n| kappa / (2.0 * f64::from(n) + kappa * ratio))
}
