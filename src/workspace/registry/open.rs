//! The registry's file.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags, Transaction};

use crate::error::{Error, Result};

use super::schema;

/// The accepted and rejected segments of a workspace.
#[derive(Debug)]
pub struct Registry {
    connection: Connection,
    path: PathBuf,
}

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
        std::fs::create_dir_all(dir).map_err(|e| Error::io("create the folder", dir, e))?;
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
        let mut registry = Self::at(&dir.join(Self::FILE), flags)?;
        let path = registry.path.clone();
        schema::migrate(&mut registry.connection).map_err(|e| failed(&path, e))?;
        Ok(registry)
    }

    /// Opens the registry in `dir` for reading; an empty one if there is none.
    ///
    /// # Errors
    ///
    /// A data error if the file cannot be read, is no registry, or is of another version.
    pub fn read(dir: &Path) -> Result<Self> {
        let path = dir.join(Self::FILE);
        if !path.exists() {
            let mut connection = Connection::open_in_memory().map_err(|e| failed(&path, e))?;
            schema::migrate(&mut connection).map_err(|e| failed(&path, e))?;
            return Ok(Registry { connection, path });
        }
        // Not read-only: what a killed writer began is taken back on opening.
        let registry = Self::at(&path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        let version = registry.answered(schema::version)?;
        if version < schema::MIGRATIONS.len() as i64 {
            return Err(Error::data("the registry is of an older version")
                .at_file(&path)
                .hint("accept, reject or rename a segment: that brings it up to date"));
        }
        Ok(registry)
    }

    fn at(path: &Path, flags: OpenFlags) -> Result<Self> {
        let flags = flags | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags).map_err(|e| failed(path, e))?;
        let registry = Registry { connection, path: path.to_path_buf() };
        registry.check()?;
        Ok(registry)
    }

    /// Refuses a file that is damaged, another program's, or of a newer version.
    fn check(&self) -> Result<()> {
        let (version, application, said) = self.answered(|connection| {
            connection.pragma_update(None, "foreign_keys", true)?;
            let said: String =
                connection.pragma_query_value(None, "quick_check", |row| row.get(0))?;
            Ok((schema::version(connection)?, schema::application(connection)?, said))
        })?;
        if said != "ok" {
            return Err(damaged(&self.path).caused_by(said));
        }
        let is_new = version == 0 && application == 0 && self.is_empty()?;
        if application != schema::APPLICATION_ID && !is_new {
            return Err(Error::data("the file is not a registry of segments")
                .at_file(&self.path)
                .hint("move it aside; the next decision begins a new registry"));
        }
        let newest = schema::MIGRATIONS.len() as i64;
        if version > newest {
            return Err(Error::data(format!(
                "the registry is of version {version}, and this program knows versions up to {newest}"
            ))
            .at_file(&self.path)
            .hint("use the newer program that wrote it"));
        }
        Ok(())
    }

    fn is_empty(&self) -> Result<bool> {
        self.answered(|connection| {
            let sql = "SELECT count(*) = 0 FROM sqlite_schema";
            connection.query_row(sql, [], |row| row.get(0))
        })
    }

    /// Asks the file something.
    pub(super) fn answered<T>(
        &self,
        ask: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T> {
        ask(&self.connection).map_err(|e| failed(&self.path, e))
    }

    /// Writes in one transaction, whole or not at all.
    pub(super) fn written<T>(
        &mut self,
        write: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>,
    ) -> Result<T> {
        let all = |connection: &mut Connection| {
            let step = connection.transaction()?;
            let made = write(&step)?;
            step.commit()?;
            Ok(made)
        };
        all(&mut self.connection).map_err(|e| failed(&self.path, e))
    }
}

fn damaged(path: &Path) -> Error {
    Error::data("the registry of segments is damaged")
        .at_file(path)
        .hint("put back a copy of the file, or move it aside: the next decision begins a new one")
}

fn failed(path: &Path, cause: rusqlite::Error) -> Error {
    use rusqlite::ErrorCode as Code;
    match cause.sqlite_error_code() {
        Some(Code::NotADatabase | Code::DatabaseCorrupt) => damaged(path).caused_by(cause),
        Some(Code::DatabaseBusy | Code::DatabaseLocked) => {
            Error::data("the registry of segments is being written by another program")
                .at_file(path)
                .hint("wait until it has finished")
        }
        Some(Code::DiskFull) => Error::data("the registry of segments could not be written")
            .at_file(path)
            .hint("make room on the disk")
            .caused_by(cause),
        _ => Error::data("the registry of segments could not be used")
            .at_file(path)
            .hint("check that the file and its folder may be read and written")
            .caused_by(cause),
    }
}
