//! `[predict]`: what churn, next orders and lifetime values look ahead to.

use serde::{Deserialize, Serialize};

/// What `microseg.toml` says about predictions. What is left out is chosen by the data or by default.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PredictSettings {
    /// `bg-nbd`, `mbg-nbd`, `pareto-nbd`, `bg-cnbd-k`, `mbg-cnbd-k`, or `auto`: the one that says most of
    /// later orders.
    pub model: Option<String>,
    /// Days within which a contact who does nothing counts as lost; the shop's own gaps say if absent.
    pub churn_days: Option<u32>,
    /// Horizons of expected orders, in days; 30, 90 and 365 if absent.
    pub horizons_days: Option<Vec<u32>>,
    /// Horizon of customer lifetime value, in days; 365 if absent.
    pub value_days: Option<u32>,
    /// Annual discount rate of that value; 0.1 if absent.
    pub annual_rate: Option<f64>,
    /// Level of the intervals; 0.8 if absent.
    pub level: Option<f64>,
    /// Probabilities at which medium and high risk begin; 0.33 and 0.66 if absent.
    pub bands: Option<[f64; 2]>,
    /// Cutoffs of the backtest, a horizon apart; 4 if absent.
    pub cutoffs: Option<usize>,
}
