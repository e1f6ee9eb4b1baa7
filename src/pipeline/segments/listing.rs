//! Which segments there are, and what each is.

use serde::Serialize;

use crate::error::Result;
use crate::segments::rules::Percentile;
use crate::segments::rules::toml_form::toml_of;
use crate::workspace::registry::{History, State};

use super::book::{Segments, Source};
use super::definition::Definition;

/// What a segment is made from now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Rule,
    Discovered,
    /// Neither the settings nor the proposal have it any more.
    Gone,
}

/// Where a segment stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Nothing was decided on it.
    Open,
    Accepted,
    /// Accepted, and since then its rule or its model has changed.
    Changed,
    Rejected,
}

/// One line of the list.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Listed {
    pub id: String,
    pub name: String,
    pub kind: Kind,
    pub standing: Standing,
    /// The last accepted version.
    pub version: Option<u32>,
    pub author: Option<String>,
    /// The as-of at which that was accepted, and its members then.
    pub accepted_as_of: Option<String>,
    pub accepted_size: Option<u64>,
    /// Members now; `None` if it cannot be evaluated.
    pub size: Option<usize>,
    pub share: Option<f64>,
    /// Why it cannot be evaluated.
    pub why_not: Option<String>,
}

/// One segment.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Shown {
    #[serde(flatten)]
    pub listed: Listed,
    pub description: Option<String>,
    /// The rule as it is written now, in words, with percentiles as numbers, and as the statement that
    /// is run. For a discovered segment, the rule that describes it, where there is one.
    pub toml: Option<String>,
    pub words: Option<String>,
    pub percentiles: Vec<Percentile>,
    pub sql: Option<String>,
    pub history: History,
}

impl Listed {
    /// Whether it is in use and cannot be evaluated: a rule of the settings, or an accepted segment.
    pub fn is_broken(&self) -> bool {
        let is_used = self.kind != Kind::Gone || self.standing == Standing::Accepted;
        self.why_not.is_some() && is_used
    }
}

impl Segments<'_> {
    /// All segments, by id.
    ///
    /// # Errors
    ///
    /// A data error if the registry cannot be read. A segment that cannot be evaluated is listed, with
    /// the reason.
    pub fn list(&mut self) -> Result<Vec<Listed>> {
        self.ids().iter().map(|id| self.listed(id)).collect()
    }

    pub(super) fn listed(&mut self, id: &str) -> Result<Listed> {
        let source = self.source(id);
        let kind = match &source {
            Ok(Source::Discovered(_)) => Kind::Discovered,
            Ok(Source::Rule(..)) if self.rules().contains_key(id) => Kind::Rule,
            _ => Kind::Gone,
        };
        let members = self.find(id).map(|found| found.members.len());
        let entry = self.entries.get(id);
        let standing = match entry.map(|entry| entry.state) {
            None => Standing::Open,
            Some(State::Rejected) => Standing::Rejected,
            Some(State::Accepted) if self.has_changed(id)? => Standing::Changed,
            Some(State::Accepted) => Standing::Accepted,
        };
        let accepted = entry.filter(|entry| entry.state == State::Accepted);
        let version = accepted.and_then(|entry| entry.latest.as_ref());
        let size = members.as_ref().ok().copied();
        Ok(Listed {
            id: id.to_owned(),
            name: self.name_of(id),
            kind,
            standing,
            version: version.map(|v| v.version),
            author: version.and_then(|v| v.author.clone()),
            accepted_as_of: version.map(|v| v.as_of.clone()),
            accepted_size: version.map(|v| v.size),
            size,
            share: size.map(|size| size as f64 / self.contacts() as f64),
            why_not: members.err().map(|e| e.to_string()),
        })
    }

    /// The segment's name: as it was accepted, else as its rule or the proposal says, else its id.
    pub(super) fn name_of(&self, id: &str) -> String {
        if let Some(entry) = self.entries.get(id) {
            return entry.name.clone();
        }
        self.own_name(id).unwrap_or_else(|| id.to_owned())
    }

    /// The name that its rule or the proposal gives.
    pub(super) fn own_name(&self, id: &str) -> Option<String> {
        if let Some(rule) = self.rules().get(id) {
            return rule.get_ref().name.clone();
        }
        let discovered = self.discovered.iter().find(|segment| segment.id == id);
        discovered.map(|segment| segment.name.clone())
    }

    /// Whether the settings or the proposal now have another segment than was accepted.
    fn has_changed(&self, id: &str) -> Result<bool> {
        let Some(version) = self.entries.get(id).and_then(|entry| entry.latest.as_ref()) else {
            return Ok(false);
        };
        Ok(match (Definition::parse(&version.definition)?, self.source(id)) {
            (Definition::Rule { toml, .. }, Ok(Source::Rule(rule, _))) => toml_of(&rule) != toml,
            (Definition::Discovered { proposal, .. }, Ok(Source::Discovered(place))) => {
                self.proposals[place] != proposal
            }
            (_, Err(_)) => false,
            _ => true,
        })
    }

    /// One segment with its definition and history.
    ///
    /// # Errors
    ///
    /// A settings error for an unknown segment; the error of a segment that cannot be evaluated.
    pub fn show(&mut self, id: &str) -> Result<Shown> {
        let id = &self.id_of(id)?;
        let source = self.source(id);
        if source.is_ok() {
            self.find(id)?;
        }
        let history = self.registry.history(id)?;
        let listed = self.listed(id)?;
        let mut shown = Shown {
            listed,
            description: None,
            toml: None,
            words: None,
            percentiles: Vec::new(),
            sql: None,
            history,
        };
        match source {
            Ok(Source::Rule(rule, _)) => {
                let reading = self.find(id)?.reading.clone();
                shown.description = rule.description.clone();
                shown.toml = Some(toml_of(&rule));
                if let Some(reading) = reading {
                    shown.words = Some(reading.rule.words(self.ground.specs()));
                    shown.sql = Some(self.ground.sql(&reading.rule));
                    shown.percentiles = reading.percentiles;
                }
            }
            Ok(Source::Discovered(place)) => {
                if let Some(rule) = &self.discovered[place].rule {
                    self.ground.check(rule)?;
                    shown.toml = Some(rule.toml());
                    shown.words = Some(rule.words(self.ground.specs()));
                    shown.sql = Some(self.ground.sql(rule));
                }
            }
            Err(_) => {}
        }
        Ok(shown)
    }

    /// The id of the segment that is called so, by id or by the name of a discovered one.
    pub(super) fn id_of(&self, name: &str) -> Result<String> {
        if self.rules().contains_key(name) || self.entries.contains_key(name) {
            return Ok(name.to_owned());
        }
        match self.source(name)? {
            Source::Discovered(place) => Ok(self.discovered[place].id.clone()),
            Source::Rule(..) => Ok(name.to_owned()),
        }
    }
}
