//! One contact's scores.

use serde::Serialize;

use crate::numeric::tail::normal_critical;

use super::super::purchase::{History, PurchaseModel};
use super::super::spend::{GammaGamma, Spending};
use super::next_order::NextOrder;
use super::params::ScoreValidParams;
use super::{order_count, value};

/// A number with the interval in which it lies at the level of the scores.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Range {
    pub point: f64,
    pub low: f64,
    pub high: f64,
}

/// What the models say of one contact who has bought. Times are days.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ContactScore {
    /// Whether the contact still buys at all. The interval is that of the parameters.
    pub p_alive: Range,
    /// P(no order within the churn horizon): the risk of churn. The interval is that of the parameters.
    pub p_no_order: Range,
    /// Orders within each horizon: the expectation, and what number to expect of this contact.
    pub expected_orders: Vec<Range>,
    /// Days to the next order; `None` where an order within the horizon is less likely than not.
    pub next_order: Option<NextOrder>,
    /// E[value of an order], in major units; `None` without a model of values.
    pub expected_order_value: Option<f64>,
    /// Discounted value of the orders within the horizon of value: the expectation, and what to expect of
    /// this contact.
    pub customer_lifetime_value: Option<Range>,
}

/// The fitted models behind scores.
#[derive(Debug, Clone, Copy)]
pub struct Models<'a> {
    pub purchases: &'a PurchaseModel,
    /// Covariance of the logarithms of its parameters, if known.
    pub log_covariance: Option<&'a [[f64; 4]; 4]>,
    pub spend: Option<&'a GammaGamma>,
    /// Days to the unit of time in which the purchase model was fitted.
    pub unit_days: f64,
}

/// What a history alone says; contacts who share one share this.
#[derive(Debug, Clone, PartialEq)]
pub struct HistoryScore {
    p_alive: Range,
    p_no_order: Range,
    expected_orders: Vec<Range>,
    next_order: Option<NextOrder>,
    /// E[orders within the horizon of value, each discounted to now].
    discounted_orders: f64,
    /// Those over the expectation of the same orders undiscounted.
    discount: f64,
    /// P(n orders within the horizon of value), n = 0, 1, …
    counts: Vec<f64>,
}

impl HistoryScore {
    /// `history` is in the unit of the model.
    pub fn new(models: &Models<'_>, history: &History, params: &ScoreValidParams) -> Self {
        let model = models.purchases;
        let unit = models.unit_days;
        let tails = params.tails();
        let until = |days: u32| f64::from(days) / unit;
        let churn = until(params.churn_days);
        let orders = |days: &u32| {
            let counts = order_count::distribution(model, history, until(*days), tails[0] / 2.0);
            let [low, high] = order_count::quantiles(&counts, tails);
            let point = model.expected_orders(history, until(*days));
            Range { point, low: low as f64, high: high as f64 }
        };
        let horizon = until(params.value_days);
        let rate = params.daily_rate() * unit;
        let discounted_orders = value::discounted_orders(model, history, horizon, rate);
        let expected = model.expected_orders(history, horizon);
        HistoryScore {
            p_alive: uncertain(models, history, params, &|m, h| m.p_alive(h)),
            p_no_order: uncertain(models, history, params, &|m, h| m.p_no_order(h, churn)),
            expected_orders: params.horizons_days.iter().map(orders).collect(),
            next_order: NextOrder::of(model, history, until(params.next_order_days), tails)
                .map(|next| in_days(next, unit)),
            discounted_orders,
            discount: if expected > 0.0 { discounted_orders / expected } else { 1.0 },
            counts: order_count::distribution(model, history, horizon, tails[0] / 20.0),
        }
    }

    /// The scores of a contact with this history who spends like this.
    pub fn contact(
        &self,
        spend: Option<&GammaGamma>,
        spending: &Spending,
        params: &ScoreValidParams,
    ) -> ContactScore {
        ContactScore {
            p_alive: self.p_alive,
            p_no_order: self.p_no_order,
            expected_orders: self.expected_orders.clone(),
            next_order: self.next_order,
            expected_order_value: spend.map(|spend| spend.expected_value(spending)),
            customer_lifetime_value: spend.map(|spend| self.value(spend, spending, params)),
        }
    }

    /// The interval is that of the sum spent, discounted like the expectation.
    fn value(&self, spend: &GammaGamma, spending: &Spending, params: &ScoreValidParams) -> Range {
        let [low, high] = value::quantiles(spend, spending, &self.counts, params.tails());
        let point = spend.expected_value(spending) * self.discounted_orders;
        Range { point, low: low * self.discount, high: high * self.discount }
    }
}

fn in_days(next: NextOrder, unit: f64) -> NextOrder {
    let NextOrder { probability, median, low, high } = next;
    NextOrder { probability, median: median * unit, low: low * unit, high: high * unit }
}

/// A probability with the interval that the uncertainty of the parameters gives it: the delta method on
/// its logit. Without a covariance the interval is not known and reaches from 0 to 1.
fn uncertain(
    models: &Models<'_>,
    history: &History,
    params: &ScoreValidParams,
    probability: &dyn Fn(&PurchaseModel, &History) -> f64,
) -> Range {
    const STEP: f64 = 1e-4;
    let model = models.purchases;
    let point = probability(model, history);
    let Some(covariance) = models.log_covariance else {
        return Range { point, low: 0.0, high: 1.0 };
    };
    if point <= 0.0 || point >= 1.0 {
        return Range { point, low: point, high: point };
    }
    let logit = |p: f64| p.ln() - (-p).ln_1p();
    let moved = |i: usize, step: f64| {
        let mut parameters = model.parameters();
        parameters[i] *= step.exp();
        logit(probability(&model.with(parameters), history).clamp(1e-300, 1.0 - 1e-16))
    };
    let slope: [f64; 4] =
        std::array::from_fn(|i| (moved(i, STEP) - moved(i, -STEP)) / (2.0 * STEP));
    let variance: f64 = (0..4)
        .flat_map(|i| (0..4).map(move |j| (i, j)))
        .map(|(i, j)| slope[i] * covariance[i][j] * slope[j])
        .sum();
    let reach = normal_critical(1.0 - params.level) * variance.max(0.0).sqrt();
    let back = |logit: f64| 1.0 / (1.0 + (-logit).exp());
    Range { point, low: back(logit(point) - reach), high: back(logit(point) + reach) }
}
