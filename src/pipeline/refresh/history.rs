//! All refreshes of a workspace.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::workspace::{AsOf, Manifest, Workspace};

use super::report::RefreshReport;

pub(super) const REPORT_FILE: &str = "refresh.json";

/// One refresh.
#[derive(Debug, Clone, PartialEq)]
pub struct Refreshed {
    /// Name of its folder below that of all refreshes.
    pub name: String,
    pub dir: PathBuf,
    pub as_of_us: i64,
    pub report: RefreshReport,
    pub manifest: Manifest,
}

/// All refreshes, the oldest first.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct History(pub Vec<Refreshed>);

impl History {
    /// # Errors
    ///
    /// A data error if one of them cannot be read: what comes next builds on it.
    pub fn read(workspace: &Workspace) -> Result<Self> {
        let all = workspace.refreshes_dir();
        let entries = match std::fs::read_dir(&all) {
            Ok(entries) => entries,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(History::default()),
            Err(e) => return Err(Error::io("read the folder", &all, e)),
        };
        let mut refreshes = Vec::new();
        for entry in entries {
            let entry = entry.map_err(|e| Error::io("read the folder", &all, e))?;
            let name = entry.file_name().to_string_lossy().into_owned();
            // Named after an as-of; whatever else lies here is somebody's own.
            if name.starts_with(|c: char| c.is_ascii_digit()) && entry.path().is_dir() {
                refreshes.push(refreshed(name, entry.path(), workspace)?);
            }
        }
        refreshes.sort_by_key(|refreshed| refreshed.as_of_us);
        Ok(History(refreshes))
    }

    /// What came of the latest refresh, if there is any: the one whose folder's name is the last.
    ///
    /// # Errors
    ///
    /// As [`History::read`].
    pub fn read_latest(workspace: &Workspace) -> Result<Option<RefreshReport>> {
        let Ok(entries) = std::fs::read_dir(workspace.refreshes_dir()) else { return Ok(None) };
        let names = entries.flatten().map(|e| e.file_name().to_string_lossy().into_owned());
        let Some(name) = names.filter(|name| name.starts_with(|c: char| c.is_ascii_digit())).max()
        else {
            return Ok(None);
        };
        let dir = workspace.refreshes_dir().join(&name);
        refreshed(name, dir, workspace).map(|refreshed| Some(refreshed.report))
    }

    /// Only those up to a moment.
    pub fn until(mut self, as_of_us: i64) -> Self {
        self.0.retain(|refreshed| refreshed.as_of_us <= as_of_us);
        self
    }

    pub fn latest(&self) -> Option<&Refreshed> {
        self.0.last()
    }
}

/// Names of the segments of the refresh in `dir`, by id.
///
/// # Errors
///
/// A data error if it cannot be read.
pub fn segment_names(dir: &Path) -> Result<BTreeMap<String, String>> {
    let segments = read_report(dir)?.segments.0.into_iter();
    Ok(segments.map(|s| (s.segment.id, s.segment.name)).collect())
}

fn read_report(dir: &Path) -> Result<RefreshReport> {
    let path = dir.join(REPORT_FILE);
    let bytes = std::fs::read(&path).map_err(|e| unreadable(&path).caused_by(e))?;
    serde_json::from_slice(&bytes).map_err(|e| unreadable(&path).caused_by(e))
}

fn refreshed(name: String, dir: PathBuf, workspace: &Workspace) -> Result<Refreshed> {
    let report = read_report(&dir)?;
    let manifest = Manifest::read(&dir).ok_or_else(|| unreadable(&dir.join(Manifest::FILE)))?;
    let as_of_us = AsOf::parse(&report.as_of, workspace.zone())?.micros();
    Ok(Refreshed { name, dir, as_of_us, report, manifest })
}

fn unreadable(path: &Path) -> Error {
    Error::data("a refresh cannot be understood").at_file(path).hint(
        "put back a copy of the folder `refreshes`; or move it aside: the next refresh is then a first one",
    )
}
