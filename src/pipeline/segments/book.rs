//! All segments of a workspace over one as-of.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::error::{Error, Kind, Result};
use crate::features;
use crate::lake::Lake;
use crate::segments::rules::reading::segments_of;
use crate::segments::rules::{Discovered, Ground, Members, Reading, discovered};
use crate::workspace::registry::{Entry, Registry, State};
use crate::workspace::{AsOf, Manifest, RuleSettings, SETTINGS_FILE, Workspace};

use super::super::Pipeline;
use super::Definition;

/// The segments of a workspace. Members are found when they are asked for, and only once.
pub struct Segments<'a> {
    pub(super) workspace: &'a Workspace,
    pub(super) ground: Ground,
    pub(super) registry: Registry,
    pub(super) entries: BTreeMap<String, Entry>,
    pub(super) discovered: Vec<Discovered>,
    /// Why there are no discovered segments; `None` where there are.
    pub(super) no_proposal: Option<String>,
    /// Fingerprint of the proposal that each is of, by place. Those of the proposal come first; accepted ones of
    /// earlier proposals follow.
    pub(super) proposals: Vec<String>,
    pub(super) of_proposal: usize,
    pub(super) seed: u64,
    found: BTreeMap<String, Found>,
}

/// A segment that was evaluated.
#[derive(Debug, Clone)]
pub(super) struct Found {
    /// Of a rule.
    pub reading: Option<Reading>,
    pub members: Members,
}

/// What a segment is made from, and where that is written.
#[derive(Debug, Clone)]
pub(super) enum Source {
    /// A rule, and the file that errors in it are of.
    Rule(Box<RuleSettings>, PathBuf),
    /// The place among the discovered segments.
    Discovered(usize),
}

impl<'a> Pipeline<'a> {
    /// Opens the segments of the workspace, for reading.
    ///
    /// # Errors
    ///
    /// A data error if the feature table is out of date, or the registry cannot be read.
    pub fn segments(&self) -> Result<Segments<'a>> {
        self.segments_with(Registry::read(&self.workspace.registry_dir())?)
    }

    /// Opens the segments of the workspace, to decide on them. Call it only while holding the writer's
    /// lock.
    ///
    /// # Errors
    ///
    /// As [`Pipeline::segments`].
    pub fn segments_to_decide(&self) -> Result<Segments<'a>> {
        self.check_features_fresh()?;
        self.segments_with(Registry::open(&self.workspace.registry_dir())?)
    }

    pub(in super::super) fn check_features_fresh(&self) -> Result<()> {
        let dir = self.workspace.features_dir();
        if Manifest::read(&dir) == Some(self.features_manifest()?) {
            return Ok(());
        }
        Err(Error::data("the feature table is out of date")
            .at_file(&dir)
            .hint("run `microseg features` first, or `microseg run` for everything"))
    }

    /// Opens the segments with these discovered ones in the place of the proposal's.
    pub(in super::super) fn segments_found_by_models(
        &self,
        registry: Registry,
        found: impl FnOnce(&[String]) -> Result<Vec<Discovered>>,
    ) -> Result<Segments<'a>> {
        let ground = self.ground()?;
        let discovered = found(ground.ids())?;
        check_ids(self.workspace, &discovered)?;
        let proposals = vec![String::new(); discovered.len()];
        self.with_discovered(registry, ground, (discovered, proposals, None))
    }

    fn ground(&self) -> Result<Ground> {
        self.check_features_fresh()?;
        (self.options.progress)("opening the segments", 0);
        let (lake, as_of) = (self.lake()?, self.as_of()?);
        ground(&lake, &as_of, self.options.threads, &self.workspace.features_dir())
    }

    fn segments_with(&self, registry: Registry) -> Result<Segments<'a>> {
        let (workspace, ground) = (self.workspace, self.ground()?);
        let dir = workspace.segments_dir();
        let manifest = self.proposal_manifest()?;
        let no_proposal = match Manifest::read(&dir) {
            Some(on_disk) if on_disk == manifest => None,
            Some(_) => Some("the proposal is out of date: run `microseg propose`".to_owned()),
            None => Some("there is no proposal yet: run `microseg propose`".to_owned()),
        };
        let mut discovered = match no_proposal {
            None => discovered::read(&dir, ground.ids())?,
            Some(_) => Vec::new(),
        };
        let (hash, of_proposal) = (manifest.hash()?, discovered.len());
        let mut proposals = vec![hash.clone(); of_proposal];
        let kept = self.discovered_by_models(
            &registry,
            ground.ids(),
            no_proposal.is_none().then_some(&hash),
        )?;
        for (segment, proposal) in kept {
            discovered.push(segment);
            proposals.push(proposal);
        }
        check_ids(workspace, &discovered)?;
        let segments =
            self.with_discovered(registry, ground, (discovered, proposals, no_proposal))?;
        Ok(Segments { of_proposal, ..segments })
    }

    fn with_discovered(
        &self,
        registry: Registry,
        ground: Ground,
        (discovered, proposals, no_proposal): (Vec<Discovered>, Vec<String>, Option<String>),
    ) -> Result<Segments<'a>> {
        let entries = registry.entries()?.into_iter().map(|entry| (entry.id.clone(), entry));
        let entries = entries.collect();
        let (seed, found) = (self.seed(), BTreeMap::new());
        Ok(Segments {
            workspace: self.workspace,
            ground,
            registry,
            entries,
            of_proposal: discovered.len(),
            discovered,
            no_proposal,
            proposals,
            seed,
            found,
        })
    }
}

fn ground(lake: &Lake, as_of: &AsOf, threads: usize, features: &Path) -> Result<Ground> {
    let ground = Ground::open(lake, as_of, threads, features)?;
    match ground.ids().is_empty() {
        false => Ok(ground),
        true => {
            Err(Error::data(format!("nobody is known before {as_of}"))
                .hint("choose a later --as-of"))
        }
    }
}

/// Refuses a rule that has the id of a discovered segment: one would hide the other.
fn check_ids(workspace: &Workspace, discovered: &[Discovered]) -> Result<()> {
    let rules = &workspace.settings().segments.rules;
    match discovered.iter().find_map(|segment| rules.get_key_value(&segment.id)) {
        None => Ok(()),
        Some((id, rule)) => {
            Err(Error::settings(format!("the rule `{id}` has the id of a discovered segment"))
                .at_file(&workspace.root().join(SETTINGS_FILE))
                .at_line(rule.get_ref().line)
                .hint("give the rule another id"))
        }
    }
}

impl Segments<'_> {
    /// Why there are no discovered segments; `None` where there are.
    pub fn no_proposal(&self) -> Option<&str> {
        self.no_proposal.as_deref()
    }

    pub fn specs(&self) -> &[features::FeatureSpec] {
        self.ground.specs()
    }

    pub fn as_of(&self) -> String {
        self.ground.as_of().to_string()
    }

    pub fn contacts(&self) -> usize {
        self.ground.ids().len()
    }

    pub(super) fn rules(&self) -> &BTreeMap<String, toml::Spanned<RuleSettings>> {
        &self.workspace.settings().segments.rules
    }

    /// Ids of all segments: by rule, discovered, and decided on.
    pub(super) fn ids(&self) -> Vec<String> {
        let rules = self.rules().keys().cloned();
        let discovered = self.discovered.iter().map(|segment| segment.id.clone());
        let all = rules.chain(discovered).chain(self.entries.keys().cloned());
        all.collect::<std::collections::BTreeSet<_>>().into_iter().collect()
    }

    /// What the segment called `name` is made from now: a rule of the settings, a discovered segment by
    /// its id or name, or an accepted rule that the settings no longer hold.
    pub(super) fn source(&self, name: &str) -> Result<Source> {
        if let Some(rule) = self.rules().get(name) {
            let file = self.workspace.root().join(SETTINGS_FILE);
            return Ok(Source::Rule(Box::new(rule.get_ref().clone()), file));
        }
        let by_id = self.discovered.iter().position(|segment| segment.id == name);
        let by_name = || self.discovered.iter().position(|segment| segment.name == name);
        if let Some(place) = by_id.or_else(by_name) {
            return Ok(Source::Discovered(place));
        }
        if self.entries.contains_key(name) {
            return self.accepted(name);
        }
        Err(self.unknown(name))
    }

    /// An error for a segment that nothing is called.
    pub(super) fn unknown(&self, name: &str) -> Error {
        let ids = self.ids();
        let names = self.discovered.iter().map(|segment| segment.name.as_str());
        let known = ids.iter().map(String::as_str).chain(names);
        let error = Error::unknown(Kind::Settings, "segment", name, known);
        match &self.no_proposal {
            Some(why) => error.or_hint(why.clone()),
            None => error,
        }
    }

    /// What the accepted segment called `id` was last accepted as.
    pub(super) fn accepted(&self, id: &str) -> Result<Source> {
        let entry = self.entries.get(id);
        let Some(Entry { state: State::Accepted, latest: Some(version), .. }) = entry else {
            return Err(Error::settings(format!("the segment `{id}` is not accepted"))
                .hint("accept it first: microseg segments accept ID"));
        };
        match Definition::parse(&version.definition)? {
            Definition::Rule { toml, .. } => {
                let file = self.workspace.registry_dir().join(Registry::FILE);
                let rule = RuleSettings::parse(&toml).map_err(|e| e.at_file(&file))?;
                Ok(Source::Rule(Box::new(rule), file))
            }
            Definition::Discovered { proposal, .. } => {
                let is_it = |place: &usize| self.discovered[*place].id == id;
                let mut places = (0..self.discovered.len()).filter(is_it);
                let exact = places.clone().find(|place| self.proposals[*place] == proposal);
                exact.or_else(|| places.next()).map(Source::Discovered).ok_or_else(|| {
                    let why = match &self.no_proposal {
                        Some(why) => why.clone(),
                        None => "accept one of those that the proposal has now".to_owned(),
                    };
                    Error::data(format!("the proposal no longer has the segment `{id}`")).hint(why)
                })
            }
        }
    }

    /// Evaluates the segment called `name`.
    pub(super) fn find(&mut self, name: &str) -> Result<&Found> {
        self.find_below(name, &mut Vec::new())
    }

    fn find_below(&mut self, name: &str, path: &mut Vec<String>) -> Result<&Found> {
        if !self.found.contains_key(name) {
            check_cycle(name, path)?;
            let source = self.source(name)?;
            path.push(name.to_owned());
            let found = self.evaluate(&source, path)?;
            path.pop();
            self.found.insert(name.to_owned(), found);
        }
        self.found
            .get(name)
            .ok_or_else(|| Error::internal("a segment that was evaluated is not there"))
    }

    /// Evaluates what a segment is made from; `path` are the segments that ask for it.
    pub(super) fn evaluate(&mut self, source: &Source, path: &mut Vec<String>) -> Result<Found> {
        let (rule, file) = match source {
            Source::Discovered(place) => {
                let members = self.discovered[*place].members.clone();
                return Ok(Found { reading: None, members });
            }
            Source::Rule(rule, file) => (rule, file),
        };
        let reading = self.read(rule, file, path)?;
        let members = self.ground.members(&reading.rule)?;
        Ok(Found { reading: Some(reading), members })
    }

    /// Reads a rule, after the segments that it asks for.
    pub(super) fn read(
        &mut self,
        rule: &RuleSettings,
        file: &Path,
        path: &mut Vec<String>,
    ) -> Result<Reading> {
        for (segment, line) in segments_of(rule) {
            if self.ground.has_segment(segment) {
                check_cycle(segment, path).map_err(|e| e.at_line(line).at_file(file))?;
                continue;
            }
            let members = self.find_below(segment, path).map(|found| found.members.clone());
            let members = members.map_err(|e| match e.place().file {
                Some(_) => e,
                None => e.at_line(line).at_file(file),
            })?;
            self.ground.add_segment(segment, &members)?;
        }
        self.ground.read(rule).map_err(|e| match e.place().line {
            Some(_) => e.at_file(file),
            None => e,
        })
    }
}

fn check_cycle(name: &str, path: &[String]) -> Result<()> {
    if path.iter().any(|above| above == name) {
        let circle = path.iter().map(String::as_str).chain([name]).collect::<Vec<_>>();
        return Err(Error::settings(format!(
            "segments ask for one another in a circle: {}",
            circle.join(" → ")
        ))
        .hint("take one of these tests out"));
    }
    Ok(())
}
