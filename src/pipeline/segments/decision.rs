//! Accepting, rejecting and renaming segments.

use serde::Serialize;

use crate::error::{Error, Result, has_address};
use crate::segments::MODEL_FILE;
use crate::segments::rules::toml_form::toml_of;
use crate::workspace::atomic;
use crate::workspace::registry::{NewVersion, Rejection, Renaming, State, Version};

use super::book::{Segments, Source};
use super::definition::{Definition, model_file};

/// What a person says with a decision, and when it is recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// Who decides; nobody is recorded unless named.
    pub author: Option<String>,
    pub note: Option<String>,
    /// The moment of recording, as it is to be kept.
    pub recorded_at: String,
}

/// What came of accepting or renaming.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Decided {
    /// False where the registry had this already, and nothing was recorded.
    pub is_new: bool,
    pub version: Version,
}

impl Segments<'_> {
    /// Accepts the segment called `name` as it is now, as its next version; as another name, if one is
    /// given. What is accepted already, unchanged and under this name, is not accepted again.
    ///
    /// # Errors
    ///
    /// A settings error for an unknown segment or a name that cannot be one; the error of a segment
    /// that cannot be evaluated; a data error for one that nobody belongs to.
    pub fn accept(&mut self, name: &str, new_name: Option<&str>, words: &Words) -> Result<Decided> {
        check_words(words)?;
        let id = self.id_of(name)?;
        let source = self.source(&id)?;
        let size = self.find(&id)?.members.len();
        if size == 0 {
            return Err(Error::data(format!("nobody belongs to the segment `{id}`"))
                .hint("run `microseg segments test` to see what keeps contacts out"));
        }
        let definition = self.definition(&id, &source)?;
        self.keep_model(&source)?;
        let chosen = match new_name {
            Some(name) => name.to_owned(),
            // A name that was chosen before stays.
            None => self.name_of(&id),
        };
        check_name(&chosen)?;
        if let Some(version) = self.unchanged(&id, &definition, &chosen)? {
            return Ok(Decided { is_new: false, version });
        }
        let version = self.registry.accept(&NewVersion {
            segment: id,
            name: chosen,
            definition: definition.json()?,
            author: words.author.clone(),
            note: words.note.clone(),
            as_of: self.as_of(),
            seed: matches!(source, Source::Discovered(_)).then_some(self.seed),
            size: size as u64,
            contacts: self.contacts() as u64,
            recorded_at: words.recorded_at.clone(),
        })?;
        Ok(Decided { is_new: true, version })
    }

    /// Keeps the model of a discovered segment with the registry: the next proposal has another, and the segment is to
    /// be scored by this one until it is accepted anew.
    fn keep_model(&self, source: &Source) -> Result<()> {
        let Source::Discovered(place) = source else { return Ok(()) };
        let proposal = &self.proposals[*place];
        let to = model_file(&self.workspace.registry_dir(), proposal);
        if to.exists() {
            return Ok(());
        }
        let from = self.workspace.segments_dir().join(MODEL_FILE);
        let bytes = std::fs::read(&from).map_err(|e| {
            Error::io("read the model of the segments", &from, e).hint("run `microseg propose`")
        })?;
        atomic::write_file(&to, &bytes)
    }

    /// The last version, if it is accepted, of the same definition, and called so.
    fn unchanged(&self, id: &str, definition: &Definition, name: &str) -> Result<Option<Version>> {
        let entry = self.entries.get(id).filter(|entry| entry.state == State::Accepted);
        let Some(version) = entry.and_then(|entry| entry.latest.clone()) else { return Ok(None) };
        let is_same = Definition::parse(&version.definition)?.is_same(definition);
        Ok((is_same && version.name == name).then_some(version))
    }

    fn definition(&mut self, id: &str, source: &Source) -> Result<Definition> {
        match source {
            Source::Discovered(place) => {
                let segment = &self.discovered[*place];
                Ok(Definition::Discovered {
                    segment: segment.id.clone(),
                    proposal: self.proposals[*place].clone(),
                    rule: segment.rule.as_ref().map(|rule| rule.toml()),
                })
            }
            Source::Rule(written, _) => {
                let reading = self.find(id)?.reading.clone();
                let rule = reading
                    .ok_or_else(|| Error::internal("a rule was evaluated without being read"))?
                    .rule;
                Ok(Definition::Rule {
                    toml: toml_of(written),
                    resolved: rule.toml(),
                    sql: self.ground.sql(&rule),
                    words: rule.words(self.ground.specs()),
                })
            }
        }
    }

    /// Rejects the segment called `name`, so that it is known to have been turned down, and why.
    ///
    /// # Errors
    ///
    /// A settings error for an unknown segment.
    pub fn reject(&mut self, name: &str, words: &Words) -> Result<Rejection> {
        check_words(words)?;
        let id = self.id_of(name)?;
        let rejection = Rejection {
            name: self.name_of(&id),
            segment: id,
            author: words.author.clone(),
            reason: words.note.clone(),
            recorded_at: words.recorded_at.clone(),
        };
        self.registry.reject(&rejection)?;
        Ok(rejection)
    }

    /// Gives an accepted segment another name, as its next version.
    ///
    /// # Errors
    ///
    /// A settings error for a segment that is not accepted, and for a name that cannot be one.
    pub fn rename(&mut self, id: &str, name: &str, words: &Words) -> Result<Decided> {
        check_words(words)?;
        check_name(name)?;
        let id = self.id_of(id)?;
        let entry = self.entries.get(&id).filter(|entry| entry.state == State::Accepted);
        let latest = entry.and_then(|entry| entry.latest.clone());
        if let Some(version) = latest.filter(|version| version.name == name) {
            return Ok(Decided { is_new: false, version });
        }
        let version = self.registry.rename(&Renaming {
            segment: id,
            name: name.to_owned(),
            author: words.author.clone(),
            note: words.note.clone(),
            recorded_at: words.recorded_at.clone(),
        })?;
        Ok(Decided { is_new: true, version })
    }
}

/// Longest name of a segment, in characters: what fits a card and a figure's label.
const LONGEST_NAME: usize = 80;

fn check_name(name: &str) -> Result<()> {
    if name.trim().is_empty() || name.chars().count() > LONGEST_NAME {
        return Err(Error::settings(format!("a name has 1 to {LONGEST_NAME} characters"))
            .with_value(name)
            .hint("choose another name"));
    }
    if name.chars().any(char::is_control) || has_address(name) {
        return Err(Error::settings("the name holds a control character or an address")
            .with_value(name)
            .hint("a name is shown in reports and exports; choose another"));
    }
    Ok(())
}

/// Refuses addresses: what is recorded here is shown in lists and reports.
fn check_words(words: &Words) -> Result<()> {
    let texts = [("author", &words.author), ("note", &words.note)];
    for (what, text) in texts {
        if text.as_deref().is_some_and(has_address) {
            return Err(Error::settings(format!("the {what} holds an address"))
                .hint("no address is stored; write a name, initials or a ticket instead"));
        }
    }
    Ok(())
}
