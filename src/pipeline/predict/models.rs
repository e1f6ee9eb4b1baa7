//! What is kept of a prediction's models, to score with later.

use serde::{Deserialize, Serialize};

use crate::predict::outlook::{StoredModels, StoredSilence};

use super::make::Prediction;

/// The models behind a prediction. Read back, they score with the same bits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PredictionModels {
    /// The as-of of the fit: nothing at or after it was seen.
    pub as_of: String,
    pub currency: String,
    /// Of contacts who have bought.
    pub outlook: Option<StoredModels>,
    /// Of contacts who have not.
    pub engagement: Option<StoredSilence>,
}

impl PredictionModels {
    pub fn of(prediction: &Prediction) -> Self {
        PredictionModels {
            as_of: prediction.as_of.clone(),
            currency: prediction.currency.clone(),
            outlook: prediction.outlook.as_ref().map(|outlook| outlook.models.clone()),
            engagement: prediction.engagement.as_ref().map(|engagement| engagement.model.clone()),
        }
    }
}
