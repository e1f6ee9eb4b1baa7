//! A fitted purchase model as it is kept to score with later.

use serde::{Deserialize, Serialize};

use super::super::logistic::exact;
use super::fit::{FittedPurchases, MOST_REGULAR};
use super::kind::ModelKind;
use super::model::PurchaseModel;

/// A purchase model and how far its parameters are known. Numbers are stored as text, so that a model read
/// back scores with the same bits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Stored", into = "Stored")]
pub struct StoredPurchases {
    kind: ModelKind,
    pub model: PurchaseModel,
    /// Covariance of the logarithms of the parameters; absent where the curvature says nothing.
    pub log_covariance: Option<[[f64; 4]; 4]>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    kind: ModelKind,
    /// Regularity of the gaps; 1 is none.
    k: u32,
    /// In the order of [`ModelKind::parameters`].
    #[serde(with = "exact")]
    parameters: [f64; 4],
    #[serde(with = "exact")]
    log_covariance: Option<[[f64; 4]; 4]>,
}

impl StoredPurchases {
    pub fn of(fitted: &FittedPurchases) -> Self {
        let FittedPurchases { kind, model, log_covariance, .. } = *fitted;
        StoredPurchases { kind, model, log_covariance }
    }

    pub fn kind(&self) -> ModelKind {
        self.kind
    }
}

impl From<StoredPurchases> for Stored {
    fn from(purchases: StoredPurchases) -> Self {
        let StoredPurchases { kind, model, log_covariance } = purchases;
        let k = match model {
            PurchaseModel::Geometric(model) => model.k,
            PurchaseModel::Pareto(_) => 1,
        };
        Stored { kind, k, parameters: model.parameters(), log_covariance }
    }
}

impl TryFrom<Stored> for StoredPurchases {
    type Error = String;

    fn try_from(stored: Stored) -> Result<Self, String> {
        let Stored { kind, k, parameters, log_covariance } = stored;
        if !(1..=MOST_REGULAR).contains(&k) || (k != 1 && !kind.has_rhythm()) {
            return Err(format!("{} has no k of {k}", kind.title()));
        }
        let mut named = kind.parameters().into_iter().zip(parameters);
        if let Some((name, value)) = named.find(|(_, value)| *value <= 0.0) {
            return Err(format!("the parameter {name} of {} cannot be {value}", kind.title()));
        }
        let model = PurchaseModel::new(kind, k, parameters);
        Ok(StoredPurchases { kind, model, log_covariance })
    }
}
