//! Accepted discovered segments by their stored models, whatever the proposal has become.

use std::collections::BTreeMap;
use std::path::Path;

use crate::error::{Error, Result};
use crate::features::{self, FeatureTable};
use crate::segments::model::{Distances, SegmentModel};
use crate::segments::refresh::{Tracked, TrackedKind};
use crate::segments::rules::{Discovered, Members};
use crate::workspace::registry::{Entry, Registry, State, Version};

use super::super::Pipeline;
use super::super::experiment::file_stem;
use super::super::standing_file;
use super::definition::{Definition, model_file};

/// The accepted segments, and the models that some of them need.
pub struct Accepted {
    pub tracked: Vec<Tracked>,
    /// By fingerprint of the proposal that the model is of.
    pub models: BTreeMap<String, StoredModel>,
}

pub struct StoredModel {
    pub model: SegmentModel,
    /// Places in `tracked` by segment id.
    pub segments: BTreeMap<String, u16>,
}

impl Accepted {
    /// # Errors
    ///
    /// A data error if a model is not there.
    pub fn of(registry: &Registry, registry_dir: &Path) -> Result<Self> {
        Self::but_for(registry, registry_dir, &|_| false)
    }

    /// All but the discovered segments of certain proposals.
    fn but_for(
        registry: &Registry,
        registry_dir: &Path,
        is_left_out: &dyn Fn(&str) -> bool,
    ) -> Result<Self> {
        let mut accepted = Accepted { tracked: Vec::new(), models: BTreeMap::new() };
        for entry in registry.entries()? {
            let Entry { state: State::Accepted, latest: Some(version), .. } = entry else {
                continue;
            };
            let definition = Definition::parse(&version.definition)?;
            if let Definition::Discovered { proposal, .. } = &definition
                && is_left_out(proposal)
            {
                continue;
            }
            let version = defined_in(registry, version)?;
            accepted.add(&version, definition, registry_dir)?;
        }
        Ok(accepted)
    }

    fn add(
        &mut self,
        version: &Version,
        definition: Definition,
        registry_dir: &Path,
    ) -> Result<()> {
        let place = self.tracked.len() as u16;
        let kind = match definition {
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

/// The first of the versions up to the latest that all have its definition: another name is no other segment.
fn defined_in(registry: &Registry, latest: Version) -> Result<Version> {
    let versions = registry.history(&latest.segment)?.versions.into_iter().rev();
    let same = versions.take_while(|version| version.definition == latest.definition);
    let first = same.last().map_or(latest.version, |first| first.version);
    Ok(Version { version: first, ..latest })
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

/// The discovered segments with their members by the stored models: rules may ask for them.
pub fn discovered(
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

impl Pipeline<'_> {
    /// The accepted discovered segments of other proposals than `current`, with the fingerprint of the proposal that
    /// each is of: as the refresh of this as-of has them, if there is one; else by the stored models, undamped. Those
    /// whose model was not kept are left out.
    pub(super) fn discovered_by_models(
        &self,
        registry: &Registry,
        ids: &[String],
        current: Option<&String>,
    ) -> Result<Vec<(Discovered, String)>> {
        let dir = self.workspace.registry_dir();
        let accepted = Accepted::but_for(registry, &dir, &|proposal| {
            current.is_some_and(|c| c == proposal) || !model_file(&dir, proposal).exists()
        })?;
        if accepted.models.is_empty() {
            return Ok(Vec::new());
        }
        let found = match self.standing_now(&accepted, ids)? {
            Some(found) => found,
            None => {
                let table = features::read(&self.workspace.features_dir())?;
                by_models(&accepted, &table)?
            }
        };
        let proposal_of = |segment: &Discovered| {
            let of_it = accepted.models.iter().find(|(_, s)| s.segments.contains_key(&segment.id));
            of_it.map(|(proposal, _)| proposal.clone()).unwrap_or_default()
        };
        Ok(found.into_iter().map(|s| (s.clone(), proposal_of(&s))).collect())
    }

    /// Members as the refresh of this as-of has them.
    fn standing_now(&self, accepted: &Accepted, ids: &[String]) -> Result<Option<Vec<Discovered>>> {
        let dir = self.workspace.refreshes_dir().join(file_stem(&self.as_of()?.to_string()));
        if !dir.exists() {
            return Ok(None);
        }
        let standing = standing_file::read(&dir)?;
        if standing.ids != ids {
            return Ok(None);
        }
        let discovered = accepted.tracked.iter().filter(|t| t.kind == TrackedKind::Discovered);
        let mut found = Vec::new();
        for tracked in discovered {
            let Some(members) = standing.members(&tracked.id, tracked.version) else {
                return Ok(None);
            };
            found.push(Discovered {
                id: tracked.id.clone(),
                name: tracked.name.clone(),
                rule: None,
                members: Members::of(ids.len(), |contact| members[contact]),
            });
        }
        Ok(Some(found))
    }
}

fn by_models(accepted: &Accepted, table: &FeatureTable) -> Result<Vec<Discovered>> {
    let mut distances = Vec::with_capacity(accepted.models.len());
    for (proposal, stored) in &accepted.models {
        distances.push((proposal, stored, stored.model.distances(table)?));
    }
    Ok(discovered(accepted, &distances))
}
