//! A rate's posterior.

use statrs::function::gamma::digamma;

use super::super::level::Level;
use super::super::root::root;
use super::super::tail::{self, Tail};
use super::standing::{Density, Posterior, ends_around};
use crate::estimate::Estimate;

/// A Beta(a, b) distribution, handled on the scale of t = ln(x / (1 - x)), where its density is
/// smooth also for a or b below one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Beta {
    a: f64,
    b: f64,
}

impl Beta {
    /// Both above zero, as [`BetaPrior`](super::BetaPrior) sees to.
    pub(super) fn new(a: f64, b: f64) -> Self {
        Beta { a, b }
    }

    pub fn a(&self) -> f64 {
        self.a
    }

    pub fn b(&self) -> f64 {
        self.b
    }

    pub fn mean(&self) -> f64 {
        self.a / (self.a + self.b)
    }

    pub fn std_deviation(&self) -> f64 {
        let total = self.a + self.b;
        (self.a / total * (self.b / total) / (total + 1.0)).sqrt()
    }

    /// P(X ≤ x) and P(X ≥ x) at the logit t of x: the smaller by the incomplete beta, the other as
    /// its complement.
    pub(super) fn tails(&self, t: f64) -> (Tail, Tail) {
        if t < self.mode() {
            let below = lower(self.a, self.b, t);
            (below, complement(below))
        } else {
            let above = lower(self.b, self.a, -t);
            (complement(above), above)
        }
    }

    /// Where the density of t is highest.
    fn mode(&self) -> f64 {
        (self.a / self.b).ln()
    }

    /// The mean of t.
    fn centre(&self) -> f64 {
        digamma(self.a) - digamma(self.b)
    }

    /// About the standard deviation of t.
    fn spread(&self) -> f64 {
        let part = |v: f64| 1.0 / v + 1.0 / (2.0 * v * v);
        (part(self.a) + part(self.b)).sqrt()
    }

    /// The x with P(X ≤ x) = `p`, for p in (0, 1).
    pub fn quantile(&self, p: f64) -> f64 {
        if p < 0.5 {
            self.crossing(|below, _| below.ln_p - p.ln())
        } else {
            self.crossing(|_, above| (-p).ln_1p() - above.ln_p)
        }
    }

    /// The x at which an increasing function of the two tails is zero.
    fn crossing(&self, short: impl Fn(Tail, Tail) -> f64) -> f64 {
        const REACH: f64 = 60.0;
        let (centre, reach) = (self.centre(), REACH * self.spread());
        let at = |t: f64| {
            let (below, above) = self.tails(t);
            short(below, above)
        };
        ln_logistic(root(at, centre - reach, centre + reach)).exp()
    }

    /// The mean with the equal-tailed credible interval.
    pub fn estimate(&self, level: Level) -> Estimate {
        let outside = (1.0 - level.get()) / 2.0;
        Estimate {
            point: self.mean(),
            std_error: Some(self.std_deviation()),
            low: self.quantile(outside),
            // By the upper tail: 1 - outside would lose digits of a high level.
            high: self.crossing(|_, above| outside.ln() - above.ln_p),
            level: level.get(),
            method: "beta credible",
        }
    }
}

impl Posterior for Beta {
    fn panel_ends(&self) -> Vec<f64> {
        let mut ends = ends_around(self.centre(), self.spread());
        // A long exponential tail on one side ends within a step of one on the other.
        if self.a.min(self.b) < 0.5 {
            ends.extend(ends_around(((self.a + 0.5) / (self.b + 0.5)).ln(), 1.0));
        }
        ends
    }

    fn at(&self, t: f64) -> Density {
        let ln = self.a * ln_logistic(t) + self.b * ln_logistic(-t) - tail::ln_beta(self.a, self.b);
        let (below, above) = self.tails(t);
        Density { density: ln.exp(), below: below.p, above: above.p }
    }

    fn stretch(t: f64) -> f64 {
        (ln_logistic(t) + ln_logistic(-t)).exp()
    }
}

/// ln(1 / (1 + e^-t)).
fn ln_logistic(t: f64) -> f64 {
    if t < 0.0 { t - t.exp().ln_1p() } else { -(-t).exp().ln_1p() }
}

/// P(X ≤ x) of Beta(a, b) at the logit t of x.
fn lower(a: f64, b: f64, t: f64) -> Tail {
    // Below that, e^-t overflows, and the first term of the series is all of it.
    const FAR: f64 = -650.0;
    if t < FAR {
        let ln_p = (a * t - a.ln() - tail::ln_beta(a, b)).min(0.0);
        return Tail { p: ln_p.exp(), ln_p };
    }
    tail::fisher((-t).exp() * a / b, 2.0 * b, 2.0 * a)
}

fn complement(part: Tail) -> Tail {
    Tail { p: 1.0 - part.p, ln_p: (-part.p).ln_1p() }
}
