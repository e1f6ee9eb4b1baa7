//! Tail probabilities, with their logarithms, and two-sided critical values.
//!
//! Every p-value comes from a survival function, in log space, so that a z of 50 is still ordered
//! against a z of 60 although both p-values underflow to zero. The incomplete beta is written for
//! very large degrees of freedom, where the usual forms lose a digit for each factor of ten.

use std::f64::consts::{LN_2, PI};

use statrs::function::gamma::ln_gamma;

/// A probability and its natural logarithm; the logarithm stays finite where `p` is zero.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tail {
    pub p: f64,
    pub ln_p: f64,
}

impl Tail {
    pub const CERTAIN: Tail = Tail { p: 1.0, ln_p: 0.0 };
    pub const IMPOSSIBLE: Tail = Tail { p: 0.0, ln_p: f64::NEG_INFINITY };
    const UNDEFINED: Tail = Tail { p: f64::NAN, ln_p: f64::NAN };

    fn of_ln(ln_p: f64) -> Tail {
        Tail { p: ln_p.exp().min(1.0), ln_p: ln_p.min(0.0) }
    }

    fn complement(part: f64) -> Tail {
        let part = part.clamp(0.0, 1.0);
        Tail { p: 1.0 - part, ln_p: (-part).ln_1p() }
    }
}

/// P(|Z| ≥ |z|) of the standard normal.
pub fn normal(z: f64) -> Tail {
    chi_squared(z * z, 1.0)
}

/// P(Z ≥ z) of the standard normal.
pub fn normal_above(z: f64) -> f64 {
    let half = normal(z).p / 2.0;
    if z >= 0.0 { half } else { 1.0 - half }
}

/// P(|T| ≥ |t|) of Student's t.
pub fn student(t: f64, df: f64) -> Tail {
    fisher(t * t, 1.0, df)
}

/// P(X ≥ x) of the chi-squared distribution: the upper regularised incomplete gamma (series below
/// the mode, continued fraction above; Abramowitz & Stegun 6.5.29 and 6.5.31).
pub fn chi_squared(x: f64, df: f64) -> Tail {
    let (a, half) = (df / 2.0, x / 2.0);
    if a.is_nan() || half.is_nan() || a <= 0.0 {
        return Tail::UNDEFINED;
    }
    if half <= 0.0 {
        return Tail::CERTAIN;
    }
    if half.is_infinite() {
        return Tail::IMPOSSIBLE;
    }
    let front = a * half.ln() - half - ln_gamma(a);
    if half < a + 1.0 {
        Tail::complement(front.exp() * gamma_series(a, half))
    } else {
        Tail::of_ln(front + gamma_fraction(a, half).ln())
    }
}

fn gamma_series(a: f64, x: f64) -> f64 {
    let (mut term, mut sum) = (1.0 / a, 1.0 / a);
    let mut n = a;
    while term > sum * f64::EPSILON / 4.0 {
        n += 1.0;
        term *= x / n;
        sum += term;
    }
    sum
}

fn gamma_fraction(a: f64, x: f64) -> f64 {
    1.0 / fraction(x + 1.0 - a, |m| (-m * (m - a), x + 1.0 - a + 2.0 * m))
}

/// P(F ≥ f) of Fisher's F: the regularised incomplete beta at d2 / (d2 + d1 f).
pub fn fisher(f: f64, d1: f64, d2: f64) -> Tail {
    if f.is_nan() || !(d1 > 0.0 && d2 > 0.0) {
        return Tail::UNDEFINED;
    }
    if f <= 0.0 {
        return Tail::CERTAIN;
    }
    let odds = d1 * f / d2;
    if odds.is_infinite() {
        return Tail::IMPOSSIBLE;
    }
    let (a, b) = (d2 / 2.0, d1 / 2.0);
    let (x, y) = (1.0 / (1.0 + odds), odds / (1.0 + odds));
    let front = b * odds.ln() - (a + b) * odds.ln_1p() - ln_beta(a, b);
    if y > (b + 1.0) / (a + b + 2.0) {
        Tail::of_ln(front - beta_fraction(a, b, x, y).ln())
    } else {
        Tail::complement(front.exp() / beta_fraction(b, a, y, x))
    }
}

/// P(X ≤ x) of the beta distribution with `a` and `b`, for x strictly between 0 and 1: an F with 2b
/// and 2a degrees of freedom in another dress.
pub fn beta_below(x: f64, a: f64, b: f64) -> Tail {
    fisher(a * (1.0 - x) / (b * x), 2.0 * b, 2.0 * a)
}

/// Continued fraction of the incomplete beta (DiDonato & Morris 1992, eq. 9). It takes both x and
/// y = 1 - x, so that a tiny y keeps all its digits.
fn beta_fraction(a: f64, b: f64, x: f64, y: f64) -> f64 {
    let part = |m: f64| {
        let odd = a + 2.0 * m - 1.0;
        let rest = (a + m) * (a * y - b * x + 1.0 + m * (2.0 - x)) / (a + 2.0 * m + 1.0);
        m + m * (b - m) * x / odd + rest
    };
    let above = |m: f64| {
        let odd = a + 2.0 * m - 1.0;
        (a + m - 1.0) / odd * ((a + b + m - 1.0) / odd) * m * (b - m) * x * x
    };
    // At m = 0 the terms over `odd` vanish, also where `odd` itself is zero.
    let first = a * (a * y - b * x + 1.0) / (a + 1.0);
    fraction(first, |m| (above(m), part(m)))
}

/// b0 + a1/(b1 + a2/(b2 + …)) by the modified Lentz method.
fn fraction(first: f64, term: impl Fn(f64) -> (f64, f64)) -> f64 {
    const TINY: f64 = 1e-300;
    const MOST: u32 = 100_000;
    let guard = |v: f64| if v == 0.0 { TINY } else { v };
    let mut value = guard(first);
    let (mut c, mut d) = (value, 0.0);
    for m in 1..MOST {
        let (above, part) = term(f64::from(m));
        d = 1.0 / guard(part + above * d);
        c = guard(part + above / c);
        value *= c * d;
        if (c * d - 1.0).abs() < f64::EPSILON {
            break;
        }
    }
    value
}

/// ln B(a, b) without the cancellation of three large log-gammas.
pub fn ln_beta(a: f64, b: f64) -> f64 {
    let (small, big) = if a < b { (a, b) } else { (b, a) };
    ln_gamma(small) - ln_gamma_step(big, small)
}

/// ln Γ(a + b) - ln Γ(a), by the difference of two Stirling series once `a` is large.
pub fn ln_gamma_step(a: f64, b: f64) -> f64 {
    if a < 10.0 {
        return ln_gamma(a + b) - ln_gamma(a);
    }
    b * (a + b).ln() + (a - 0.5) * (b / a).ln_1p() - b + stirling(a + b) - stirling(a)
}

/// The remainder of Stirling's series (Abramowitz & Stegun 6.1.41), for z ≥ 10.
fn stirling(z: f64) -> f64 {
    const SERIES: [f64; 7] = [
        1.0 / 12.0,
        -1.0 / 360.0,
        1.0 / 1260.0,
        -1.0 / 1680.0,
        1.0 / 1188.0,
        -691.0 / 360_360.0,
        1.0 / 156.0,
    ];
    let inverse = 1.0 / (z * z);
    SERIES.iter().rev().fold(0.0, |sum, c| sum * inverse + c) / z
}

/// The z with P(|Z| ≥ z) = `alpha`.
pub fn normal_critical(alpha: f64) -> f64 {
    let ln_density = |z: f64| -z * z / 2.0 - (2.0 * PI).ln() / 2.0;
    critical(alpha, normal, ln_density)
}

/// The z with P(Z ≥ z) = `alpha`: negative from a half upwards.
pub fn normal_critical_above(alpha: f64) -> f64 {
    signed(alpha, normal_critical)
}

/// The t with P(T ≥ t) = `alpha`: negative from a half upwards.
pub fn student_critical_above(alpha: f64, df: f64) -> f64 {
    signed(alpha, |both| student_critical(both, df))
}

/// One-sided critical values of a symmetric distribution from its two-sided ones.
fn signed(alpha: f64, two_sided: impl Fn(f64) -> f64) -> f64 {
    match alpha {
        a if a < 0.5 => two_sided(2.0 * a),
        a if a > 0.5 => -two_sided(2.0 * (1.0 - a)),
        _ => 0.0,
    }
}

/// The t with P(|T| ≥ t) = `alpha`.
pub fn student_critical(alpha: f64, df: f64) -> f64 {
    let constant = -ln_beta(df / 2.0, 0.5) - df.ln() / 2.0;
    let ln_density = |t: f64| constant - (df + 1.0) / 2.0 * (t * t / df).ln_1p();
    critical(alpha, |t| student(t, df), ln_density)
}

/// Newton's method on ln p against ln t. That curve is concave and falling, so after the first
/// step every iterate lies on the far side of the root and the sequence cannot run away.
fn critical(alpha: f64, tail: impl Fn(f64) -> Tail, ln_density: impl Fn(f64) -> f64) -> f64 {
    let goal = alpha.ln();
    let mut t: f64 = 2.0;
    for _ in 0..200 {
        let ln_p = tail(t).ln_p;
        let slope = -(t.ln() + LN_2 + ln_density(t) - ln_p).exp();
        let step = (ln_p - goal) / slope;
        t *= (-step).exp();
        if step.abs() < 4.0 * f64::EPSILON || !t.is_finite() {
            break;
        }
    }
    t
}
