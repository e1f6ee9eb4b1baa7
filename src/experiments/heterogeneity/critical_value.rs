//! How far an interval must reach to cover in spite of a bias whose size is known on average only.

use std::f64::consts::SQRT_2;

use statrs::function::erf::erfc;

use super::super::level::Level;
use super::super::root::root;

/// The robust empirical-Bayes critical value cva(m2, κ) of Armstrong, Kolesár & Plagborg-Møller
/// (2022, *Econometrica* 90, 2567-2602), section 3 and appendix B.
///
/// The smallest χ for which a standard normal with a random bias b, of mean square `m2` and
/// kurtosis E[b⁴]/E[b²]² at most `kurtosis` (infinite: unknown), lies beyond ± χ with probability
/// at most 1 - level, whatever the distribution of b. `m2` ≥ 0, `kurtosis` ≥ 1.
pub fn robust_critical_value(m2: f64, kurtosis: f64, level: Level) -> f64 {
    let alpha = 1.0 - level.get();
    let smallest = level.normal_critical();
    if m2 <= 0.0 {
        return smallest;
    }
    // By Chebyshev's inequality no larger value is ever needed.
    let largest = ((m2 + 1.0) / alpha).sqrt();
    let bias = Bias { m2, kurtosis: kurtosis.max(1.0) };
    root(|chi| alpha - bias.worst(chi), smallest, largest)
}

/// What is known of the squared bias.
struct Bias {
    m2: f64,
    kurtosis: f64,
}

impl Bias {
    /// The largest chance to lie beyond ± χ. The worst distribution of b² has two points: 0 and
    /// the tangent point if the kurtosis allows it, else two points with the given variance.
    fn worst(&self, chi: f64) -> f64 {
        let (m2, far) = (self.m2, tangent_point(chi));
        if m2 >= far || self.kurtosis == 1.0 {
            return outside(m2, chi);
        }
        let furthest = self.kurtosis * m2;
        if furthest >= far {
            let none = outside(0.0, chi);
            return none + m2 / far * (outside(far, chi) - none);
        }
        let variance = (self.kurtosis - 1.0) * m2 * m2;
        highest(furthest, far, |upper| {
            let gap = upper - m2;
            let lower = (m2 - variance / gap).max(0.0);
            let share = variance / (variance + gap * gap);
            outside(lower, chi) + share * (outside(upper, chi) - outside(lower, chi))
        })
    }
}

/// P(|Z + √t| > χ)
fn outside(t: f64, chi: f64) -> f64 {
    let b = t.sqrt();
    (erfc((chi + b) / SQRT_2) + erfc((chi - b) / SQRT_2)) / 2.0
}

/// Where the line from t = 0 touches the curve of [`outside`], which is convex, then concave; 0 if
/// it is concave from the start (χ² ≤ 3).
fn tangent_point(chi: f64) -> f64 {
    let square = chi * chi;
    let (low, high) = (square - 3.0, 2.0 * square);
    let none = outside(0.0, chi);
    let density = |x: f64| (-x * x / 2.0).exp() / (2.0 * std::f64::consts::PI).sqrt();
    // The chord less the tangent: negative while the curve still steepens.
    let gap = |t: f64| {
        let b = t.sqrt();
        outside(t, chi) - none - b / 2.0 * (density(chi - b) - density(chi + b))
    };
    if low <= 0.0 {
        return 0.0;
    }
    if gap(low) >= 0.0 { low } else { root(gap, low, high) }
}

/// The maximum of `f` between `low` and `high`: a scan, then golden sections around its best.
fn highest(low: f64, high: f64, f: impl Fn(f64) -> f64) -> f64 {
    const SCAN: usize = 12;
    const SECTIONS: usize = 40;
    const GOLDEN: f64 = 0.618_033_988_749_894_9;
    let at = |i: usize| low + (high - low) * i as f64 / SCAN as f64;
    let best = (0..=SCAN)
        .map(|i| (i, f(at(i))))
        .fold((0, f64::NEG_INFINITY), |best, point| if point.1 > best.1 { point } else { best });
    let (mut a, mut b) = (at(best.0.saturating_sub(1)), at((best.0 + 1).min(SCAN)));
    let (mut c, mut d) = (b - GOLDEN * (b - a), a + GOLDEN * (b - a));
    let (mut fc, mut fd) = (f(c), f(d));
    for _ in 0..SECTIONS {
        if fc > fd {
            (b, d, fd) = (d, c, fc);
            c = b - GOLDEN * (b - a);
            fc = f(c);
        } else {
            (a, c, fc) = (c, d, fd);
            d = a + GOLDEN * (b - a);
            fd = f(d);
        }
    }
    best.1.max(fc).max(fd)
}
