//! What the orders to come are worth.

use super::super::purchase::{History, PurchaseModel};
use super::super::spend::{GammaGamma, Spending};
use crate::numeric::quadrature::GaussLegendre;
use crate::numeric::root::root_within;

/// E[orders within `horizon`, each discounted to now] at a continuous `rate` per unit of time:
/// ∫ e^(−rate·u) dE(u) = e^(−rate·horizon)·E(horizon) + rate·∫ e^(−rate·u)·E(u) du.
pub fn discounted_orders(model: &PurchaseModel, history: &History, horizon: f64, rate: f64) -> f64 {
    let alive = model.p_alive(history);
    let end = (-rate * horizon).exp() * model.expected_if_alive(history, horizon);
    if rate == 0.0 {
        return alive * end;
    }
    let during = GaussLegendre::brief()
        .integrate(0.0, horizon, |u| (-rate * u).exp() * model.expected_if_alive(history, u));
    alive * (end + rate * during)
}

/// Value of the orders of `months` months of `month` units of time, each month's discounted as a whole at
/// its end by (1 + `monthly_rate`): how lifetimes and its successors count.
pub fn monthly_value(
    model: &PurchaseModel,
    history: &History,
    value_of_order: f64,
    months: u32,
    month: f64,
    monthly_rate: f64,
) -> f64 {
    let mut before = 0.0;
    let mut sum = 0.0;
    for k in 1..=months {
        let until = model.expected_orders(history, f64::from(k) * month);
        sum += (until - before) * value_of_order / (1.0 + monthly_rate).powi(k as i32);
        before = until;
    }
    sum
}

/// What is spent in as many orders as `counts` says: the amounts that are not exceeded with the
/// probabilities `tails`.
pub fn quantiles(
    spend: &GammaGamma,
    spending: &Spending,
    counts: &[f64],
    tails: [f64; 2],
) -> [f64; 2] {
    tails.map(|tail| quantile(spend, spending, counts, tail))
}

/// Found on the logarithm of the amount, to a ten-thousandth of it.
fn quantile(spend: &GammaGamma, spending: &Spending, counts: &[f64], tail: f64) -> f64 {
    if counts.first().is_none_or(|none| *none >= tail) {
        return 0.0;
    }
    let beyond = |log: f64| {
        let later = counts.iter().enumerate().skip(1).filter(|(_, p)| **p > 1e-7);
        let sum = log.exp();
        let terms = later.map(|(n, p)| p * spend.p_at_most(spending, n as f64, sum));
        counts[0] + terms.sum::<f64>() - tail
    };
    // An expected value of an order times or over e, for as long as an amount of money can be.
    const MOST: usize = 60;
    let start = spend.expected_value(spending).ln();
    let is_low = |log: &f64| beyond(*log) < 0.0;
    let steps = |sign: f64| (0..MOST).map(move |step| start + sign * step as f64);
    let (low, high) = match is_low(&start) {
        true => match steps(1.0).find(|log| !is_low(log)) {
            Some(high) => (high - 1.0, high),
            None => return f64::INFINITY,
        },
        false => match steps(-1.0).find(is_low) {
            Some(low) => (low, low + 1.0),
            None => return 0.0,
        },
    };
    root_within(beyond, low, high, 1e-4).exp()
}
