//! Any purchase model, as the scores ask it.

use serde::{Deserialize, Serialize};

use super::geometric::Geometric;
use super::history::History;
use super::kind::ModelKind;
use super::pareto::Pareto;
use crate::numeric::quadrature::half_line;

/// A purchase model with its parameters. Times are in the unit in which it was fitted.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum PurchaseModel {
    Geometric(Geometric),
    Pareto(Pareto),
}

impl PurchaseModel {
    /// The model of a kind with its parameters, in the order of [`ModelKind::parameters`]; `k` is 1 where
    /// gaps have no rhythm.
    pub fn new(kind: ModelKind, k: u32, [r, alpha, three, four]: [f64; 4]) -> Self {
        match kind {
            ModelKind::ParetoNbd => {
                PurchaseModel::Pareto(Pareto { r, alpha, s: three, beta: four })
            }
            _ => PurchaseModel::Geometric(Geometric {
                r,
                alpha,
                a: three,
                b: four,
                k,
                may_drop_at_first: kind.may_drop_at_first(),
            }),
        }
    }

    /// The four parameters, in the order of [`super::ModelKind::parameters`].
    pub fn parameters(&self) -> [f64; 4] {
        match self {
            PurchaseModel::Geometric(m) => [m.r, m.alpha, m.a, m.b],
            PurchaseModel::Pareto(m) => [m.r, m.alpha, m.s, m.beta],
        }
    }

    /// The same model with other parameters.
    #[must_use]
    pub fn with(&self, [one, two, three, four]: [f64; 4]) -> Self {
        match *self {
            PurchaseModel::Geometric(m) => {
                PurchaseModel::Geometric(Geometric { r: one, alpha: two, a: three, b: four, ..m })
            }
            PurchaseModel::Pareto(_) => {
                PurchaseModel::Pareto(Pareto { r: one, alpha: two, s: three, beta: four })
            }
        }
    }

    /// Log-likelihood of one history.
    pub fn log_likelihood(&self, history: &History) -> f64 {
        match self {
            PurchaseModel::Geometric(m) => m.log_likelihood(history),
            PurchaseModel::Pareto(m) => m.log_likelihood(history),
        }
    }

    /// P(alive) at the end of what was seen. Not one less the risk of churn: see
    /// [`PurchaseModel::p_no_order`].
    pub fn p_alive(&self, history: &History) -> f64 {
        match self {
            PurchaseModel::Geometric(m) => m.p_alive(history),
            PurchaseModel::Pareto(m) => m.p_alive(history),
        }
    }

    /// P(no order within t).
    pub fn p_no_order(&self, history: &History, t: f64) -> f64 {
        1.0 - self.p_order(history, t)
    }

    /// P(at least one order within t).
    pub fn p_order(&self, history: &History, t: f64) -> f64 {
        self.p_alive(history) * (1.0 - self.p_idle_if_alive(history, t))
    }

    /// P(no order within t) of one who is alive now.
    pub fn p_idle_if_alive(&self, history: &History, t: f64) -> f64 {
        match self {
            PurchaseModel::Geometric(m) => m.p_idle_if_alive(history, t),
            PurchaseModel::Pareto(m) => m.p_idle_if_alive(history, t),
        }
    }

    /// E[orders within t].
    pub fn expected_orders(&self, history: &History, t: f64) -> f64 {
        match self {
            PurchaseModel::Geometric(m) => m.expected(history, t),
            PurchaseModel::Pareto(m) => m.expected(history, t),
        }
    }

    /// E[orders within t] of one who is alive now.
    pub fn expected_if_alive(&self, history: &History, t: f64) -> f64 {
        match self {
            PurchaseModel::Geometric(m) => m.expected_if_alive(history, t),
            PurchaseModel::Pareto(m) => m.expected_if_alive(history, t),
        }
    }

    /// E[orders within t of the first one] of a contact of whom nothing else is known.
    pub fn expected_orders_of_new(&self, t: f64) -> f64 {
        match self {
            PurchaseModel::Geometric(m) => m.expected_of_new(t),
            PurchaseModel::Pareto(m) => m.expected_of_new(t),
        }
    }

    /// P(exactly n orders within t) for n = 0, …, `most`.
    pub fn order_counts(&self, history: &History, t: f64, most: usize) -> Vec<f64> {
        let alive = self.p_alive(history);
        let tails: Vec<f64> = match self {
            PurchaseModel::Geometric(m) => m.tails(history, t).take(most + 1).collect(),
            PurchaseModel::Pareto(m) => m.tails(history, t, most + 1),
        };
        let mut counts = Vec::with_capacity(most + 1);
        counts.push(self.p_no_order(history, t));
        counts.extend(tails.windows(2).map(|pair| alive * (pair[0] - pair[1]).max(0.0)));
        counts
    }

    /// E[discounted orders] from now to the end of time, at a continuous `rate` per unit of time:
    /// ∫ rate·e^(−rate·t)·E[orders within t] dt (Fader, Hardie & Lee 2005 call it DERT).
    pub fn discounted_orders(&self, history: &History, rate: f64) -> f64 {
        // Beyond it nothing is left of the discount factor.
        const NOTHING: f64 = 45.0;
        half_line(1.0 / rate, |t| match rate * t < NOTHING {
            true => rate * (-rate * t).exp() * self.expected_orders(history, t),
            false => 0.0,
        })
    }
}
