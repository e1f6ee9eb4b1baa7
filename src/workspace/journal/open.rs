//! The journal's file.

use std::path::Path;

use jiff::{Timestamp, Unit};
use rusqlite::Row;
use rusqlite::types::{FromSqlError, Type};

use crate::error::Result;
use crate::workspace::database::{Database, Kind};

use super::schema;

/// Runs and messages of a workspace.
#[derive(Debug)]
pub struct Journal {
    pub(super) database: Database,
}

static KIND: Kind = Kind {
    noun: "the journal of runs and deliveries",
    application_id: schema::APPLICATION_ID,
    migrations: &schema::MIGRATIONS,
    afresh: "a new one begins, in which no run is known and no message waits",
    renewed_by: "run `microseg schedule`: that brings it up to date",
};

impl Journal {
    /// Name of the file in the registry's folder.
    pub const FILE: &'static str = "journal.sqlite";

    /// Opens the journal in `dir` for writing, and makes one if there is none.
    ///
    /// # Errors
    ///
    /// A data error if the file cannot be written, is no journal, or is of a newer version.
    pub fn open(dir: &Path) -> Result<Self> {
        Ok(Journal { database: Database::open(&KIND, &dir.join(Self::FILE))? })
    }

    /// Opens the journal in `dir` for reading; an empty one if there is none.
    ///
    /// # Errors
    ///
    /// A data error if the file cannot be read, is no journal, or is of another version.
    pub fn read(dir: &Path) -> Result<Self> {
        Ok(Journal { database: Database::read(&KIND, &dir.join(Self::FILE))? })
    }
}

/// A moment as it is kept: UTC, to the second, so that texts sort as times do.
pub(super) fn text(at: Timestamp) -> String {
    at.round(Unit::Second).unwrap_or(at).to_string()
}

/// A moment as it was kept.
pub(super) fn moment(row: &Row<'_>, column: usize) -> rusqlite::Result<Timestamp> {
    let text: String = row.get(column)?;
    text.parse().map_err(|_| unreadable(column))
}

/// A moment as it was kept, if there is one.
pub(super) fn maybe_moment(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Timestamp>> {
    let text: Option<String> = row.get(column)?;
    text.map(|text| text.parse().map_err(|_| unreadable(column))).transpose()
}

pub(super) fn unreadable(column: usize) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(
        column,
        Type::Text,
        Box::new(FromSqlError::InvalidType),
    )
}

/// A count as SQLite keeps it.
pub(super) fn whole(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
