//! How far contacts have drifted from those of the fit, and what to do about it.

use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::features::FeatureTable;

use super::super::model::SegmentModel;
use super::index::{StabilityIndex, stability_index};

/// From when drift is worth watching, and from when a refit is proposed.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct DriftParams {
    /// Index from which a feature is worth watching. 0.1 and 0.25 are the marks of credit scoring (Siddiqi 2006).
    pub watch: f64,
    /// Index from which a feature has drifted.
    pub refit: f64,
    /// Share of the model's features that have drifted from which a refit is proposed.
    pub drifted_share: f64,
    /// Share of contacts far from every centroid from which a refit is proposed; at the fit it was 0.01.
    pub far_share: f64,
}

/// One feature of the model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DriftedFeature {
    pub name: String,
    #[serde(flatten)]
    pub stability: StabilityIndex,
}

/// How far contacts have drifted from those of the fit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Drift {
    pub params: DriftParams,
    /// As-of of the fit.
    pub fitted_as_of: String,
    /// The features of the model, the most drifted first.
    pub features: Vec<DriftedFeature>,
    /// Features at or above the mark for a refit.
    pub drifted: usize,
    /// Share of contacts farther from every centroid than 99 in 100 were at the fit.
    pub far_share: f64,
    pub far_share_at_fit: f64,
    /// Why a refit is proposed, in sentences; none if it is not.
    pub refit: Vec<String>,
}

impl Drift {
    /// Compares `table` with the model's baseline; `to_nearest` is the distance to the nearest centroid, by contact.
    ///
    /// # Errors
    /// If the table lacks a feature of the model.
    pub fn of(
        model: &SegmentModel,
        table: &FeatureTable,
        to_nearest: &[f64],
        params: DriftParams,
    ) -> Result<Self> {
        let baseline = &model.baseline;
        let mut features = Vec::with_capacity(baseline.features.len());
        for feature in &baseline.features {
            let now = feature.counts_of(table.column(&feature.name)?);
            if let Some(stability) = stability_index(&feature.counts, &now) {
                features.push(DriftedFeature { name: feature.name.clone(), stability });
            }
        }
        features.sort_by(|a, b| {
            b.stability.index.total_cmp(&a.stability.index).then_with(|| a.name.cmp(&b.name))
        });
        let drifted = features.iter().filter(|f| f.stability.index >= params.refit).count();
        let far = to_nearest.iter().filter(|d| **d > baseline.far_distance).count();
        let far_share = far as f64 / to_nearest.len().max(1) as f64;
        let mut drift = Drift {
            params,
            fitted_as_of: baseline.as_of.clone(),
            features,
            drifted,
            far_share,
            far_share_at_fit: baseline.far_share,
            refit: Vec::new(),
        };
        drift.refit = drift.reasons();
        Ok(drift)
    }

    fn reasons(&self) -> Vec<String> {
        let Drift { params, features, drifted, far_share, .. } = self;
        let mut reasons = Vec::new();
        if *drifted > 0 && *drifted as f64 >= params.drifted_share * features.len() as f64 {
            reasons.push(format!(
                "{drifted} of the model's {} features have drifted (stability index from {})",
                features.len(),
                params.refit
            ));
        }
        if *far_share >= params.far_share {
            reasons.push(format!(
                "{:.1} % of contacts are far from every segment's centre, where {:.1} % were at the fit",
                far_share * 100.0,
                self.far_share_at_fit * 100.0
            ));
        }
        reasons
    }
}
