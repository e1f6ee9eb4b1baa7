//! Risk and value of every contact, without all else that an outlook says.

use rayon::prelude::*;

use crate::error::Result;

use super::super::churn::Band;
use super::super::scores::value::discounted_orders;
use super::history::Known;
use super::scoring::distinct;
use super::stored::{ScoreInput, StoredModels, not_before};

/// What is at stake with one contact who has bought.
#[derive(Debug, Clone, PartialEq)]
pub struct RiskAndValue {
    pub contact_id: String,
    /// P(no order within the horizon).
    pub churn_risk: f64,
    pub band: Band,
    /// Discounted value of the orders within the horizon of value, in major units; `None` without a model of values.
    pub lifetime_value: Option<f64>,
    /// Risk × lifetime value.
    pub value_at_risk: Option<f64>,
}

impl StoredModels {
    /// Risk and value at the end of `input.until` of everybody who has bought by then, in id order: the points of
    /// [`StoredModels::score`], bit by bit, without the intervals, dates and reasons, which take twenty times as long.
    ///
    /// # Errors
    /// As [`StoredModels::score`].
    pub fn risks_and_values(&self, input: &ScoreInput<'_>) -> Result<Vec<RiskAndValue>> {
        not_before(self.until, input.until)?;
        (input.progress)("adding up purchases");
        let days = input.book.until(input.until);
        (input.progress)("scoring contacts");
        let now = self.known(input.book, &days, input.more)?;
        let risks = match &self.risk {
            Some(fitted) => {
                fitted.check(&now.cutoff)?;
                fitted.risks(&now.cutoff)?
            }
            None => now.cutoff.model_risk.clone().unwrap_or_default(),
        };
        let orders = self.spend.as_ref().map(|_| self.discounted(&now));
        let row = |place: usize| {
            let contact = now.buyers[place];
            let lifetime_value = self.spend.as_ref().zip(orders.as_ref()).map(|(spend, orders)| {
                spend.expected_value(&days.spending(contact, self.minor_per_major)) * orders[place]
            });
            RiskAndValue {
                contact_id: input.book.ids()[contact].clone(),
                churn_risk: risks[place],
                band: self.bands.of(risks[place]),
                lifetime_value,
                value_at_risk: lifetime_value.map(|value| value * risks[place]),
            }
        };
        Ok((0..now.buyers.len()).into_par_iter().with_min_len(64).map(row).collect())
    }

    /// E[orders within the horizon of value, discounted], by place; histories that are alike are asked once.
    fn discounted(&self, now: &Known) -> Vec<f64> {
        let unit = f64::from(self.unit_days);
        let horizon = f64::from(self.scores.value_days) / unit;
        let rate = self.scores.daily_rate() * unit;
        let (of_history, different) = distinct(&now.histories);
        let model = &self.purchases.model;
        let orders: Vec<f64> = different
            .par_iter()
            .with_min_len(64)
            .map(|history| discounted_orders(model, history, horizon, rate))
            .collect();
        of_history.into_iter().map(|place| orders[place]).collect()
    }
}
