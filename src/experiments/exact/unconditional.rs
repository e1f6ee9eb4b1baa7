//! Exact tests that do not condition on the successes.

use serde::Serialize;

use super::hypergeometric::Hypergeometric;
use crate::error::{Error, Result};
use crate::experiments::counts::Counts;

/// The most trials, both arms together, for an unconditional test: its cost grows with their square.
pub const UNCONDITIONAL_MOST: u64 = 2000;

/// An unconditional exact test.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct UnconditionalTest {
    /// What tables are ordered by: Fisher's one-sided p (Boschloo), the pooled z (Barnard).
    pub statistic: f64,
    /// Two-sided.
    pub p: f64,
    /// The common rate at which `p`, or its one-sided half, is largest.
    pub worst_rate: f64,
}

/// Boschloo's test (Boschloo 1970, *Statistica Neerlandica* 24, 1-35): tables ordered by Fisher's
/// one-sided p, and the largest chance, over all common rates, of a table as extreme. Never above Fisher's
/// one-sided p; two-sided is twice the smaller side, at most 1.
///
/// # Errors
///
/// A data error if an arm has no trials, or both together more than [`UNCONDITIONAL_MOST`].
pub fn boschloo(control: &Counts, treatment: &Counts) -> Result<UnconditionalTest> {
    let space = Space::new(control, treatment)?;
    // Each side's p of every table, one set of margins after another.
    let (nc, nt) = (space.nc, space.nt);
    let mut less = vec![1.0; (nc + 1) * (nt + 1)];
    let mut greater = less.clone();
    for successes in 0..=nc + nt {
        let margins = Hypergeometric::with(nc as u64, nt as u64, successes as u64);
        let (mut below, mut above) = (0.0, 0.0);
        let last = margins.shares.len() - 1;
        for i in 0..=last {
            below += margins.shares[i];
            above += margins.shares[last - i];
            let low = margins.least as usize + i;
            let high = margins.least as usize + last - i;
            less[low * (nc + 1) + successes - low] = f64::min(below, 1.0);
            greater[high * (nc + 1) + successes - high] = f64::min(above, 1.0);
        }
    }
    let side = |p: &[f64]| {
        let own = p[space.xt * (nc + 1) + space.xc];
        let limit = own * (1.0 + 1e-9);
        let (worst, rate) = space.worst(|xt, xc| p[xt * (nc + 1) + xc] <= limit);
        UnconditionalTest { statistic: own, p: (2.0 * worst).min(1.0), worst_rate: rate }
    };
    let (less, greater) = (side(&less), side(&greater));
    Ok(if less.p < greater.p { less } else { greater })
}

/// Barnard's test (Barnard 1945, *Nature* 156, 177) with the pooled z: the largest chance, over all common
/// rates, of a |z| as large.
///
/// # Errors
///
/// As [`boschloo`].
pub fn barnard(control: &Counts, treatment: &Counts) -> Result<UnconditionalTest> {
    let space = Space::new(control, treatment)?;
    let statistic = space.pooled_z(space.xt, space.xc);
    let limit = statistic.abs() * (1.0 - 1e-9);
    let (p, worst_rate) = space.worst(|xt, xc| space.pooled_z(xt, xc).abs() >= limit);
    Ok(UnconditionalTest { statistic, p, worst_rate })
}

/// All tables with the same trials.
struct Space {
    xc: usize,
    nc: usize,
    xt: usize,
    nt: usize,
}

impl Space {
    fn new(control: &Counts, treatment: &Counts) -> Result<Self> {
        if control.n() == 0 || treatment.n() == 0 {
            return Err(Error::data("an exact test needs trials in both arms"));
        }
        if control.n().saturating_add(treatment.n()) > UNCONDITIONAL_MOST {
            return Err(Error::data(format!(
                "an unconditional exact test of more than {UNCONDITIONAL_MOST} trials"
            ))
            .hint("Fisher's test takes more, and the score test is close at this size"));
        }
        Ok(Space {
            xc: control.successes() as usize,
            nc: control.n() as usize,
            xt: treatment.successes() as usize,
            nt: treatment.n() as usize,
        })
    }

    fn pooled_z(&self, xt: usize, xc: usize) -> f64 {
        let (xt, xc, nt, nc) = (xt as f64, xc as f64, self.nt as f64, self.nc as f64);
        let (x, n) = (xt + xc, nt + nc);
        let gap = xt * nc - xc * nt;
        if gap == 0.0 { 0.0 } else { gap / (x * (n - x) / n * nt * nc).sqrt() }
    }

    /// The largest chance of an extreme table over all common rates, and the rate of it. In every row of
    /// the table of tables the extreme ones lie at the ends, so that a chance is a sum over rows of two
    /// binomial tails.
    fn worst(&self, is_extreme: impl Fn(usize, usize) -> bool) -> (f64, f64) {
        let ends = |xt: usize| {
            let first = (0..=self.nc).take_while(|xc| is_extreme(xt, *xc)).count();
            let rest = (first..=self.nc).rev().take_while(|xc| is_extreme(xt, *xc)).count();
            (first, rest)
        };
        let rows: Vec<(usize, usize)> = (0..=self.nt).map(ends).collect();
        let (ln_c, ln_t) = (ln_binomials(self.nc), ln_binomials(self.nt));
        let chance = |angle: f64| self.chance(&rows, &ln_c, &ln_t, angle);
        // A grid in the rate's angle, on which a binomial's spread is the same everywhere.
        let points = (2 * (self.nc + self.nt)).max(512);
        let step = std::f64::consts::FRAC_PI_2 / points as f64;
        let grid: Vec<f64> = (0..=points).map(|i| chance(i as f64 * step)).collect();
        let mut peaks: Vec<usize> = (0..=points)
            .filter(|&i| {
                let left = i.checked_sub(1).map_or(f64::NEG_INFINITY, |left| grid[left]);
                grid[i] >= left && grid.get(i + 1).is_none_or(|right| grid[i] >= *right)
            })
            .collect();
        peaks.sort_by(|a, b| grid[*b].total_cmp(&grid[*a]).then(a.cmp(b)));
        let refined = peaks.iter().take(8).map(|i| {
            let middle = *i as f64 * step;
            highest(chance, (middle - step).max(0.0), (middle + step).min(90_f64.to_radians()))
        });
        let best = refined.fold(
            (0.0, 0.0),
            |best: (f64, f64), peak| {
                if peak.0 > best.0 { peak } else { best }
            },
        );
        (best.0.min(1.0), best.1.sin().powi(2))
    }

    fn chance(&self, rows: &[(usize, usize)], ln_c: &[f64], ln_t: &[f64], angle: f64) -> f64 {
        let below = summed(&binomial(ln_c, angle));
        let total = below[self.nc + 1];
        let of = |(share, (first, rest)): (f64, &(usize, usize))| {
            share * (below[*first] + (total - below[self.nc + 1 - rest]))
        };
        binomial(ln_t, angle).into_iter().zip(rows).map(of).sum()
    }
}

/// The largest value of `f` between two points, by golden sections, and where it is.
fn highest(f: impl Fn(f64) -> f64, mut low: f64, mut high: f64) -> (f64, f64) {
    const STEPS: usize = 30;
    let golden = (5_f64.sqrt() - 1.0) / 2.0;
    let (mut left, mut right) = (high - golden * (high - low), low + golden * (high - low));
    let (mut at_left, mut at_right) = (f(left), f(right));
    for _ in 0..STEPS {
        if at_left < at_right {
            (low, left, at_left) = (left, right, at_right);
            right = low + golden * (high - low);
            at_right = f(right);
        } else {
            (high, right, at_right) = (right, left, at_left);
            left = high - golden * (high - low);
            at_left = f(left);
        }
    }
    if at_left < at_right { (at_right, right) } else { (at_left, left) }
}

fn ln_binomials(n: usize) -> Vec<f64> {
    let mut ln = 0.0;
    let mut all = vec![0.0];
    for k in 1..=n {
        ln += ((n - k + 1) as f64 / k as f64).ln();
        all.push(ln);
    }
    all
}

/// Chances of 0 to n successes at the rate sin²(angle).
fn binomial(ln_binomials: &[f64], angle: f64) -> Vec<f64> {
    let n = ln_binomials.len() - 1;
    let (sin, cos) = angle.sin_cos();
    let (ln_p, ln_q) = (2.0 * sin.abs().ln(), 2.0 * cos.abs().ln());
    let times = |count: usize, ln: f64| if count == 0 { 0.0 } else { count as f64 * ln };
    let one = |(k, ln): (usize, &f64)| (ln + times(k, ln_p) + times(n - k, ln_q)).exp();
    ln_binomials.iter().enumerate().map(one).collect()
}

/// Sums of the first 0, 1, … values.
fn summed(values: &[f64]) -> Vec<f64> {
    let mut sums = vec![0.0];
    let mut sum = 0.0;
    for value in values {
        sum += value;
        sums.push(sum);
    }
    sums
}
