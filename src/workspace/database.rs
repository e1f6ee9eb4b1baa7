//! A SQLite file of the workspace: opened, checked, brought up to date, and written in whole steps.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, Transaction};

use crate::error::{Error, Result};

use super::atomic::Staging;

/// How long a writer waits for another one's step to end.
const PATIENCE: Duration = Duration::from_secs(10);

/// What a file is, and how an older one becomes one of today.
#[derive(Debug)]
pub struct Kind {
    /// As messages call it: "the registry of segments".
    pub noun: &'static str,
    /// Marks the file as one of this kind.
    pub application_id: i32,
    /// What brings a file from each version to the next; the version is the file's `user_version`.
    pub migrations: &'static [&'static str],
    /// What happens if the file is moved aside.
    pub afresh: &'static str,
    /// What brings an older file up to date.
    pub renewed_by: &'static str,
}

/// An open file of a [`Kind`].
#[derive(Debug)]
pub struct Database {
    kind: &'static Kind,
    connection: Connection,
    path: PathBuf,
}

impl Database {
    /// Opens the file for writing, and makes one if there is none.
    ///
    /// # Errors
    ///
    /// A data error if the file cannot be written, is damaged or of another kind, or is of a newer version.
    pub fn open(kind: &'static Kind, path: &Path) -> Result<Self> {
        if !path.exists() {
            Self::create(kind, path)?;
        }
        let mut database = Self::at(kind, path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        let migrated = database.migrate();
        migrated.map_err(|e| database.failed(e))?;
        Ok(database)
    }

    /// Makes a file that appears whole: an empty one is therefore always a damaged one.
    fn create(kind: &'static Kind, path: &Path) -> Result<()> {
        let dir = path.parent().unwrap_or(Path::new("."));
        std::fs::create_dir_all(dir).map_err(|e| Error::io("create the folder", dir, e))?;
        let staging = Staging::again(path)?;
        let new = staging.path().join("new.sqlite");
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE;
        let connection = Connection::open_with_flags(&new, flags);
        let connection = connection.map_err(|e| failed(kind, path, e))?;
        let mut database = Database { kind, connection, path: path.to_path_buf() };
        let migrated = database.migrate();
        migrated.map_err(|e| database.failed(e))?;
        database.connection.close().map_err(|(_, e)| failed(kind, path, e))?;
        std::fs::rename(&new, path).map_err(|e| Error::io("write", path, e))
    }

    /// Opens the file for reading; an empty one if there is none.
    ///
    /// # Errors
    ///
    /// A data error if the file cannot be read, is damaged or of another kind, or is of another version.
    pub fn read(kind: &'static Kind, path: &Path) -> Result<Self> {
        if !path.exists() {
            let connection = Connection::open_in_memory();
            let connection = connection.map_err(|e| failed(kind, path, e))?;
            let mut database = Database { kind, connection, path: path.to_path_buf() };
            let migrated = database.migrate();
            migrated.map_err(|e| database.failed(e))?;
            return Ok(database);
        }
        // Not read-only: what a killed writer began is taken back on opening.
        let database = Self::at(kind, path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        let version = database.answered(version)?;
        if version < kind.migrations.len() as i64 {
            return Err(Error::data(format!("{} is of an older version", kind.noun))
                .at_file(path)
                .hint(kind.renewed_by));
        }
        Ok(database)
    }

    fn at(kind: &'static Kind, path: &Path, flags: OpenFlags) -> Result<Self> {
        if std::fs::metadata(path).is_ok_and(|file| file.len() == 0) {
            return Err(damaged(kind, path).caused_by("the file is empty"));
        }
        let flags = flags | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, flags);
        let connection = connection.map_err(|e| failed(kind, path, e))?;
        connection.busy_timeout(PATIENCE).map_err(|e| failed(kind, path, e))?;
        let database = Database { kind, connection, path: path.to_path_buf() };
        database.check()?;
        Ok(database)
    }

    /// Refuses a file that is damaged, another program's, or of a newer version.
    fn check(&self) -> Result<()> {
        let Kind { noun, application_id, migrations, afresh, .. } = self.kind;
        let (version, application, said) = self.answered(|connection| {
            connection.pragma_update(None, "foreign_keys", true)?;
            let said: String =
                connection.pragma_query_value(None, "quick_check", |row| row.get(0))?;
            let application = connection.pragma_query_value(None, "application_id", |r| r.get(0));
            Ok((version(connection)?, application?, said))
        })?;
        if said != "ok" {
            return Err(damaged(self.kind, &self.path).caused_by(said));
        }
        let application: i32 = application;
        if application != *application_id {
            return Err(Error::data(format!("the file is not {}", noun.replacen("the", "a", 1)))
                .at_file(&self.path)
                .hint(format!("move it aside; {afresh}")));
        }
        let newest = migrations.len() as i64;
        if version > newest {
            return Err(Error::data(format!(
                "{noun} is of version {version}, and this program knows versions up to {newest}"
            ))
            .at_file(&self.path)
            .hint("use the newer program that wrote it"));
        }
        Ok(())
    }

    /// Brings the file to today's version, each step whole or not at all.
    fn migrate(&mut self) -> rusqlite::Result<()> {
        let done = version(&self.connection)?;
        let left = self.kind.migrations.iter().enumerate().skip(done.max(0) as usize);
        for (place, migration) in left {
            let step = self.connection.transaction()?;
            step.execute_batch(migration)?;
            step.pragma_update(None, "application_id", self.kind.application_id)?;
            step.pragma_update(None, "user_version", place as i64 + 1)?;
            step.commit()?;
        }
        Ok(())
    }

    /// Asks the file something.
    pub fn answered<T>(&self, ask: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T> {
        ask(&self.connection).map_err(|e| self.failed(e))
    }

    /// Writes in one transaction, whole or not at all.
    pub fn written<T>(
        &mut self,
        write: impl FnOnce(&Transaction<'_>) -> rusqlite::Result<T>,
    ) -> Result<T> {
        let all = |connection: &mut Connection| {
            let step = connection.transaction()?;
            let made = write(&step)?;
            step.commit()?;
            Ok(made)
        };
        all(&mut self.connection).map_err(|e| failed(self.kind, &self.path, e))
    }

    fn failed(&self, cause: rusqlite::Error) -> Error {
        failed(self.kind, &self.path, cause)
    }
}

/// The file's version: how many migrations it has seen.
fn version(connection: &Connection) -> rusqlite::Result<i64> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0))
}

fn damaged(kind: &Kind, path: &Path) -> Error {
    Error::data(format!("{} is damaged", kind.noun))
        .at_file(path)
        .hint(format!("put back a copy of the file, or move it aside: {}", kind.afresh))
}

fn failed(kind: &Kind, path: &Path, cause: rusqlite::Error) -> Error {
    use rusqlite::ErrorCode as Code;
    let noun = kind.noun;
    match cause.sqlite_error_code() {
        Some(Code::NotADatabase | Code::DatabaseCorrupt) => damaged(kind, path).caused_by(cause),
        Some(Code::DatabaseBusy | Code::DatabaseLocked) => {
            Error::data(format!("{noun} is being written by another program"))
                .at_file(path)
                .hint("wait until it has finished")
        }
        Some(Code::DiskFull) => Error::data(format!("{noun} could not be written"))
            .at_file(path)
            .hint("make room on the disk")
            .caused_by(cause),
        _ => Error::data(format!("{noun} could not be used"))
            .at_file(path)
            .hint("check that the file and its folder may be read and written")
            .caused_by(cause),
    }
}
