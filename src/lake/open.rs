//! A lake on disk.

use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::workspace::Manifest;

use super::{Table, file_name};

/// A finished lake.
#[derive(Debug, Clone)]
pub struct Lake {
    dir: PathBuf,
    manifest: Manifest,
}

impl Lake {
    /// Opens the lake in `dir`.
    pub fn open(dir: &Path) -> Result<Self> {
        let manifest = Manifest::read(dir).ok_or_else(|| {
            Error::data("there is no lake here yet")
                .at_file(dir)
                .hint("run `microseg ingest` first")
        })?;
        Ok(Lake { dir: dir.to_path_buf(), manifest })
    }

    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The Parquet file of a table.
    pub fn path(&self, table: Table) -> PathBuf {
        self.dir.join(file_name(table))
    }

    /// Reads one of the lake's JSON files.
    pub fn json<T: serde::de::DeserializeOwned>(&self, file: &str) -> Result<T> {
        let path = self.dir.join(file);
        let bytes = std::fs::read(&path).map_err(|e| Error::io("read", &path, e))?;
        serde_json::from_slice(&bytes).map_err(|e| {
            Error::data("the file cannot be understood")
                .at_file(&path)
                .caused_by(e)
                .hint("run `microseg ingest` again")
        })
    }
}
