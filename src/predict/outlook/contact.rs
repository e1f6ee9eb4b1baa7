//! One contact's outlook.

use serde::Serialize;

use super::super::churn::{Band, Reason};
use super::super::scores::ContactScore;

/// What is known of a contact who has bought, and what is expected of him.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ContactOutlook {
    pub contact_id: String,
    /// x: days with an order after the first.
    pub repeat_purchases: u32,
    pub age_at_last_days: u32,
    pub age_days: u32,
    pub days_since_last_order: u32,
    /// Spent so far, refunds taken off; minor units.
    pub historic_value_minor: i64,
    #[serde(flatten)]
    pub score: ContactScore,
    /// P(no order within the horizon), by the way that won the backtest.
    pub churn_risk: f64,
    pub band: Band,
    /// Risk × lifetime value, in major units.
    pub value_at_risk: Option<f64>,
    pub reasons: Vec<Reason>,
}
