//! Sums over rising factors, for likelihoods with overdispersion.

/// Σ over k = 0 … n-1 of three functions of `p + k s`.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Rising {
    /// Σ ln(p + k s)
    pub ln: f64,
    /// Σ 1/(p + k s)
    pub inverse: f64,
    /// Σ k/(p + k s)
    pub weighted: f64,
}

/// Where the formula is exact to rounding: the least p/s + k.
const FAR: f64 = 16.0;

impl Rising {
    /// For `p` > 0 and `s` ≥ 0. The first terms are added one by one; the rest follows from the
    /// Euler-Maclaurin formula (Abramowitz & Stegun 23.1.30), which is exact to rounding once
    /// p/s + k is at least 16. Unlike differences of log-gammas this loses nothing as s → 0.
    pub(super) fn of(p: f64, s: f64, n: u64) -> Rising {
        let mut sum = Rising::default();
        let mut k = 0;
        while k < n && p + k as f64 * s < FAR * s {
            let value = p + k as f64 * s;
            sum.ln += value.ln();
            sum.inverse += 1.0 / value;
            sum.weighted += k as f64 / value;
            k += 1;
        }
        let (start, terms) = (k as f64, (n - k) as f64);
        let rest = Rising::smooth(p + start * s, s, terms);
        sum.ln += rest.ln;
        sum.inverse += rest.inverse;
        sum.weighted += start * rest.inverse + rest.weighted;
        sum
    }

    /// The second sum by itself, at a fraction of the cost of all three.
    pub(super) fn inverse_of(p: f64, s: f64, n: u64) -> f64 {
        let mut sum = 0.0;
        let mut k = 0;
        while k < n && p + k as f64 * s < FAR * s {
            sum += 1.0 / (p + k as f64 * s);
            k += 1;
        }
        sum + smooth_inverse(p + k as f64 * s, s, (n - k) as f64)
    }

    fn smooth(p: f64, s: f64, n: f64) -> Rising {
        if n == 0.0 {
            return Rising::default();
        }
        let z = s * n / p;
        let end = p + n * s;
        // 1/u at both ends, where u = (p + k s)/s.
        let ends = [s / p, s / end];
        let of_ln = |v: f64| [v, 2.0 * v.powi(3), 24.0 * v.powi(5), 720.0 * v.powi(7)];
        let of_weighted = |v: f64| [1.0, 6.0 * v.powi(2), 120.0 * v.powi(4), 5040.0 * v.powi(6)];
        Rising {
            ln: n * (p.ln() + mean_ln(z)) - z.ln_1p() / 2.0 + derivatives(of_ln, ends, [1.0; 2]),
            inverse: smooth_inverse(p, s, n),
            weighted: n * n / p * mean_weighted(z) - n / end / 2.0
                + derivatives(of_weighted, ends, [1.0 / p, p / end / end]),
        }
    }
}

fn smooth_inverse(p: f64, s: f64, n: f64) -> f64 {
    if n == 0.0 {
        return 0.0;
    }
    // Few divisions: most of a fit's time is spent here.
    let (at0, at1) = (1.0 / p, 1.0 / (p + n * s));
    let z = s * n * at0;
    let integral = if z < SMALL { n * at0 * mean_inverse(z) } else { z.ln_1p() / s };
    let odd = |at: f64| {
        let squared = (s * at) * (s * at);
        let high = 120.0 / 30_240.0 - squared * (5040.0 / 1_209_600.0);
        s * at * at * (1.0 / 12.0 - squared * (6.0 / 720.0 - squared * high))
    };
    integral + (at0 - at1) / 2.0 + odd(at0) - odd(at1)
}

/// The formula's terms with derivatives: their difference between the two ends.
fn derivatives(odd: fn(f64) -> [f64; 4], ends: [f64; 2], scale: [f64; 2]) -> f64 {
    let [at0, at1] = ends.map(odd);
    let weights = [1.0 / 12.0, -1.0 / 720.0, 1.0 / 30_240.0, -1.0 / 1_209_600.0];
    (0..4).map(|i| weights[i] * (scale[1] * at1[i] - scale[0] * at0[i])).sum()
}

/// Below this the closed forms lose digits, and a dozen terms of the series are exact.
const SMALL: f64 = 0.05;

fn series(z: f64, coefficient: impl Fn(f64) -> f64) -> f64 {
    (0..14).rev().fold(0.0, |sum, k| coefficient(f64::from(k)) - z * sum)
}

/// ∫₀¹ ln(1 + z t) dt
fn mean_ln(z: f64) -> f64 {
    if z < SMALL {
        return z * series(z, |k| 1.0 / ((k + 1.0) * (k + 2.0)));
    }
    (1.0 + z) * z.ln_1p() / z - 1.0
}

/// ∫₀¹ 1/(1 + z t) dt
fn mean_inverse(z: f64) -> f64 {
    if z < SMALL { series(z, |k| 1.0 / (k + 1.0)) } else { z.ln_1p() / z }
}

/// ∫₀¹ t/(1 + z t) dt
fn mean_weighted(z: f64) -> f64 {
    if z < SMALL { series(z, |k| 1.0 / (k + 2.0)) } else { (z - z.ln_1p()) / (z * z) }
}
