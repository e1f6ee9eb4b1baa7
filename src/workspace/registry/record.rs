//! Versions and decisions as they come out of the registry.

use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Row, params};
use serde::Serialize;

use crate::error::Result;

use super::Registry;

/// One version of an accepted segment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Version {
    pub segment: String,
    /// From 1.
    pub version: u32,
    pub name: String,
    /// The definition, in JSON.
    pub definition: String,
    /// Whoever was named as accepting it.
    pub author: Option<String>,
    pub note: Option<String>,
    /// The as-of at which it was accepted, and what it held then.
    pub as_of: String,
    pub seed: Option<u64>,
    pub size: u64,
    /// Contacts that were known then.
    pub contacts: u64,
    pub recorded_at: String,
}

/// What was decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Accepted,
    Rejected,
    Renamed,
}

/// One decision on a segment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Decision {
    pub segment: String,
    pub verdict: Verdict,
    /// The version that it made; `None` for a rejection.
    pub version: Option<u32>,
    /// The segment's name at the time.
    pub name: String,
    pub author: Option<String>,
    pub note: Option<String>,
    pub recorded_at: String,
}

/// Where a segment stands: what was decided last, a new name aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    Accepted,
    Rejected,
}

/// A segment of the registry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Entry {
    pub id: String,
    pub state: State,
    /// Its name, from the last decision.
    pub name: String,
    /// The latest version; `None` if it was only ever rejected.
    pub latest: Option<Version>,
    /// The last decision.
    pub decision: Decision,
}

/// Everything that was decided on a segment, the first first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct History {
    pub versions: Vec<Version>,
    pub decisions: Vec<Decision>,
}

impl Verdict {
    fn word(self) -> &'static str {
        match self {
            Verdict::Accepted => "accepted",
            Verdict::Rejected => "rejected",
            Verdict::Renamed => "renamed",
        }
    }
}

impl ToSql for Verdict {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.word().into())
    }
}

impl FromSql for Verdict {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let word = value.as_str()?;
        let all = [Verdict::Accepted, Verdict::Rejected, Verdict::Renamed];
        all.into_iter().find(|verdict| verdict.word() == word).ok_or(FromSqlError::InvalidType)
    }
}

const VERSION_COLUMNS: &str = "segment_id, version, name, definition_json, author, note, as_of, \
                               seed, size, contacts, recorded_at";

fn version(row: &Row<'_>) -> rusqlite::Result<Version> {
    let seed: Option<String> = row.get(7)?;
    Ok(Version {
        segment: row.get(0)?,
        version: row.get(1)?,
        name: row.get(2)?,
        definition: row.get(3)?,
        author: row.get(4)?,
        note: row.get(5)?,
        as_of: row.get(6)?,
        // A seed may be larger than SQLite's integers, so it is stored as text.
        seed: seed.and_then(|text| text.parse().ok()),
        size: row.get::<_, i64>(8)?.unsigned_abs(),
        contacts: row.get::<_, i64>(9)?.unsigned_abs(),
        recorded_at: row.get(10)?,
    })
}

fn decision(row: &Row<'_>) -> rusqlite::Result<Decision> {
    Ok(Decision {
        segment: row.get(0)?,
        verdict: row.get(1)?,
        version: row.get(2)?,
        name: row.get(3)?,
        author: row.get(4)?,
        note: row.get(5)?,
        recorded_at: row.get(6)?,
    })
}

impl Registry {
    /// All segments that anything was decided on, by id.
    pub fn entries(&self) -> Result<Vec<Entry>> {
        let ids = self.database.answered(|connection| {
            let mut statement = connection.prepare("SELECT id FROM segments ORDER BY id")?;
            let ids = statement.query_map([], |row| row.get::<_, String>(0))?;
            ids.collect::<rusqlite::Result<Vec<_>>>()
        })?;
        let entries = ids.iter().map(|id| self.entry(id)).collect::<Result<Vec<_>>>()?;
        Ok(entries.into_iter().flatten().collect())
    }

    /// The segment called `id`, if anything was decided on it.
    pub fn entry(&self, id: &str) -> Result<Option<Entry>> {
        let History { mut versions, mut decisions } = self.history(id)?;
        let Some(decision) = decisions.pop() else { return Ok(None) };
        let state = match decision.verdict {
            Verdict::Rejected => State::Rejected,
            Verdict::Accepted | Verdict::Renamed => State::Accepted,
        };
        let (id, name) = (id.to_owned(), decision.name.clone());
        Ok(Some(Entry { id, state, name, latest: versions.pop(), decision }))
    }

    /// Everything that was decided on the segment called `id`; empty if nothing was.
    pub fn history(&self, id: &str) -> Result<History> {
        self.database.answered(|connection| {
            let mut statement = connection.prepare(&format!(
                "SELECT {VERSION_COLUMNS} FROM segment_versions WHERE segment_id = ?1 \
                 ORDER BY version"
            ))?;
            let versions = statement.query_map(params![id], version)?.collect::<Result<_, _>>()?;
            let mut statement = connection.prepare(
                "SELECT segment_id, verdict, version, name, author, note, recorded_at \
                 FROM decisions WHERE segment_id = ?1 ORDER BY number",
            )?;
            let decisions =
                statement.query_map(params![id], decision)?.collect::<Result<_, _>>()?;
            Ok(History { versions, decisions })
        })
    }
}
