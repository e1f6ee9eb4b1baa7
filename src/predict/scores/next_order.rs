//! When the next order comes.

use serde::Serialize;

use super::super::purchase::{History, PurchaseModel};
use crate::numeric::root::root_within;

/// The time to the next order, given that one comes within the horizon.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct NextOrder {
    /// P(an order within the horizon).
    pub probability: f64,
    /// Median of the time to it, in the model's unit, given that it comes.
    pub median: f64,
    pub low: f64,
    pub high: f64,
}

impl NextOrder {
    /// `None` where an order within `horizon` is less likely than not: a date for what will probably not
    /// happen would be made up.
    pub fn of(
        model: &PurchaseModel,
        history: &History,
        horizon: f64,
        tails: [f64; 2],
    ) -> Option<Self> {
        let probability = model.p_order(history, horizon);
        let at = |share| quantile_within(model, history, horizon, share);
        (probability >= 0.5).then(|| NextOrder {
            probability,
            median: at(0.5),
            low: at(tails[0]),
            high: at(tails[1]),
        })
    }
}

/// The time by which `share` of the contacts with this history who order within `horizon` have done so.
pub fn quantile_within(model: &PurchaseModel, history: &History, horizon: f64, share: f64) -> f64 {
    let within = 1.0 - model.p_idle_if_alive(history, horizon);
    quantile_if_alive(model, history, share * within).min(horizon)
}

/// The time by which `share` of those with this history who are alive have ordered; infinite if so many
/// never do. Closed for BG/NBD and MBG/NBD, where the time to the next order is Lomax; otherwise found to
/// ten digits.
pub fn quantile_if_alive(model: &PurchaseModel, history: &History, share: f64) -> f64 {
    if let PurchaseModel::Geometric(m) = model
        && m.k == 1
    {
        let shape = m.r + f64::from(history.repeats);
        return (m.alpha + history.age) * (-(-share).ln_1p() / shape).exp_m1();
    }
    let beyond = |t: f64| 1.0 - model.p_idle_if_alive(history, t) - share;
    let (mut low, mut high) = (0.0, 1.0);
    while beyond(high) < 0.0 {
        (low, high) = (high, high * 4.0);
        if high > 1e12 {
            return f64::INFINITY;
        }
    }
    root_within(beyond, low, high, 1e-10 * high)
}

/// The time by which `share` of all with this history have ordered; infinite if so many never do.
pub fn quantile(model: &PurchaseModel, history: &History, share: f64) -> f64 {
    let alive = model.p_alive(history);
    if share >= alive { f64::INFINITY } else { quantile_if_alive(model, history, share / alive) }
}

/// E[time to the next order | it comes within `horizon`]: ∫ (1 − F(t)/F(horizon)) dt.
pub fn mean_within(model: &PurchaseModel, history: &History, horizon: f64) -> f64 {
    let within = 1.0 - model.p_idle_if_alive(history, horizon);
    crate::numeric::quadrature::GaussLegendre::shared()
        .integrate(0.0, horizon, |t| 1.0 - (1.0 - model.p_idle_if_alive(history, t)) / within)
}
