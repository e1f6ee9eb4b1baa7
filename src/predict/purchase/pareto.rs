//! Pareto/NBD: one may be lost at any time, not only after a purchase.
//!
//! While alive a contact buys at a rate λ ~ Gamma(r, α); the time until the contact is lost is
//! exponential at a rate μ ~ Gamma(s, β) (Schmittlein, Morrison & Colombo 1987). The likelihood is
//! a sum of two positive terms, one of them an integral over the time of loss; the usual form (Fader &
//! Hardie 2005, note 9) writes that integral as a difference of hypergeometric functions, which cancels.

use serde::{Deserialize, Serialize};

use super::super::maximum::Curve;
use super::history::History;
use crate::numeric::quadrature::GaussLegendre;
use crate::numeric::rising::log_rising;

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Pareto {
    pub r: f64,
    /// In the unit of time of the histories.
    pub alpha: f64,
    pub s: f64,
    /// In the unit of time of the histories.
    pub beta: f64,
}

impl Pareto {
    /// The likelihood of an idle end, without the factors that only the number of purchases enters: lost
    /// at some time y after the last purchase, or alive and idle until the end. With its derivatives in
    /// r, α, s and β.
    ///
    /// ln [ ∫_{last}^{age} s (α+y)^−(r+x) (β+y)^−(s+1) dy + (α+age)^−(r+x) (β+age)^−s ].
    pub(super) fn log_idle(&self, repeats: u32, last: f64, age: f64) -> Curve<4> {
        let (s, n) = (self.s, self.r + f64::from(repeats));
        let (a, b) = (self.alpha + age, self.beta + age);
        let alive = Curve {
            value: -n * a.ln() - s * b.ln(),
            gradient: [-a.ln(), -n / a, -b.ln(), -s / b],
            hessian: blocks(-1.0 / a, n / (a * a), 0.0, -1.0 / b, s / (b * b)),
        };
        if age <= last {
            return alive;
        }
        let lost = self.log_lost(n, last, age);
        let p = 1.0 / (1.0 + (alive.value - lost.value).exp());
        let mut sum = Curve::default();
        sum.add(&lost, p);
        sum.add(&alive, 1.0 - p);
        sum.value = lost.value.max(alive.value) + (-(lost.value - alive.value).abs()).exp().ln_1p();
        let apart: [f64; 4] = std::array::from_fn(|i| lost.gradient[i] - alive.gradient[i]);
        for (row, one) in sum.hessian.iter_mut().zip(apart) {
            row.iter_mut()
                .zip(apart)
                .for_each(|(cell, other)| *cell += p * (1.0 - p) * one * other);
        }
        sum
    }

    /// ln of the integral over the time of loss.
    ///
    /// In u = ln(m + y), m the smaller of α and β, the integrand falls like a power of eᵘ and is analytic in
    /// a strip of half-width π: Gauss-Legendre panels no wider than 2.5, in which it falls by no more than
    /// e⁴⁰, err below 1e-13. Panels after it has fallen by e⁴⁵ add nothing.
    fn log_lost(&self, n: f64, last: f64, age: f64) -> Curve<4> {
        const WIDEST: f64 = 2.5;
        const DEEPEST: f64 = 40.0;
        const NOTHING: f64 = 45.0;
        const SHALLOW: f64 = 15.0;
        let Pareto { alpha, s, beta, .. } = *self;
        let least = alpha.min(beta);
        let from = (least + last).ln();
        let range = ((age - last) / (least + last)).ln_1p();
        let log_at = |y: f64, u: f64| -n * (alpha + y).ln() - (s + 1.0) * (beta + y).ln() + u;
        let top = log_at(last, from);
        let depth = (top - log_at(age, from + range)).max(0.0);
        let panels = (range / WIDEST).max(depth / DEEPEST).ceil().max(1.0);
        let width = range / panels;
        let rule = match depth / panels < SHALLOW {
            true => GaussLegendre::brief(),
            false => GaussLegendre::shared(),
        };
        let mut moments = Moments::default();
        for panel in 0..panels as usize {
            let begin = width * panel as f64;
            let start = (least + last) * begin.exp_m1() + last;
            if panel > 0 && top - log_at(start, from + begin) > NOTHING {
                break;
            }
            for (x, weight) in rule.points() {
                let u = begin + width * x;
                let y = (least + last) * u.exp_m1() + last;
                let (a, b) = (alpha + y, beta + y);
                let (log_a, log_b) = (a.ln(), b.ln());
                let part = weight * (-n * log_a - (s + 1.0) * log_b + from + u - top).exp();
                moments.add(part, [log_a, 1.0 / a, log_b, 1.0 / b]);
            }
        }
        moments.curve(n, s, top + width.ln())
    }

    pub fn log_likelihood(&self, history: &History) -> f64 {
        let idle = self.log_idle(history.repeats, history.age_at_last, history.age).value;
        log_rising(self.r, history.repeats)
            + self.r * self.alpha.ln()
            + self.s * self.beta.ln()
            + idle
    }

    /// ln of the likelihood of having stayed until `age`, in the terms of [`Pareto::log_idle`].
    fn log_alive(&self, repeats: u32, age: f64) -> f64 {
        -(self.r + f64::from(repeats)) * (self.alpha + age).ln() - self.s * (self.beta + age).ln()
    }

    /// P(alive) at the end of what was seen.
    pub fn p_alive(&self, history: &History) -> f64 {
        let History { repeats, age_at_last, age, .. } = *history;
        (self.log_alive(repeats, age) - self.log_idle(repeats, age_at_last, age).value)
            .exp()
            .min(1.0)
    }

    /// P(alive) when a further t has passed, whatever is bought in it.
    pub fn p_alive_after(&self, history: &History, t: f64) -> f64 {
        self.p_alive(history) * (-self.s * (t / (self.beta + history.age)).ln_1p()).exp()
    }

    /// P(no purchase within t) given alive: idle until then, or lost before a purchase.
    pub fn p_idle_if_alive(&self, history: &History, t: f64) -> f64 {
        let History { repeats, age, .. } = *history;
        let idle = self.log_idle(repeats, age, age + t).value;
        (idle - self.log_alive(repeats, age)).exp().min(1.0)
    }

    /// E[purchases within t], alive or not.
    pub fn expected(&self, history: &History, t: f64) -> f64 {
        self.p_alive(history) * self.expected_if_alive(history, t)
    }

    /// E[purchases within t] of one who is alive.
    pub fn expected_if_alive(&self, history: &History, t: f64) -> f64 {
        let History { repeats, age, .. } = *history;
        let n = self.r + f64::from(repeats);
        let (e, log) = (self.s - 1.0, (t / (self.beta + age)).ln_1p());
        let lasting = if e == 0.0 { log } else { -(-e * log).exp_m1() / e };
        n * (self.beta + age) / (self.alpha + age) * lasting
    }

    /// E[purchases within t of the first one], for a contact of whom nothing is known yet.
    pub fn expected_of_new(&self, t: f64) -> f64 {
        self.expected(&History { repeats: 0, age_at_last: 0.0, age: 0.0, log_gaps: 0.0 }, t)
    }

    /// P(at least n purchases within t | alive) for n = 1, …, `most`: negative binomial up to the time at
    /// which one is lost, integrated over that time.
    pub fn tails(&self, history: &History, t: f64, most: usize) -> Vec<f64> {
        let n = self.r + f64::from(history.repeats);
        let (start, clock) = (self.alpha + history.age, self.beta + history.age);
        let (log, s) = ((t / clock).ln_1p(), self.s);
        let mut tails = vec![0.0; most];
        let mut add = |y: f64, weight: f64| {
            let v = y / (start + y);
            let power = n * (-v).ln_1p();
            let (mut term, mut tail) = (power.exp() * n * v, -power.exp_m1());
            for (i, sum) in tails.iter_mut().enumerate() {
                *sum += weight * tail.max(0.0);
                tail -= term;
                let i = i as f64 + 1.0;
                term *= (n + i) / (i + 1.0) * v;
            }
        };
        add(t, (-s * log).exp());
        // Lost after y = clock·(eᵘ − 1), u exponential at the rate s.
        for &(x, weight) in GaussLegendre::shared().points() {
            let u = x * log;
            add(clock * u.exp_m1(), weight * log * s * (-s * u).exp());
        }
        tails
    }
}

/// A Hessian in which r meets α, and s meets β.
fn blocks(r_alpha: f64, alpha: f64, s: f64, s_beta: f64, beta: f64) -> [[f64; 4]; 4] {
    [
        [0.0, r_alpha, 0.0, 0.0],
        [r_alpha, alpha, 0.0, 0.0],
        [0.0, 0.0, s, s_beta],
        [0.0, 0.0, s_beta, beta],
    ]
}

/// Sums over the times of loss y of ln(α+y), 1/(α+y), ln(β+y), 1/(β+y) and of their products.
#[derive(Default)]
struct Moments {
    weight: f64,
    first: [f64; 4],
    second: [[f64; 4]; 4],
}

impl Moments {
    #[inline(always)]
    fn add(&mut self, weight: f64, values: [f64; 4]) {
        self.weight += weight;
        for i in 0..4 {
            let part = weight * values[i];
            self.first[i] += part;
            for (cell, other) in self.second[i].iter_mut().zip(values) {
                *cell += part * other;
            }
        }
    }

    /// ln of the integral and its derivatives: the mean of the integrand's log-derivatives, and their mean
    /// second ones plus their covariance.
    fn curve(&self, n: f64, s: f64, log_scale: f64) -> Curve<4> {
        let mean = self.first.map(|sum| sum / self.weight);
        let factor = [-1.0, -n, -1.0, -(s + 1.0)];
        let mut curve = Curve {
            value: log_scale + self.weight.ln() + s.ln(),
            gradient: std::array::from_fn(|i| factor[i] * mean[i]),
            hessian: blocks(
                -mean[1],
                n * self.second[1][1] / self.weight,
                -1.0 / (s * s),
                -mean[3],
                (s + 1.0) * self.second[3][3] / self.weight,
            ),
        };
        for i in 0..4 {
            for j in 0..4 {
                let covariance = self.second[i][j] / self.weight - mean[i] * mean[j];
                curve.hessian[i][j] += factor[i] * factor[j] * covariance;
            }
        }
        curve.gradient[2] += 1.0 / s;
        curve
    }
}
