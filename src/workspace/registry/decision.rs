//! Accepting, rejecting and renaming. Each is one transaction that adds.

use rusqlite::{Transaction, params};

use crate::error::{Error, Result};

use super::record::{State, Verdict, Version};
use super::{Entry, Registry};

/// What is accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewVersion {
    pub segment: String,
    pub name: String,
    /// The definition, in JSON.
    pub definition: String,
    pub author: Option<String>,
    pub note: Option<String>,
    pub as_of: String,
    pub seed: Option<u64>,
    pub size: u64,
    pub contacts: u64,
    pub recorded_at: String,
}

/// What is rejected, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejection {
    pub segment: String,
    pub name: String,
    pub author: Option<String>,
    pub reason: Option<String>,
    pub recorded_at: String,
}

/// Another name for an accepted segment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Renaming {
    pub segment: String,
    pub name: String,
    pub author: Option<String>,
    pub note: Option<String>,
    pub recorded_at: String,
}

impl Registry {
    /// Accepts a segment as its next version, whatever was decided before; the version.
    ///
    /// # Errors
    ///
    /// A data error if the file cannot be written.
    pub fn accept(&mut self, new: &NewVersion) -> Result<Version> {
        self.add(new, Verdict::Accepted)
    }

    /// Rejects a segment, accepted or not; its versions stay.
    ///
    /// # Errors
    ///
    /// A data error if the file cannot be written.
    pub fn reject(&mut self, rejection: &Rejection) -> Result<()> {
        self.database.written(|step| {
            let Rejection { segment, name, author, reason, recorded_at } = rejection;
            know(step, segment)?;
            let verdict = Verdict::Rejected;
            decide(step, params![segment, verdict, None::<u32>, name, author, reason, recorded_at])
        })
    }

    /// Gives an accepted segment another name, as its next version; the version.
    ///
    /// # Errors
    ///
    /// A settings error if the segment is not accepted; a data error if the file cannot be written.
    pub fn rename(&mut self, renaming: &Renaming) -> Result<Version> {
        let Renaming { segment, name, author, note, recorded_at } = renaming.clone();
        let entry = self.entry(&segment)?;
        let Some(Entry { state: State::Accepted, latest: Some(latest), .. }) = entry else {
            return Err(Error::settings(format!("the segment `{segment}` is not accepted"))
                .hint("accept it first: microseg segments accept ID"));
        };
        let new = NewVersion {
            segment,
            name,
            author,
            note,
            recorded_at,
            definition: latest.definition,
            as_of: latest.as_of,
            seed: latest.seed,
            size: latest.size,
            contacts: latest.contacts,
        };
        self.add(&new, Verdict::Renamed)
    }

    fn add(&mut self, new: &NewVersion, verdict: Verdict) -> Result<Version> {
        let version = self.database.written(|step| {
            let NewVersion { segment, name, author, note, recorded_at, .. } = new;
            know(step, segment)?;
            let version: u32 = step.query_row(
                "SELECT coalesce(max(version), 0) + 1 FROM segment_versions WHERE segment_id = ?1",
                params![segment],
                |row| row.get(0),
            )?;
            step.execute(
                "INSERT INTO segment_versions VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
                params![
                    segment,
                    version,
                    name,
                    new.definition,
                    author,
                    note,
                    new.as_of,
                    new.seed.map(|seed| seed.to_string()),
                    new.size as i64,
                    new.contacts as i64,
                    recorded_at,
                ],
            )?;
            decide(step, params![segment, verdict, version, name, author, note, recorded_at])?;
            Ok(version)
        })?;
        let versions = self.history(&new.segment)?.versions;
        versions
            .into_iter()
            .find(|one| one.version == version)
            .ok_or_else(|| Error::internal("a version that was written is not there"))
    }
}

fn know(step: &Transaction<'_>, segment: &str) -> rusqlite::Result<()> {
    step.execute("INSERT OR IGNORE INTO segments (id) VALUES (?1)", params![segment]).map(drop)
}

fn decide(step: &Transaction<'_>, row: &[&dyn rusqlite::ToSql]) -> rusqlite::Result<()> {
    let sql = "INSERT INTO decisions \
               (segment_id, verdict, version, name, author, note, recorded_at) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    step.execute(sql, row).map(drop)
}
