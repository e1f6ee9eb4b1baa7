//! What the orders to come are worth.

use super::super::purchase::{History, PurchaseModel};
use super::super::special::quadrature::GaussLegendre;
use super::super::spend::{GammaGamma, Spending};

/// E[orders within `horizon`, each discounted to now] at a continuous `rate` per unit of time:
/// ∫ e^(−rate·u) dE(u) = e^(−rate·horizon)·E(horizon) + rate·∫ e^(−rate·u)·E(u) du.
pub fn discounted_orders(model: &PurchaseModel, history: &History, horizon: f64, rate: f64) -> f64 {
    let end = (-rate * horizon).exp() * model.expected_orders(history, horizon);
    if rate == 0.0 {
        return end;
    }
    let during = GaussLegendre::brief()
        .integrate(0.0, horizon, |u| (-rate * u).exp() * model.expected_orders(history, u));
    end + rate * during
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

/// By bisection on the logarithm of the amount, to a thousandth of it.
fn quantile(spend: &GammaGamma, spending: &Spending, counts: &[f64], tail: f64) -> f64 {
    const PRECISION: f64 = 1e-4;
    if counts.first().is_none_or(|none| *none >= tail) {
        return 0.0;
    }
    let p_at_most = |sum: f64| {
        let later = counts.iter().enumerate().skip(1).filter(|(_, p)| **p > 1e-9);
        let terms = later.map(|(n, p)| p * spend.p_at_most(spending, n as f64, sum));
        counts[0] + terms.sum::<f64>()
    };
    let usual = spend.expected_value(spending);
    let (mut low, mut high) = (usual * 1e-3, usual);
    while p_at_most(high) < tail && high < usual * 1e9 {
        (low, high) = (high, high * 2.0);
    }
    while p_at_most(low) > tail && low > usual * 1e-12 {
        (low, high) = (low / 10.0, low);
    }
    while high / low > 1.0 + PRECISION {
        let middle = (low * high).sqrt();
        match p_at_most(middle) < tail {
            true => low = middle,
            false => high = middle,
        }
    }
    (low * high).sqrt()
}
