//! The registry's file.

use std::path::Path;

use crate::error::Result;
use crate::workspace::database::{Database, Kind};

use super::schema;

/// The accepted and rejected segments of a workspace.
#[derive(Debug)]
pub struct Registry {
    pub(super) database: Database,
}

static KIND: Kind = Kind {
    noun: "the registry of segments",
    application_id: schema::APPLICATION_ID,
    migrations: &schema::MIGRATIONS,
    afresh: "the next decision begins a new registry",
    renewed_by: "accept, reject or rename a segment: that brings it up to date",
};

impl Registry {
    /// Name of the file in the registry's folder.
    pub const FILE: &'static str = "segments.sqlite";

    /// Opens the registry in `dir` for writing, and makes one if there is none. Call it only while
    /// holding the writer's lock.
    ///
    /// # Errors
    ///
    /// A data error if the file cannot be written, is no registry, or is of a newer version.
    pub fn open(dir: &Path) -> Result<Self> {
        Ok(Registry { database: Database::open(&KIND, &dir.join(Self::FILE))? })
    }

    /// Opens the registry in `dir` for reading; an empty one if there is none.
    ///
    /// # Errors
    ///
    /// A data error if the file cannot be read, is no registry, or is of another version.
    pub fn read(dir: &Path) -> Result<Self> {
        Ok(Registry { database: Database::read(&KIND, &dir.join(Self::FILE))? })
    }
}
