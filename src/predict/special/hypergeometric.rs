//! The Gauss function F(1, q; c; z) for 0 ≤ z < 1, q ≥ 0 and c > q: all terms are positive.
//!
//! The power series where it is short; where z is near 1, the continued fraction of Gauss (DLMF
//! 15.7.5 with a = 1), which needs about √(1−z)⁻¹ terms where the series needs (1−z)⁻¹.

use std::ops::{Add, Div, Mul, Sub};

/// Above this the continued fraction is shorter than the series.
const SERIES_UP_TO: f64 = 0.55;
/// Terms below this share of the sum do not change it.
const NEGLIGIBLE: f64 = 1e-17;
/// More terms than any argument below 1 − 1e-9 takes.
const MOST_TERMS: usize = 2_000_000;

/// ln F(1, q; c; z) with its derivatives in q, c and z.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LogF {
    pub value: f64,
    pub by_q: f64,
    pub by_c: f64,
    pub by_z: f64,
}

impl LogF {
    /// Cost: 30 terms at z = 0.5 or 0.9, 900 at 0.9999.
    pub fn new(q: f64, c: f64, z: f64) -> Self {
        let [f, by_q, by_c, by_z] =
            if z <= SERIES_UP_TO { series(q, c, z) } else { fraction(q, c, z) };
        LogF { value: f.ln(), by_q: by_q / f, by_c: by_c / f, by_z: by_z / f }
    }
}

/// Term by term; a term's logarithm has the derivatives Σ 1/(q+j), −Σ 1/(c+j) and n/z.
fn series(q: f64, c: f64, z: f64) -> [f64; 4] {
    let (mut term, mut sum) = (1.0, [1.0, 0.0, 0.0, 0.0]);
    // By q the first term's slope is z/c also where q is 0 and the term itself vanishes.
    let (mut slope_q, mut log_c) = (0.0, 0.0);
    for n in 0..MOST_TERMS {
        let at = n as f64;
        let step = z / (c + at);
        slope_q = slope_q * (q + at) * step + term * step;
        term *= (q + at) * step;
        log_c += 1.0 / (c + at);
        sum[0] += term;
        sum[1] += slope_q;
        sum[2] -= term * log_c;
        sum[3] += term * (at + 1.0);
        // The ratio of terms never exceeds z, so what is left out is no more than the last one.
        if (term + slope_q) * (at + 1.0) < NEGLIGIBLE * sum[0] {
            break;
        }
    }
    // At z = 0 the slope is q/c.
    sum[3] = if z > 0.0 { sum[3] / z } else { q / c };
    sum
}

/// 1/(1 − d₁z/(1 − d₂z/(1 − …))), from the last fraction to the first.
fn fraction(q: f64, c: f64, z: f64) -> [f64; 4] {
    let (dq, dc, dz) = (Dual::variable(q, 0), Dual::variable(c, 1), Dual::variable(z, 2));
    let one = Dual::constant(1.0);
    let mut tail = one;
    for m in (1..=length(q, c, z)).rev() {
        let n = Dual::constant((m / 2) as f64);
        let coefficient = match m {
            1 => dq / dc,
            m if m % 2 == 0 => {
                let top = n * (dc - dq + n - one);
                let low = dc + n + n - one;
                top / ((low - one) * low)
            }
            _ => {
                let low = dc + n + n;
                (dq + n) * (dc + n - one) / ((low - one) * low)
            }
        };
        tail = one - coefficient * dz / tail;
    }
    let f = one / tail;
    [f.value, f.slopes[0], f.slopes[1], f.slopes[2]]
}

/// Fractions until two in a row change nothing: the forward recurrence of Lentz tells how many.
fn length(q: f64, c: f64, z: f64) -> usize {
    let coefficient = |m: usize| {
        let n = (m / 2) as f64;
        match m {
            1 => q / c,
            m if m % 2 == 0 => n * (c - q + n - 1.0) / ((c + 2.0 * n - 2.0) * (c + 2.0 * n - 1.0)),
            _ => (q + n) * (c + n - 1.0) / ((c + 2.0 * n - 1.0) * (c + 2.0 * n)),
        }
    };
    let (mut upper, mut lower) = (1.0f64, 0.0f64);
    let mut quiet = 0;
    for m in 1..MOST_TERMS {
        let step = -coefficient(m) * z;
        upper = 1.0 + step / upper;
        lower = 1.0 / (1.0 + step * lower);
        quiet = if (upper * lower - 1.0).abs() < 1e-15 { quiet + 1 } else { 0 };
        if quiet == 3 {
            // Derivatives settle a little later than the value.
            return m + m / 4 + 4;
        }
    }
    MOST_TERMS
}

/// A number with its slopes in three variables.
#[derive(Debug, Clone, Copy)]
struct Dual {
    value: f64,
    slopes: [f64; 3],
}

impl Dual {
    fn constant(value: f64) -> Self {
        Dual { value, slopes: [0.0; 3] }
    }

    fn variable(value: f64, place: usize) -> Self {
        let mut dual = Dual::constant(value);
        dual.slopes[place] = 1.0;
        dual
    }

    fn with(self, other: Dual, value: f64, own: f64, others: f64) -> Dual {
        let slopes = std::array::from_fn(|i| own * self.slopes[i] + others * other.slopes[i]);
        Dual { value, slopes }
    }
}

impl Add for Dual {
    type Output = Dual;
    fn add(self, other: Dual) -> Dual {
        self.with(other, self.value + other.value, 1.0, 1.0)
    }
}

impl Sub for Dual {
    type Output = Dual;
    fn sub(self, other: Dual) -> Dual {
        self.with(other, self.value - other.value, 1.0, -1.0)
    }
}

impl Mul for Dual {
    type Output = Dual;
    fn mul(self, other: Dual) -> Dual {
        self.with(other, self.value * other.value, other.value, self.value)
    }
}

impl Div for Dual {
    type Output = Dual;
    fn div(self, other: Dual) -> Dual {
        let value = self.value / other.value;
        self.with(other, value, 1.0 / other.value, -value / other.value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_closed_forms() {
        // F(1, 1; 2; z) = −ln(1−z)/z (DLMF 15.4.1).
        for z in [0.01, 0.5, 0.56, 0.9, 0.9999] {
            let f = LogF::new(1.0, 2.0, z).value.exp();
            let closed = -(-z as f64).ln_1p() / z;
            assert!((f / closed - 1.0).abs() < 1e-13, "{z}: {f} {closed}");
        }
        // F(1, q; q; z) would be 1/(1−z); with c = q + 1 and q = 0 the function is 1.
        assert_eq!(LogF::new(0.0, 3.0, 0.4).value, 0.0);
    }

    #[test]
    fn series_and_fraction_meet() {
        for (q, c) in [(0.3, 1.4), (5.2, 7.9), (800.0, 801.5), (0.6, 5001.0), (5000.5, 5002.0)] {
            for z in [0.3, 0.7, 0.9] {
                let (one, two) = (series(q, c, z), fraction(q, c, z));
                for i in 0..4 {
                    let scale = one[i].abs().max(1e-300);
                    assert!(
                        (one[i] - two[i]).abs() < 1e-11 * scale,
                        "{q} {c} {z} {i}: {one:?} {two:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn derivatives_agree_with_differences() {
        let (q, c, z, h) = (1.7, 4.2, 0.83, 1e-5);
        let at = LogF::new(q, c, z);
        let slope = |high: LogF, low: LogF| (high.value - low.value) / (2.0 * h);
        assert!((at.by_q - slope(LogF::new(q + h, c, z), LogF::new(q - h, c, z))).abs() < 1e-8);
        assert!((at.by_c - slope(LogF::new(q, c + h, z), LogF::new(q, c - h, z))).abs() < 1e-8);
        assert!((at.by_z - slope(LogF::new(q, c, z + h), LogF::new(q, c, z - h))).abs() < 1e-8);
    }
}
