//! The log-likelihood of the BG/NBD family in ln r, ln α, ln a, ln b.

use super::super::super::maximum::{Curve, Objective, sum_rows};
use super::super::history::Weighted;
use crate::numeric::rising::Rising;

/// Histories under one member of the family.
pub struct GeometricLikelihood<'a> {
    rows: &'a [Weighted],
    /// Contacts by number of repeats.
    by_repeats: Vec<f64>,
    contacts: f64,
    k: u32,
    may_drop_at_first: bool,
    /// What no parameter enters: the Erlang factor of the gaps.
    constant: f64,
}

impl<'a> GeometricLikelihood<'a> {
    pub fn new(rows: &'a [Weighted], k: u32, may_drop_at_first: bool) -> Self {
        let most = rows.iter().map(|row| row.history.repeats).max().unwrap_or(0) as usize;
        let mut by_repeats = vec![0.0; most + 1];
        for row in rows {
            by_repeats[row.history.repeats as usize] += row.contacts;
        }
        let factorial = (1..k).map(|j| f64::from(j).ln()).sum::<f64>();
        let factor = |row: &Weighted| {
            let h = &row.history;
            row.contacts * (f64::from(k - 1) * h.log_gaps - f64::from(h.repeats) * factorial)
        };
        GeometricLikelihood {
            rows,
            contacts: by_repeats.iter().sum(),
            by_repeats,
            k,
            may_drop_at_first,
            constant: if k > 1 { rows.iter().map(factor).sum() } else { 0.0 },
        }
    }

    fn tosses(&self, repeats: usize) -> usize {
        repeats + usize::from(self.may_drop_at_first)
    }

    /// What depends on the number of repeats alone: (r)ₖₓ·αʳ·(b)ₙ/(a+b)ₙ.
    fn of_repeats(&self, [r, alpha, a, b]: &[f64; 4]) -> Curve<4> {
        let most = self.by_repeats.len() - 1;
        let rate = Rising::new(*r, self.k as usize * most);
        let lasting = Rising::new(*b, self.tosses(most));
        let any = Rising::new(a + b, self.tosses(most));
        let mut sum = Curve::default();
        for (x, contacts) in self.by_repeats.iter().enumerate().filter(|(_, n)| **n > 0.0) {
            let (arrivals, n) = (self.k as usize * x, self.tosses(x));
            let mut curve = Curve {
                value: rate.log(arrivals) + lasting.log(n) - any.log(n),
                ..Curve::default()
            };
            curve.gradient =
                [rate.first(arrivals), 0.0, -any.first(n), lasting.first(n) - any.first(n)];
            curve.hessian[0][0] = rate.second(arrivals);
            let both = -any.second(n);
            curve.hessian[2] = [0.0, 0.0, both, both];
            curve.hessian[3] = [0.0, 0.0, both, both + lasting.second(n)];
            sum.add(&curve, *contacts);
        }
        sum.value += self.contacts * r * alpha.ln();
        sum.gradient[0] += self.contacts * alpha.ln();
        sum.gradient[1] += self.contacts * r / alpha;
        sum.hessian[0][1] += self.contacts / alpha;
        sum.hessian[1][0] += self.contacts / alpha;
        sum.hessian[1][1] -= self.contacts * r / (alpha * alpha);
        sum
    }

    /// ln of (alive and idle) + (dropped after the last purchase), of one history.
    fn add_row(&self, row: &Weighted, [r, alpha, a, b]: &[f64; 4], sum: &mut Curve<4>) {
        let history = &row.history;
        let n = r + f64::from(self.k) * f64::from(history.repeats);
        let (age, last) = (alpha + history.age, alpha + history.age_at_last);
        let stages = Stages::new(n, (history.age - history.age_at_last) / age, age, self.k);
        let alive = stages.log - n * age.ln();
        let per_age = 1.0 / age;
        let alive_gradient = [stages.by_n - age.ln(), stages.by_alpha - n * per_age];
        let alive_hessian = [
            stages.by_n_n,
            stages.by_n_alpha - per_age,
            stages.by_alpha_alpha + n * per_age * per_age,
        ];
        let w = row.contacts;
        let tosses = self.tosses(history.repeats as usize);
        if tosses == 0 {
            sum.value += w * alive;
            sum.gradient[0] += w * alive_gradient[0];
            sum.gradient[1] += w * alive_gradient[1];
            sum.hessian[0][0] += w * alive_hessian[0];
            sum.hessian[0][1] += w * alive_hessian[1];
            sum.hessian[1][1] += w * alive_hessian[2];
            return;
        }
        let last_b = b + (tosses - 1) as f64;
        let per_last = 1.0 / last;
        let dropped = (a / last_b).ln() - n * last.ln();
        // The share of the likelihood that says "dropped".
        let odds = (dropped - alive).exp();
        let (p, value) = if odds <= 1.0 {
            (odds / (1.0 + odds), alive + odds.ln_1p())
        } else {
            (1.0 / (1.0 + 1.0 / odds), dropped + (1.0 / odds).ln_1p())
        };
        let dropped_gradient = [-last.ln(), -n * per_last, 1.0 / a, -1.0 / last_b];
        let apart = [
            dropped_gradient[0] - alive_gradient[0],
            dropped_gradient[1] - alive_gradient[1],
            dropped_gradient[2],
            dropped_gradient[3],
        ];
        sum.value += w * value;
        sum.gradient[0] += w * (alive_gradient[0] + p * apart[0]);
        sum.gradient[1] += w * (alive_gradient[1] + p * apart[1]);
        sum.gradient[2] += w * p * apart[2];
        sum.gradient[3] += w * p * apart[3];
        let (q, spread) = (1.0 - p, w * p * (1.0 - p));
        for i in 0..4 {
            for j in i..4 {
                sum.hessian[i][j] += spread * apart[i] * apart[j];
            }
        }
        sum.hessian[0][0] += w * q * alive_hessian[0];
        sum.hessian[0][1] += w * (q * alive_hessian[1] - p * per_last);
        sum.hessian[1][1] += w * (q * alive_hessian[2] + p * n * per_last * per_last);
        sum.hessian[2][2] -= w * p / (a * a);
        sum.hessian[3][3] += w * p / (last_b * last_b);
    }
}

impl Objective<4> for GeometricLikelihood<'_> {
    fn curve(&self, logs: &[f64; 4]) -> Curve<4> {
        let theta = logs.map(f64::exp);
        let mut sum: Curve<4> = sum_rows(self.rows, |row, sum| self.add_row(row, &theta, sum));
        // Rows fill the upper triangle.
        for i in 0..4 {
            for j in 0..i {
                sum.hessian[i][j] = sum.hessian[j][i];
            }
        }
        sum.add(&self.of_repeats(&theta), 1.0);
        sum.value += self.constant;
        sum.in_logs(&theta)
    }

    fn weight(&self) -> f64 {
        self.contacts
    }
}

/// ln Σ_{j<k} (n)ⱼ/j!·uʲ with u = (T − t_x)/(α+T), and its derivatives in n and α.
struct Stages {
    log: f64,
    by_n: f64,
    by_alpha: f64,
    by_n_n: f64,
    by_n_alpha: f64,
    by_alpha_alpha: f64,
}

impl Stages {
    #[inline(always)]
    fn new(n: f64, u: f64, age: f64, k: u32) -> Self {
        if k == 1 {
            return Stages {
                log: 0.0,
                by_n: 0.0,
                by_alpha: 0.0,
                by_n_n: 0.0,
                by_n_alpha: 0.0,
                by_alpha_alpha: 0.0,
            };
        }
        let (mut term, mut first, mut second) = (1.0, 0.0, 0.0);
        let mut s = [1.0, 0.0, 0.0, 0.0, 0.0, 0.0];
        for j in 1..k {
            let j = f64::from(j);
            let at = n + j - 1.0;
            term *= at / j * u;
            first += 1.0 / at;
            second += 1.0 / (at * at);
            s[0] += term;
            s[1] += term * first;
            s[2] -= term * j / age;
            s[3] += term * (first * first - second);
            s[4] -= term * first * j / age;
            s[5] += term * j * (j + 1.0) / (age * age);
        }
        let [by_n, by_alpha, nn, na, aa] = [s[1], s[2], s[3], s[4], s[5]].map(|v| v / s[0]);
        Stages {
            log: s[0].ln(),
            by_n,
            by_alpha,
            by_n_n: nn - by_n * by_n,
            by_n_alpha: na - by_n * by_alpha,
            by_alpha_alpha: aa - by_alpha * by_alpha,
        }
    }
}
