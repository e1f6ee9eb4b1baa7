//! Miettinen and Nurminen's score statistic for two rates, and the intervals that invert it.
//!
//! Miettinen, O. & Nurminen, M. (1985), Comparative analysis of two rates, *Statistics in Medicine*
//! 4, 213-226. The variance is taken at the maximum-likelihood rates under the null value and
//! carries the factor N/(N - 1); without that factor these are Mee's (difference) and Koopman's
//! (ratio) statistics.

use super::counts::Counts;
use super::root::root;
use super::tail;

/// A score test of one null value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ScoreTest {
    /// Positive where the treatment lies above the null value.
    pub z: f64,
    /// Two-sided.
    pub p: f64,
    pub ln_p: f64,
    /// The treatment's and the control's rate that are likeliest under the null value.
    pub constrained: (f64, f64),
}

/// Tests rate(treatment) - rate(control) = `null`, for `null` in [-1, 1]. Both arms need trials.
///
/// z = (d - d0) / √([p̃t q̃t/nt + p̃c q̃c/nc] N/(N-1)). The constrained rates are the root of the
/// likelihood equation, found by bracketed Newton steps: the closed form of the cubic cancels
/// badly from about 10⁵ trials.
pub fn difference_test(control: &Counts, treatment: &Counts, null: f64) -> ScoreTest {
    let pair = Pair::new(control, treatment);
    let rates = pair.rates_at_difference(null);
    if null == 0.0 {
        return pair.test(pair.difference(), pair.pooled_variance(), rates);
    }
    pair.test(pair.pt() - pair.pc() - null, pair.variance(rates, 1.0), rates)
}

/// Tests rate(treatment) / rate(control) = `null`, for `null` > 0. Both arms need trials.
///
/// z = (pt - r0 pc) / √([p̃t q̃t/nt + r0² p̃c q̃c/nc] N/(N-1)).
pub fn ratio_test(control: &Counts, treatment: &Counts, null: f64) -> ScoreTest {
    let pair = Pair::new(control, treatment);
    let rates = pair.rates_at_ratio(null, null - 1.0);
    if null == 1.0 {
        return pair.test(pair.difference(), pair.pooled_variance(), rates);
    }
    pair.test(pair.pt() - null * pair.pc(), pair.variance(rates, null), rates)
}

/// The values of the difference that a score test at critical value `z` does not reject. Both
/// arms need trials. Informative also where both arms are empty or full of successes.
pub fn difference_interval(control: &Counts, treatment: &Counts, z: f64) -> (f64, f64) {
    let high = Pair::new(control, treatment).highest_difference(z);
    let low = -Pair::new(treatment, control).highest_difference(z);
    (low, high)
}

/// The values of the ratio that a score test at critical value `z` does not reject: from 0 if the
/// treatment has no success, to infinity if the control has none. Both arms need trials.
pub fn ratio_interval(control: &Counts, treatment: &Counts, z: f64) -> (f64, f64) {
    let (high, _) = Pair::new(control, treatment).highest_ratio(z);
    let (inverse, _) = Pair::new(treatment, control).highest_ratio(z);
    (1.0 / inverse, high)
}

/// [`ratio_interval`] less one, without losing the digits of a small lift.
pub fn lift_interval(control: &Counts, treatment: &Counts, z: f64) -> (f64, f64) {
    let (_, high) = Pair::new(control, treatment).highest_ratio(z);
    let (ratio, lift) = Pair::new(treatment, control).highest_ratio(z);
    let low = if ratio.is_infinite() { -1.0 } else { -lift / ratio };
    (low, high)
}

/// rate(treatment) - rate(control), from the cross product of the counts.
pub(super) fn difference(control: &Counts, treatment: &Counts) -> f64 {
    Pair::new(control, treatment).difference()
}

/// Successes and trials of both arms, as floats (exact up to 2⁵³).
#[derive(Clone, Copy)]
struct Pair {
    xt: f64,
    nt: f64,
    xc: f64,
    nc: f64,
    /// nt nc (pt - pc) as a whole number, so that nearly equal rates keep their difference.
    cross: f64,
}

impl Pair {
    fn new(control: &Counts, treatment: &Counts) -> Pair {
        let product = |x: u64, n: u64| i128::from(x) * i128::from(n);
        let cross = product(treatment.successes(), control.n())
            - product(control.successes(), treatment.n());
        Pair {
            xt: treatment.successes() as f64,
            nt: treatment.n() as f64,
            xc: control.successes() as f64,
            nc: control.n() as f64,
            cross: cross as f64,
        }
    }

    fn pt(&self) -> f64 {
        self.xt / self.nt
    }

    fn pc(&self) -> f64 {
        self.xc / self.nc
    }

    fn difference(&self) -> f64 {
        self.cross / (self.nt * self.nc)
    }

    fn variance(&self, rates: Rates, ratio: f64) -> f64 {
        let n = self.nt + self.nc;
        let Rates { pt, qt, pc, qc } = rates;
        (pt * qt / self.nt + ratio * ratio * pc * qc / self.nc) * n / (n - 1.0)
    }

    /// The variance under equal rates, from whole numbers: p̄ q̄ keeps its digits near 0 and 1.
    fn pooled_variance(&self) -> f64 {
        let (n, x) = (self.nt + self.nc, self.xt + self.xc);
        x / self.nt * ((n - x) / self.nc) / (n - 1.0)
    }

    fn test(&self, gap: f64, variance: f64, rates: Rates) -> ScoreTest {
        // No gap is no evidence, also where the variance vanishes with it (0/50 against 0/50).
        let z = if gap == 0.0 { 0.0 } else { gap / variance.sqrt() };
        let tail = tail::normal(z);
        ScoreTest { z, p: tail.p, ln_p: tail.ln_p, constrained: (rates.pt, rates.pc) }
    }

    /// The likeliest rates with pt - pc = `d`.
    fn rates_at_difference(&self, d: f64) -> Rates {
        let (low, high) = ((-d).max(0.0), (1.0 - d).min(1.0));
        let pc = if d == 0.0 {
            (self.xt + self.xc) / (self.nt + self.nc)
        } else {
            self.likeliest(d, low, high)
        };
        Rates::new(pc + d, 1.0 - (pc + d), pc, 1.0 - pc)
    }

    /// The derivative of the log-likelihood in pc at pt = pc + d, and its own derivative. It falls
    /// from end to end, so it has one root or the maximum is at an edge.
    fn likelihood_slope(&self, d: f64, pc: f64) -> (f64, f64) {
        let over = |count: f64, p: f64| if count == 0.0 { 0.0 } else { count / p.max(0.0) };
        let pt = pc + d;
        let terms = [
            (self.xt, pt, 1.0),
            (self.nt - self.xt, 1.0 - pt, -1.0),
            (self.xc, pc, 1.0),
            (self.nc - self.xc, 1.0 - pc, -1.0),
        ];
        terms.iter().fold((0.0, 0.0), |(slope, bend), &(count, p, sign)| {
            let term = over(count, p);
            (slope + sign * term, bend - over(term, p))
        })
    }

    fn likeliest(&self, d: f64, mut low: f64, mut high: f64) -> f64 {
        const MOST: u32 = 200;
        if low >= high || self.likelihood_slope(d, low).0 <= 0.0 {
            return low;
        }
        if self.likelihood_slope(d, high).0 >= 0.0 {
            return high;
        }
        let mut pc = low + (high - low) * (self.xt + self.xc) / (self.nt + self.nc);
        for _ in 0..MOST {
            let (slope, bend) = self.likelihood_slope(d, pc);
            if slope > 0.0 {
                low = pc;
            } else {
                high = pc;
            }
            let newton = pc - slope / bend;
            let inside = newton > low && newton < high;
            let next = if inside { newton } else { low + (high - low) / 2.0 };
            if (next - pc).abs() <= f64::EPSILON * pc || next == low || next == high {
                return next;
            }
            pc = next;
        }
        pc
    }

    /// The same difference, told in failures: 1 - pc less 1 - pt.
    fn in_failures(&self) -> Pair {
        let (xt, xc) = (self.nc - self.xc, self.nt - self.xt);
        Pair { xt, nt: self.nc, xc, nc: self.nt, cross: self.cross }
    }

    /// Solves for the offset from the estimate, which keeps relative precision in a bound that is
    /// close to it. At offset zero z is zero, so the search starts a rounding error further on.
    fn highest_difference(&self, z: f64) -> f64 {
        const NEXT: f64 = 1e-15;
        let d = self.difference();
        let room = 1.0 - d;
        if room <= NEXT {
            return 1.0;
        }
        // Rates near 0 keep digits that rates near 1 have lost.
        let often = self.xt + self.xc > (self.nt + self.nc) / 2.0;
        let pair = if often { self.in_failures() } else { *self };
        let beyond = |offset: f64| {
            let rates = pair.rates_at_difference((d + offset).min(1.0));
            offset - z * pair.variance(rates, 1.0).sqrt()
        };
        d + root(beyond, NEXT, room)
    }

    /// The likeliest rates with pt = `r` pc, where `lift` is r - 1: the smaller root of
    /// N r p² - (r (nt + xc) + nc + xt) p + X = 0. Written in failures and in the lift, with the
    /// discriminant as a sum of squares, so that rates near 1 and ratios near 1 keep their digits.
    fn rates_at_ratio(&self, r: f64, lift: f64) -> Rates {
        let n = self.nt + self.nc;
        let (ft, fc) = (self.nt - self.xt, self.nc - self.xc);
        let gap = lift * (self.nt + self.xc) + ft - fc;
        let width = (gap * gap + 4.0 * r * ft * fc).sqrt();
        let pc = 2.0 * (self.xt + self.xc) / (r * (self.nt + self.xc) + self.nc + self.xt + width);
        let sum_c = ft + fc + lift * (n + fc);
        let sum_t = r * (ft + fc) - lift * (n + ft);
        let qc = larger_root(sum_c, width, 2.0 * n * r, -2.0 * fc * lift);
        let qt = larger_root(sum_t, width, 2.0 * n, 2.0 * ft * lift);
        Rates::new(r * pc, qt, pc, qc)
    }

    /// The highest ratio r, and r - 1. Solves for ln(r / estimate), outwards from the estimate by
    /// growing steps until the test rejects.
    fn highest_ratio(&self, z: f64) -> (f64, f64) {
        const GROWTH: f64 = 4.0;
        const WIDEST: f64 = 300.0;
        if self.xc == 0.0 {
            return (f64::INFINITY, f64::INFINITY);
        }
        let (mut low, mut high) = (0.0, 1e-15);
        while self.beyond_ratio(high, z) <= 0.0 {
            (low, high) = (high, high * GROWTH);
            if high > WIDEST {
                return (f64::INFINITY, f64::INFINITY);
            }
        }
        self.ratio_at(root(|offset| self.beyond_ratio(offset, z), low, high))
    }

    /// r = estimate × exp(offset), and r - 1. Without a success the estimate is 0, and a
    /// thousandth of one, far below any bound, stands in for it.
    fn ratio_at(&self, offset: f64) -> (f64, f64) {
        let start = self.xt.max(1e-3) / self.nt / self.pc();
        let start_lift = if self.xt > 0.0 { self.cross / self.nt / self.xc } else { start - 1.0 };
        (start * offset.exp(), start_lift + start * offset.exp_m1())
    }

    /// Positive where the score test rejects the ratio at `offset` as too high.
    fn beyond_ratio(&self, offset: f64, z: f64) -> f64 {
        let (r, lift) = self.ratio_at(offset);
        let gap = if self.xt > 0.0 { self.pt() * offset.exp_m1() } else { r * self.pc() };
        gap - z * self.variance(self.rates_at_ratio(r, lift), r).sqrt()
    }
}

/// Both rates and their complements, each with its own rounding.
#[derive(Clone, Copy)]
struct Rates {
    pt: f64,
    qt: f64,
    pc: f64,
    qc: f64,
}

impl Rates {
    fn new(pt: f64, qt: f64, pc: f64, qc: f64) -> Rates {
        let share = |v: f64| v.clamp(0.0, 1.0);
        Rates { pt: share(pt), qt: share(qt), pc: share(pc), qc: share(qc) }
    }
}

/// (sum + width) / scale, or the same by the product of the two roots where the sum is negative.
fn larger_root(sum: f64, width: f64, scale: f64, product: f64) -> f64 {
    if sum >= 0.0 { (sum + width) / scale } else { product / (width - sum) }
}
