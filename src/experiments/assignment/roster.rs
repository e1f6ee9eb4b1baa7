//! Everybody who is assigned: those of an earlier file, and those who are new.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::assigner::Assigner;
use super::params::HOLDOUT;
use crate::error::{Error, Result};

/// How contacts who are new are divided among the arms.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Draw {
    /// Each by their own hash: whoever knows the salt can say anybody's arm, without the file, and nobody's
    /// depends on anybody else. Arms differ in size by chance, as √n does.
    #[default]
    Hash,
    /// Within each stratum in equal measure, to within one contact. Arms can be told from the file only, and
    /// whoever is drawn together depends on each other. Worth it where strata are so small that chance would
    /// leave arms of plainly different sizes.
    Balanced,
}

/// A contact to be assigned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    pub contact: String,
    /// Recorded, and reported on; by hash it has no say in the arm.
    pub stratum: String,
}

/// A contact who is assigned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RosterRow {
    pub contact: String,
    /// An arm's name, or [`HOLDOUT`].
    pub variant: String,
    pub stratum: String,
    pub send_hour: Option<u8>,
    pub assigned_at: String,
}

/// Everybody who is assigned, by contact.
#[derive(Debug, Clone, PartialEq)]
pub struct Roster {
    pub rows: Vec<RosterRow>,
    /// Rows of the earlier file.
    pub kept: usize,
    /// Rows that are new.
    pub drawn: usize,
    /// Kept rows that would be drawn otherwise now, by their hash: the shares, the holdout or the salt were others
    /// then. `None` for [`Draw::Balanced`], where one row by itself says nothing.
    pub otherwise_now: Option<usize>,
    /// Variants of kept rows that are no arm any more.
    pub gone: Vec<String>,
}

impl Assigner {
    /// Keeps all of `earlier` as it is, and draws those of `candidates` who are not in it, at `assigned_at`. The
    /// order of neither takes part.
    ///
    /// # Errors
    ///
    /// A data error for a contact who is in `earlier` twice.
    pub fn assign(
        &self,
        earlier: Vec<RosterRow>,
        candidates: &[Candidate],
        draw: Draw,
        assigned_at: &str,
    ) -> Result<Roster> {
        let kept = earlier.len();
        let otherwise_now = (draw == Draw::Hash).then(|| self.otherwise(&earlier));
        let gone = self.gone(&earlier);
        let mut rows: BTreeMap<String, RosterRow> = BTreeMap::new();
        for row in earlier {
            if let Some(twice) = rows.insert(row.contact.clone(), row) {
                return Err(Error::data("a contact is assigned twice")
                    .with_value(twice.contact)
                    .hint("leave one of the rows: the one that the contact's message followed"));
            }
        }
        let new: BTreeMap<&str, &Candidate> = candidates
            .iter()
            .filter(|candidate| !rows.contains_key(&candidate.contact))
            .map(|candidate| (candidate.contact.as_str(), candidate))
            .collect();
        let new: Vec<Candidate> = new.into_values().cloned().collect();
        let arms = match draw {
            Draw::Hash => new.iter().map(|candidate| self.draw(&candidate.contact)).collect(),
            Draw::Balanced => self.draw_balanced(&new),
        };
        let drawn = new.len();
        for (candidate, arm) in new.into_iter().zip(arms) {
            let row = RosterRow {
                contact: candidate.contact.clone(),
                variant: arm.map_or(HOLDOUT, |arm| &arm.name).to_owned(),
                stratum: candidate.stratum,
                send_hour: arm.and_then(|arm| arm.hour),
                assigned_at: assigned_at.to_owned(),
            };
            rows.insert(candidate.contact, row);
        }
        Ok(Roster { rows: rows.into_values().collect(), kept, drawn, otherwise_now, gone })
    }

    fn otherwise(&self, earlier: &[RosterRow]) -> usize {
        let now = |row: &RosterRow| self.draw(&row.contact).map_or(HOLDOUT, |arm| &arm.name);
        earlier.iter().filter(|row| now(row) != row.variant).count()
    }

    fn gone(&self, earlier: &[RosterRow]) -> Vec<String> {
        let is_known =
            |name: &str| name == HOLDOUT || self.arms().iter().any(|arm| arm.name == name);
        let gone = earlier.iter().map(|row| row.variant.as_str()).filter(|name| !is_known(name));
        let gone: std::collections::BTreeSet<&str> = gone.collect();
        gone.into_iter().map(str::to_owned).collect()
    }
}
