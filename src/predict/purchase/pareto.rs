//! Pareto/NBD: one may be lost at any time, not only after a purchase.
//!
//! While alive a contact buys at a rate λ ~ Gamma(r, α); the time until the contact is lost is
//! exponential at a rate μ ~ Gamma(s, β) (Schmittlein, Morrison & Colombo 1987). The likelihood is
//! written as a sum of two positive terms, where the usual one (Fader & Hardie 2005, note 9) is a
//! difference of hypergeometric functions that cancels.

use serde::{Deserialize, Serialize};

use super::super::special::hypergeometric::LogF;
use super::super::special::quadrature::GaussLegendre;
use super::super::special::rising::log_rising;
use super::history::History;

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Pareto {
    pub r: f64,
    /// In the unit of time of the histories.
    pub alpha: f64,
    pub s: f64,
    /// In the unit of time of the histories.
    pub beta: f64,
}

/// ln of a function of r, α, s, β with its gradient.
pub(super) type Slope = (f64, [f64; 4]);

impl Pareto {
    /// ln ∫ over the times at which one may have been lost, from `last` to `age` and beyond: the
    /// likelihood of an idle end, without the factors that only the number of purchases enters.
    ///
    /// = ln [ ∫_{last}^{age} s (α+y)^−(r+x) (β+y)^−(s+1) dy + (α+age)^−(r+x) (β+age)^−s ].
    pub(super) fn log_idle(&self, repeats: u32, last: f64, age: f64) -> Slope {
        let (s, n) = (self.s, self.r + f64::from(repeats));
        let w = n + s;
        let (lost, lost_slope) = self.log_part(repeats, last, Part::Lost);
        let (alive, alive_slope) = self.log_part(repeats, age, Part::Alive);
        let lost = lost + (s / w).ln();
        let alive = alive + (n / w).ln();
        let p = 1.0 / (1.0 + (alive - lost).exp());
        let most = lost.max(alive);
        let value = most + (-(lost - alive).abs()).exp().ln_1p();
        let mut slope = [0.0; 4];
        for i in 0..4 {
            slope[i] = p * lost_slope[i] + (1.0 - p) * alive_slope[i];
        }
        slope[0] += (1.0 - p) / n - 1.0 / w;
        slope[2] += p / s - 1.0 / w;
        (value, slope)
    }

    /// The hypergeometric part at the time y, seen from whichever of α and β is larger.
    fn log_part(&self, repeats: u32, y: f64, part: Part) -> Slope {
        let Pareto { r, alpha, s, beta } = *self;
        let n = r + f64::from(repeats);
        let c = n + s + 1.0;
        let (a, b) = (alpha + y, beta + y);
        let (la, lb) = (a.ln(), b.ln());
        let alive = match part {
            Part::Lost => 0.0,
            Part::Alive => 1.0,
        };
        if alpha >= beta {
            let z = (alpha - beta) / a;
            let f = LogF::new(n + alive, c, z);
            // −(n + alive)·ln(α+y) + (alive − s)·ln(β+y)
            let value = -(n + alive) * la + (alive - s) * lb + f.value;
            let slope = [
                -la + f.by_q + f.by_c,
                -(n + alive) / a + f.by_z * (1.0 - z) / a,
                -lb + f.by_c,
                (alive - s) / b - f.by_z / a,
            ];
            (value, slope)
        } else {
            let z = (beta - alpha) / b;
            let lost = 1.0 - alive;
            let f = LogF::new(s + lost, c, z);
            // (lost − n)·ln(α+y) − (s + lost)·ln(β+y)
            let value = (lost - n) * la - (s + lost) * lb + f.value;
            let slope = [
                -la + f.by_c,
                (lost - n) / a - f.by_z / b,
                -lb + f.by_q + f.by_c,
                -(s + lost) / b + f.by_z * (1.0 - z) / b,
            ];
            (value, slope)
        }
    }

    pub fn log_likelihood(&self, history: &History) -> f64 {
        let idle = self.log_idle(history.repeats, history.age_at_last, history.age).0;
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
        (self.log_alive(repeats, age) - self.log_idle(repeats, age_at_last, age).0).exp().min(1.0)
    }

    /// P(alive) when a further t has passed, whatever is bought in it.
    pub fn p_alive_after(&self, history: &History, t: f64) -> f64 {
        self.p_alive(history) * (-self.s * (t / (self.beta + history.age)).ln_1p()).exp()
    }

    /// P(no purchase within t) given alive: idle until then, or lost before a purchase.
    pub fn p_idle_if_alive(&self, history: &History, t: f64) -> f64 {
        let History { repeats, age, .. } = *history;
        let idle = self.log_idle(repeats, age, age + t).0;
        (idle - self.log_alive(repeats, age)).exp().min(1.0)
    }

    /// E[purchases within t], alive or not.
    pub fn expected(&self, history: &History, t: f64) -> f64 {
        let History { repeats, age, .. } = *history;
        let n = self.r + f64::from(repeats);
        let (e, log) = (self.s - 1.0, (t / (self.beta + age)).ln_1p());
        let lasting = if e == 0.0 { log } else { -(-e * log).exp_m1() / e };
        self.p_alive(history) * n * (self.beta + age) / (self.alpha + age) * lasting
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

#[derive(Clone, Copy)]
enum Part {
    Lost,
    Alive,
}
