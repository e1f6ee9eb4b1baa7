//! From `[predict]` to parameters.

use crate::error::Result;
use crate::workspace::PredictSettings;

use super::super::churn::Bands;
use super::super::purchase::ModelKind;
use super::super::scores::ScoreParams;
use super::params::{OutlookParams, OutlookValidParams};

impl OutlookValidParams {
    /// What `settings` says, defaults for the rest, checked.
    pub fn from_settings(settings: &PredictSettings) -> Result<Self> {
        let defaults = OutlookParams::default();
        let scores = ScoreParams {
            horizons_days: settings.horizons_days.clone().unwrap_or(defaults.scores.horizons_days),
            value_days: settings.value_days.unwrap_or(defaults.scores.value_days),
            annual_rate: settings.annual_rate.unwrap_or(defaults.scores.annual_rate),
            level: settings.level.unwrap_or(defaults.scores.level),
            ..defaults.scores
        };
        let model = match settings.model.as_deref() {
            None | Some("auto") => None,
            Some(name) => Some(ModelKind::named(name)?),
        };
        OutlookParams {
            model,
            churn_days: settings.churn_days,
            cutoffs: settings.cutoffs.unwrap_or(defaults.cutoffs),
            bands: match settings.bands {
                Some([medium, high]) => Bands::new(medium, high)?,
                None => defaults.bands,
            },
            scores,
            ..defaults
        }
        .check()
    }
}
