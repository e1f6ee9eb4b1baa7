//! What an outlook looks ahead to, and how.

use serde::Serialize;

use crate::error::{Error, Result};

use super::super::churn::Bands;
use super::super::purchase::{ModelKind, PurchaseParams};
use super::super::scores::{ScoreParams, ScoreValidParams};

/// Choices behind an outlook.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OutlookParams {
    /// The purchase model; chosen by what each said of later orders if not given.
    pub model: Option<ModelKind>,
    /// Horizon of churn in days; from the shop's own gaps if not given. It takes the place of the scores'.
    #[serde(skip)]
    pub churn_days: Option<u32>,
    /// Days to the unit of time in which models are fitted: 1 or 7. Published parameters are in weeks.
    pub unit_days: u32,
    /// Cutoffs of the backtest, a horizon apart.
    pub cutoffs: usize,
    pub bands: Bands,
    /// Reasons given for each contact.
    pub reasons: usize,
    #[serde(flatten)]
    pub scores: ScoreParams,
}

impl Default for OutlookParams {
    fn default() -> Self {
        OutlookParams {
            model: None,
            churn_days: None,
            unit_days: 1,
            cutoffs: 4,
            bands: Bands::default(),
            reasons: 3,
            scores: ScoreParams::default(),
        }
    }
}

/// [`OutlookParams`], checked.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(transparent)]
pub struct OutlookValidParams(OutlookParams);

impl OutlookParams {
    pub fn check(self) -> Result<OutlookValidParams> {
        if !matches!(self.unit_days, 1 | 7) {
            return Err(Error::settings("that is no unit of time")
                .with_value(format!("{} days", self.unit_days))
                .hint("choose day or week"));
        }
        if !(2..=12).contains(&self.cutoffs) {
            return Err(Error::settings("that is no number of cutoffs")
                .with_value(self.cutoffs.to_string())
                .hint("choose 2 to 12: a model is proven on one and trained on those before"));
        }
        if let Some(model) = self.model {
            PurchaseParams::new(model).check()?;
        }
        self.scores.clone().check()?;
        if let Some(days) = self.churn_days {
            ScoreParams { churn_days: days, ..self.scores.clone() }.check()?;
        }
        Ok(OutlookValidParams(self))
    }
}

impl std::ops::Deref for OutlookValidParams {
    type Target = OutlookParams;

    fn deref(&self) -> &OutlookParams {
        &self.0
    }
}

impl OutlookValidParams {
    /// The parameters of the scores, with the horizon of churn that was chosen.
    pub(super) fn scores_with(&self, churn_days: u32) -> Result<ScoreValidParams> {
        ScoreParams { churn_days, ..self.scores.clone() }.check()
    }

    pub(super) fn unit(&self) -> f64 {
        f64::from(self.unit_days)
    }
}
