//! The accepted segments at this as-of: rules by their statements, discovered ones by their stored models.

use std::collections::BTreeMap;
use std::path::Path;

use crate::error::{Error, Result};
use crate::features::FeatureTable;
use crate::segments::drift::{Drift, DriftParams};
use crate::segments::model::{Distances, SegmentModel};
use crate::segments::refresh::{Layer, MODEL_KEY, Observed, Tracked, TrackedKind};
use crate::segments::rules::{Discovered, Members};
use crate::workspace::RefreshSettings;
use crate::workspace::registry::{Entry, Registry, State, Version};

use super::super::Pipeline;
use super::super::segments::Definition;
use super::super::segments::definition::model_file;
use super::report::ModelDrift;

/// The accepted segments, and the models that some of them need.
pub(super) struct Accepted {
    pub tracked: Vec<Tracked>,
    /// By fingerprint of the proposal that the model is of.
    pub models: BTreeMap<String, StoredModel>,
}

pub(super) struct StoredModel {
    model: SegmentModel,
    /// Places in `tracked` by segment id.
    segments: BTreeMap<String, u16>,
}

impl Accepted {
    /// # Errors
    ///
    /// A settings error if nothing is accepted; a data error if a model is not there.
    pub fn of(registry: &Registry, registry_dir: &Path) -> Result<Self> {
        let mut accepted = Accepted { tracked: Vec::new(), models: BTreeMap::new() };
        for entry in registry.entries()? {
            let Entry { state: State::Accepted, latest: Some(version), .. } = entry else {
                continue;
            };
            accepted.add(&version, registry_dir)?;
        }
        if accepted.tracked.is_empty() {
            return Err(Error::settings(
                "no segment is accepted, so that there is none to keep current",
            )
            .hint("accept some first: microseg segments list, then microseg segments accept ID"));
        }
        Ok(accepted)
    }

    fn add(&mut self, version: &Version, registry_dir: &Path) -> Result<()> {
        let place = self.tracked.len() as u16;
        let kind = match Definition::parse(&version.definition)? {
            Definition::Rule { .. } => TrackedKind::Rule,
            Definition::Discovered { segment, proposal, .. } => {
                let stored = match self.models.entry(proposal) {
                    std::collections::btree_map::Entry::Occupied(known) => known.into_mut(),
                    std::collections::btree_map::Entry::Vacant(new) => {
                        let model = read_model(&model_file(registry_dir, new.key()), &segment)?;
                        new.insert(StoredModel { model, segments: BTreeMap::new() })
                    }
                };
                stored.segments.insert(segment, place);
                TrackedKind::Discovered
            }
        };
        let (id, name) = (version.segment.clone(), version.name.clone());
        self.tracked.push(Tracked { id, name, version: version.version, kind });
        Ok(())
    }
}

fn read_model(path: &Path, segment: &str) -> Result<SegmentModel> {
    let again = format!("accept the segment again: microseg segments accept {segment}");
    let bytes = std::fs::read(path)
        .map_err(|e| Error::io(&format!("read the model of the segment `{segment}`"), path, e))
        .map_err(|e| e.hint(again.clone()))?;
    serde_json::from_slice(&bytes).map_err(|e| {
        Error::data(format!("the model of the segment `{segment}` cannot be understood"))
            .at_file(path)
            .caused_by(e)
            .hint(again)
    })
}

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

/// The discovered segments with their members by the stored models: rules may ask for them.
fn discovered(
    accepted: &Accepted,
    distances: &[(&String, &StoredModel, Distances)],
) -> Vec<Discovered> {
    let mut all = Vec::new();
    for (_, stored, from) in distances {
        for (segment, place) in &stored.segments {
            let slot = from.segment_ids.iter().position(|id| id == segment);
            let is_member = |contact: usize| Some(from.nearest[contact]) == slot;
            all.push(Discovered {
                id: segment.clone(),
                name: accepted.tracked[usize::from(*place)].name.clone(),
                rule: None,
                members: Members::of(from.nearest.len(), is_member),
            });
        }
    }
    all
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
