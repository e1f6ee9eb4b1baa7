//! The accepted segments at this as-of: rules by their statements, discovered ones by their stored models.

use crate::error::{Error, Result};
use crate::features::FeatureTable;
use crate::segments::drift::{Drift, DriftParams};
use crate::segments::refresh::{Layer, MODEL_KEY, Observed, TrackedKind};
use crate::workspace::RefreshSettings;
use crate::workspace::registry::Registry;

use super::super::Pipeline;
use super::super::segments::stored::{Accepted, StoredModel, discovered};
use super::report::ModelDrift;

/// What tracking finds.
pub(super) struct Found {
    pub observed: Observed,
    pub drift: Vec<ModelDrift>,
}

impl Pipeline<'_> {
    /// Evaluates the accepted segments on `table`, which is that on disk.
    pub(super) fn track(
        &self,
        registry: Registry,
        accepted: &Accepted,
        table: &FeatureTable,
    ) -> Result<Found> {
        (self.options.progress)("scoring contacts by the stored models", 0);
        let settings = &self.workspace.settings().refresh;
        let mut distances = Vec::with_capacity(accepted.models.len());
        let mut drift = Vec::with_capacity(accepted.models.len());
        for (proposal, stored) in &accepted.models {
            let from = stored.model.distances(table).map_err(|e| no_longer_scored(e, stored))?;
            let params = drift_params(settings);
            let of_model = Drift::of(&stored.model, table, &from.to_nearest(), params)?;
            let segment_ids = stored.segments.keys().cloned().collect();
            drift.push(ModelDrift { proposal: proposal.clone(), segment_ids, drift: of_model });
            distances.push((proposal, stored, from));
        }
        let discovered = discovered(accepted, &distances);
        let mut layers = Vec::new();
        for (proposal, stored, from) in distances {
            let of_slot = from.segment_ids.iter().map(|id| stored.segments.get(id).copied());
            let of_slot = of_slot.collect();
            layers.push(Layer::of_model(format!("{MODEL_KEY}{proposal}"), from, of_slot));
        }
        let mut segments = self.segments_found_by_models(registry, |_| Ok(discovered))?;
        for (place, tracked) in accepted.tracked.iter().enumerate() {
            if tracked.kind == TrackedKind::Rule {
                (self.options.progress)(&format!("evaluating the segment {}", tracked.id), 0);
                let (_, members) = segments.audience(&tracked.id)?;
                let key = format!("rule:{}", tracked.id);
                let members = members.into_iter();
                layers.push(Layer::by_rule(key, place as u16, table.contacts(), members));
            }
        }
        let observed = Observed {
            as_of: self.as_of()?.to_string(),
            ids: table.ids.clone(),
            tracked: accepted.tracked.clone(),
            layers,
        };
        Ok(Found { observed, drift })
    }
}

fn no_longer_scored(error: Error, stored: &StoredModel) -> Error {
    let segments: Vec<&str> = stored.segments.keys().map(String::as_str).collect();
    Error::data(format!("the segments {} cannot be scored any more", segments.join(", ")))
        .caused_by(error)
        .hint("run `microseg propose`, and accept the segments anew")
}

fn drift_params(settings: &RefreshSettings) -> DriftParams {
    DriftParams {
        watch: settings.psi_watch,
        refit: settings.psi_refit,
        drifted_share: settings.drifted_share,
        far_share: settings.far_share,
    }
}
