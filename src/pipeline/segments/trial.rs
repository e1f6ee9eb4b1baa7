//! A rule tried out: on a sample first, then on everybody, beside the other segments.

use std::path::Path;

use serde::Serialize;

use crate::error::{Error, Result};
use crate::estimate::Estimate;
use crate::experiments::{Counts, Level};
use crate::segments::rules::toml_form::toml_of;
use crate::segments::rules::{Evidence, Members, NearMisses, Reading, Sample};
use crate::workspace::RuleSettings;

use super::book::{Segments, Source};
use super::listing::{Kind, Standing};

/// A first look at a rule.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Look {
    pub id: String,
    pub name: String,
    pub as_of: String,
    /// The rule as it is written, in words, and as the statement that is run.
    pub toml: String,
    pub words: String,
    pub sql: String,
    pub reading: Reading,
    /// `None` where there are no more contacts than a sample has.
    pub sample: Option<Estimated>,
}

/// What a sample says of everybody.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Estimated {
    pub contacts: u64,
    pub members: u64,
    /// With Wilson's interval.
    pub share: Estimate,
}

/// A rule tried out on everybody.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Trial {
    pub contacts: usize,
    pub size: usize,
    pub share: f64,
    /// Some members, and the tests that brought them in.
    pub members: Vec<Evidence>,
    /// `None` for a rule of a single test.
    pub near_misses: Option<NearMisses>,
    /// The other segments, by id.
    pub overlaps: Vec<Overlap>,
    /// Other segments that cannot be evaluated, and why.
    pub not_evaluated: Vec<(String, String)>,
    /// Contacts in neither this segment, another by rule, nor an accepted one. Discovered segments hold
    /// everybody, so that those that are not accepted say nothing here; nor do rejected ones.
    pub in_none: usize,
}

/// What a segment has in common with another.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Overlap {
    pub id: String,
    pub name: String,
    pub kind: Kind,
    pub size: usize,
    pub in_both: usize,
    /// Members of this segment that are in the other one too, as a share; `None` of nobody.
    pub share: Option<f64>,
    /// In both, as a share of those in either.
    pub jaccard: Option<f64>,
}

impl Segments<'_> {
    /// Reads the rule of the segment called `id`, and looks at a sample.
    ///
    /// # Errors
    ///
    /// A settings error for an unknown segment or one without a rule; the error of a rule that cannot
    /// be evaluated.
    pub fn look(&mut self, id: &str) -> Result<Look> {
        match self.source(id)? {
            Source::Rule(rule, file) => self.look_at(id, &rule, &file),
            Source::Discovered(place) => {
                let id = self.discovered[place].id.clone();
                Err(Error::settings(format!(
                    "the segment `{id}` is discovered, not made by a rule"
                ))
                .hint(format!("microseg segments show {id} says what it is")))
            }
        }
    }

    /// Reads a rule of its own from the file that holds it, and looks at a sample; its id is the file's
    /// name.
    ///
    /// # Errors
    ///
    /// As [`Segments::look`].
    pub fn look_at_file(&mut self, file: &Path) -> Result<Look> {
        let text = std::fs::read_to_string(file).map_err(|e| Error::io("read", file, e))?;
        let rule = RuleSettings::parse(&text).map_err(|e| e.at_file(file))?;
        let id = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        self.look_at(&id, &rule, file)
    }

    fn look_at(&mut self, id: &str, rule: &RuleSettings, file: &Path) -> Result<Look> {
        let reading = self.read(rule, file, &mut vec![id.to_owned()])?;
        let sample = self.ground.sample(&reading.rule)?.map(estimated).transpose()?;
        Ok(Look {
            id: id.to_owned(),
            name: rule.name.clone().unwrap_or_else(|| self.name_of(id)),
            as_of: self.as_of(),
            toml: toml_of(rule),
            words: reading.rule.words(self.ground.specs()),
            sql: self.ground.sql(&reading.rule),
            reading,
            sample: sample.flatten(),
        })
    }

    /// Tries out on everybody what was looked at.
    ///
    /// # Errors
    ///
    /// Those of queries. Other segments that cannot be evaluated are named, with the reason.
    pub fn trial(&mut self, look: &Look) -> Result<Trial> {
        let rule = &look.reading.rule;
        let members = self.ground.members(rule)?;
        let mut trial = Trial {
            contacts: self.contacts(),
            size: members.len(),
            share: members.len() as f64 / self.contacts() as f64,
            members: self.ground.members_because(rule)?,
            near_misses: self.ground.near_misses(rule)?,
            overlaps: Vec::new(),
            not_evaluated: Vec::new(),
            in_none: 0,
        };
        let mut chosen = vec![members.clone()];
        for id in self.ids().into_iter().filter(|id| *id != look.id) {
            let listed = self.listed(&id)?;
            if let Some(why) = listed.why_not {
                if listed.kind != Kind::Gone {
                    trial.not_evaluated.push((id, why));
                }
                continue;
            }
            let is_chosen = match listed.standing {
                Standing::Accepted | Standing::Changed => true,
                Standing::Open => listed.kind != Kind::Discovered,
                Standing::Rejected => false,
            };
            let other = self.find(&id)?.members.clone();
            trial.overlaps.push(overlap(&members, &other, (id, listed.name, listed.kind)));
            if is_chosen {
                chosen.push(other);
            }
        }
        let chosen: Vec<&Members> = chosen.iter().collect();
        trial.in_none = Members::in_none(self.contacts(), &chosen);
        Ok(trial)
    }
}

fn estimated(sample: Sample) -> Result<Option<Estimated>> {
    let Sample { contacts, members } = sample;
    let share = Counts::new(contacts, members)?.wilson(Level::DEFAULT);
    Ok(share.map(|share| Estimated { contacts, members, share }))
}

fn overlap(members: &Members, other: &Members, of: (String, String, Kind)) -> Overlap {
    let (id, name, kind) = of;
    let in_both = members.common(other);
    Overlap {
        id,
        name,
        kind,
        size: other.len(),
        in_both,
        share: (!members.is_empty()).then(|| in_both as f64 / members.len() as f64),
        jaccard: members.jaccard(other),
    }
}
