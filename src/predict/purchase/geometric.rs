//! Buyers who may drop out after any purchase: BG/NBD, MBG/NBD and their regular cousins.
//!
//! While alive a contact buys at a rate λ ~ Gamma(r, α); after each purchase, and in the modified models
//! after the first one too, the contact drops out with a probability p ~ Beta(a, b). Gaps are Erlang-k:
//! k = 1 is BG/NBD (Fader, Hardie & Lee 2005, eq. 3) or MBG/NBD (Batislam, Denizel & Filiztekin 2007);
//! k > 1 is (M)BG/CNBD-k (Reutterer, Platzer & Schröder 2021), for people who buy in a rhythm.

use serde::{Deserialize, Serialize};

use super::history::History;
use crate::numeric::rising::{log_rising, log_survival};

/// The parameters, and which member of the family.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Geometric {
    pub r: f64,
    /// In the unit of time of the histories.
    pub alpha: f64,
    pub a: f64,
    pub b: f64,
    /// Regularity of the gaps; 1 is none.
    pub k: u32,
    /// Whether one may be lost right after the first purchase (the modified models).
    pub may_drop_at_first: bool,
}

impl Geometric {
    /// Purchases after which this contact might have dropped out and did not, if alive.
    fn tosses(&self, repeats: u32) -> u32 {
        repeats + u32::from(self.may_drop_at_first)
    }

    /// Shape of the posterior of the purchase rate: r + k·x.
    fn shape(&self, repeats: u32) -> f64 {
        self.r + f64::from(self.k) * f64::from(repeats)
    }

    /// The terms (n)ⱼ/j! · uʲ of j = 0, …, k−1: of the Erlang stages passed since the last purchase.
    fn stages(&self, history: &History) -> Vec<f64> {
        let n = self.shape(history.repeats);
        let u = (history.age - history.age_at_last) / (self.alpha + history.age);
        let mut terms = vec![1.0];
        for j in 1..self.k {
            let before = terms[terms.len() - 1];
            terms.push(before * (n + f64::from(j) - 1.0) / f64::from(j) * u);
        }
        terms
    }

    /// ln of the odds of having dropped out; −∞ where that is impossible.
    fn log_odds_dropped(&self, history: &History) -> f64 {
        let tosses = self.tosses(history.repeats);
        if tosses == 0 {
            return f64::NEG_INFINITY;
        }
        let n = self.shape(history.repeats);
        let wait = (history.age - history.age_at_last) / (self.alpha + history.age_at_last);
        let stages: f64 = self.stages(history).iter().sum();
        n * wait.ln_1p() + self.a.ln() - (self.b + f64::from(tosses) - 1.0).ln() - stages.ln()
    }

    /// P(alive) at the end of what was seen.
    pub fn p_alive(&self, history: &History) -> f64 {
        let log_odds = self.log_odds_dropped(history);
        // Far down, where the odds themselves would run over, the probability is their inverse.
        if log_odds > 40.0 { (-log_odds).exp() } else { 1.0 / (1.0 + log_odds.exp()) }
    }

    /// Log-likelihood of one history. Cost grows with the number of purchases.
    pub fn log_likelihood(&self, history: &History) -> f64 {
        let x = history.repeats;
        let n = self.shape(x);
        let spread = log_rising(self.r, self.k * x)
            + self.r * (self.alpha / (self.alpha + history.age)).ln()
            - (n - self.r) * (self.alpha + history.age).ln();
        let stages: f64 = self.stages(history).iter().sum();
        let either = stages.ln() + ln_1p_exp(self.log_odds_dropped(history));
        spread
            + log_survival(self.a, self.b, self.tosses(x))
            + either
            + self.log_gap_factor(history)
    }

    /// The factor of Erlang gaps that no parameter enters, which makes models of different k comparable.
    pub fn log_gap_factor(&self, history: &History) -> f64 {
        let k = f64::from(self.k);
        let factorial = (1..self.k).map(|j| f64::from(j).ln()).sum::<f64>();
        (k - 1.0) * history.log_gaps - f64::from(history.repeats) * factorial
    }

    /// P(at least n purchases within t) for n = 1, 2, …, given alive.
    pub fn tails(&self, history: &History, t: f64) -> Tails {
        Tails::new(self, history, t)
    }

    /// P(no purchase within t) given alive.
    pub fn p_idle_if_alive(&self, history: &History, t: f64) -> f64 {
        let stages = self.stages(history);
        let total: f64 = stages.iter().sum();
        let n = self.shape(history.repeats);
        let v = t / (self.alpha + history.age + t);
        let stay = |(j, weight): (usize, &f64)| {
            weight * pascal_below(n + j as f64, v, self.k as usize - j)
        };
        stages.iter().enumerate().map(stay).sum::<f64>() / total
    }

    /// E[purchases within t], alive or not.
    pub fn expected(&self, history: &History, t: f64) -> f64 {
        let log_odds = self.log_odds_dropped(history);
        let orders = self.expected_if_alive(history, t);
        // Next to the smallest number there is, one rounding instead of two.
        if log_odds > 690.0 {
            (orders.ln() - log_odds).exp()
        } else {
            self.p_alive(history) * orders
        }
    }

    /// E[purchases within t] of one who is alive.
    pub fn expected_if_alive(&self, history: &History, t: f64) -> f64 {
        if t <= 0.0 {
            return 0.0;
        }
        let (b, start) =
            (self.b + f64::from(self.tosses(history.repeats)), self.alpha + history.age);
        match self.k {
            1 => expected_until_dropout(self.a, b, self.shape(history.repeats), t / (start + t))
                .unwrap_or_else(|| self.tails(history, t).sum()),
            _ => self.tails(history, t).sum(),
        }
    }

    /// E[purchases within t of the first one], for a contact of whom nothing is known yet.
    pub fn expected_of_new(&self, t: f64) -> f64 {
        let new = History { repeats: 0, age_at_last: 0.0, age: 0.0, log_gaps: 0.0 };
        self.expected(&new, t)
    }
}

/// ln(1 + eˣ).
fn ln_1p_exp(x: f64) -> f64 {
    if x > 0.0 { x + (-x).exp().ln_1p() } else { x.exp().ln_1p() }
}

/// P(X < m) for X negative binomial with this shape and probability v of "one more".
fn pascal_below(shape: f64, v: f64, m: usize) -> f64 {
    let mut term = (shape * (-v).ln_1p()).exp();
    let mut sum = 0.0;
    for i in 0..m {
        sum += term;
        term *= (shape + i as f64) / (i as f64 + 1.0) * v;
    }
    sum
}

/// E[purchases] of one who is alive, with rate Gamma(n, α+T) and dropout Beta(a, b), where
/// v = t/(α+T+t): Fader, Hardie & Lee's eq. 10 after Euler's transformation, in which nothing cancels,
/// at a = 1 either. `None` where a power in it runs over: one who soon drops out buys little, and the
/// sum of [`Tails`] is short.
fn expected_until_dropout(a: f64, b: f64, n: f64, v: f64) -> Option<f64> {
    let (e, log) = (a - 1.0, (-v).ln_1p());
    let (c, top) = (a + b - 1.0, b - 1.0 + a - n);
    if (e * log).abs() > 300.0 || c <= 0.0 {
        return None;
    }
    let first = if e == 0.0 { -log } else { -(e * log).exp_m1() / e };
    let mut term = top * v / c;
    let (mut sum, mut i) = (term, 1.0);
    while term.abs() * (1.0 + i * (1.0 - v)) > 1e-17 * (sum.abs() + first) * (1.0 - v) && i < 1e6 {
        term *= (e + i) * (top + i) * v / ((c + i) * (i + 1.0));
        sum += term;
        i += 1.0;
    }
    let expected = c * (first - (e * log).exp() * sum);
    expected.is_finite().then_some(expected)
}

/// P(at least n purchases within t | alive), n = 1, 2, …: the chance to survive n − 1 purchases times the
/// chance of that many arrivals.
#[derive(Debug, Clone)]
pub struct Tails {
    a: f64,
    b: f64,
    k: usize,
    v: f64,
    /// By stage: its probability, shape, next term of the negative binomial, P(fewer arrivals).
    stages: Vec<Stage>,
    survival: f64,
    /// The n of the next.
    next: usize,
}

#[derive(Debug, Clone)]
struct Stage {
    weight: f64,
    shape: f64,
    term: f64,
    taken: usize,
    tail: f64,
}

impl Tails {
    fn new(model: &Geometric, history: &History, t: f64) -> Self {
        let weights = model.stages(history);
        let total: f64 = weights.iter().sum();
        let v = t / (model.alpha + history.age + t);
        let stage = |(j, weight): (usize, &f64)| {
            let shape = model.shape(history.repeats) + j as f64;
            let log = shape * (-v).ln_1p();
            // P(at least one) is written so that a small t keeps its digits.
            let (term, tail) = (log.exp() * shape * v, -log.exp_m1());
            Stage { weight: weight / total, shape, term, taken: 1, tail }
        };
        Tails {
            a: model.a,
            b: model.b + f64::from(model.tosses(history.repeats)),
            k: model.k as usize,
            v,
            stages: weights.iter().enumerate().map(stage).collect(),
            survival: 1.0,
            next: 1,
        }
    }

    /// Σ P(at least n): the expectation.
    fn sum(self) -> f64 {
        let mut sum = 0.0;
        for tail in self {
            sum += tail;
            // What is left of a tail by subtraction is its rounding.
            if tail <= 1e-15 * sum {
                break;
            }
        }
        sum
    }
}

impl Iterator for Tails {
    type Item = f64;

    fn next(&mut self) -> Option<f64> {
        const MOST: usize = 10_000_000;
        let n = self.next;
        if n > MOST {
            return None;
        }
        if n > 1 {
            let tosses = (n - 2) as f64;
            self.survival *= (self.b + tosses) / (self.a + self.b + tosses);
        }
        self.next += 1;
        let (k, v) = (self.k, self.v);
        let arrived = self.stages.iter_mut().enumerate().map(|(j, stage)| {
            while stage.taken < k * n - j {
                stage.tail -= stage.term;
                let i = stage.taken as f64;
                stage.term *= (stage.shape + i) / (i + 1.0) * v;
                stage.taken += 1;
            }
            stage.weight * stage.tail.max(0.0)
        });
        Some(self.survival * arrived.sum::<f64>())
    }
}
