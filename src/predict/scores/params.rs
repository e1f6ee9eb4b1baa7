//! What the scores look ahead to.

use serde::Serialize;

use crate::error::{Error, Result};

/// Horizons in days, and how sure to be.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ScoreParams {
    /// Expected orders are given for each of these.
    pub horizons_days: Vec<u32>,
    /// The horizon of "no order within H": what a contact is lost by.
    pub churn_days: u32,
    /// The horizon of customer lifetime value: a year is as far as a plan reaches.
    pub value_days: u32,
    /// Annual discount rate of that value: 0.1 takes a tenth off what comes in a year.
    pub annual_rate: f64,
    /// A next-order date is given if an order within this is likelier than not.
    pub next_order_days: u32,
    /// Probability that an interval holds.
    pub level: f64,
}

impl Default for ScoreParams {
    fn default() -> Self {
        ScoreParams {
            horizons_days: vec![30, 90, 365],
            churn_days: 90,
            value_days: 365,
            annual_rate: 0.1,
            next_order_days: 365,
            level: 0.8,
        }
    }
}

/// [`ScoreParams`], checked.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(transparent)]
pub struct ScoreValidParams(ScoreParams);

impl ScoreParams {
    pub fn check(self) -> Result<ScoreValidParams> {
        const LONGEST: u32 = 3650;
        let horizons = &self.horizons_days;
        let repeated = (1..horizons.len()).any(|at| horizons[..at].contains(&horizons[at]));
        if horizons.is_empty() || repeated {
            return Err(Error::settings("the horizons of expected orders are none, or repeated")
                .with_value(format!("{horizons:?}"))
                .hint("write each once, such as horizons_days = [30, 90, 365]"));
        }
        let days = self
            .horizons_days
            .iter()
            .chain([&self.churn_days, &self.value_days, &self.next_order_days]);
        if let Some(wrong) = days.copied().find(|days| !(1..=LONGEST).contains(days)) {
            return Err(Error::settings("that is no horizon")
                .with_value(format!("{wrong} days"))
                .hint(format!("choose 1 to {LONGEST} days")));
        }
        if !(0.0..10.0).contains(&self.annual_rate) {
            return Err(Error::settings("that is no annual discount rate")
                .with_value(self.annual_rate.to_string())
                .hint("write a tenth as 0.1"));
        }
        if !(0.5..1.0).contains(&self.level) {
            return Err(Error::settings("that is no level of an interval")
                .with_value(self.level.to_string())
                .hint("choose at least 0.5 and less than 1, such as 0.8"));
        }
        Ok(ScoreValidParams(self))
    }
}

impl std::ops::Deref for ScoreValidParams {
    type Target = ScoreParams;

    fn deref(&self) -> &ScoreParams {
        &self.0
    }
}

impl ScoreValidParams {
    /// The continuous discount rate per day.
    pub fn daily_rate(&self) -> f64 {
        self.annual_rate.ln_1p() / 365.0
    }

    /// The two probabilities that an interval lies between.
    pub fn tails(&self) -> [f64; 2] {
        let tail = (1.0 - self.level) / 2.0;
        [tail, 1.0 - tail]
    }
}
