//! Digests on disk.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::reports::digest::{ExperimentStanding, OutlookFacts};
use crate::workspace::{AsOf, Workspace};

/// What a digest keeps for the next one, and for the index.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DigestState {
    pub as_of: String,
    pub since: Option<String>,
    /// What changed, in plain sentences, the most important first.
    pub sentences: Vec<String>,
    pub experiments: BTreeMap<String, ExperimentStanding>,
    /// Findings by code: title and count.
    pub hygiene: BTreeMap<String, (String, u64)>,
    pub outlook: Option<OutlookFacts>,
    /// Failed runs and deliveries that were reported.
    pub trouble: Vec<String>,
}

pub(super) const STATE_FILE: &str = "digest.json";
/// The page without links to those beside it, for folders and stores elsewhere.
pub const ALONE_FILE: &str = "alone.html";
/// The digest as a mail, in its folder.
pub const MAIL_FILE: &str = "mail.json";

/// The digest as a mail; its pictures are those of the folder `figures`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailFile {
    pub subject: String,
    pub text: String,
    pub html: String,
    pub pictures: Vec<PictureFile>,
}

/// One picture of the mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PictureFile {
    pub name: String,
    pub alt: String,
}

/// One digest.
#[derive(Debug, Clone, PartialEq)]
pub struct Digested {
    /// Name of its folder below that of all digests.
    pub name: String,
    pub dir: PathBuf,
    pub as_of_us: i64,
    pub state: DigestState,
}

/// All digests, the oldest first.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Digests(pub Vec<Digested>);

const DAY_US: i64 = 86_400_000_000;

impl Digests {
    /// # Errors
    ///
    /// A data error if one of them cannot be read.
    pub fn read(workspace: &Workspace) -> Result<Self> {
        let all = workspace.digests_dir();
        let entries = match std::fs::read_dir(&all) {
            Ok(entries) => entries,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Digests::default()),
            Err(e) => return Err(Error::io("read the folder", &all, e)),
        };
        let mut digests = Vec::new();
        for entry in entries {
            let entry = entry.map_err(|e| Error::io("read the folder", &all, e))?;
            let name = entry.file_name().to_string_lossy().into_owned();
            // Named after an as-of; whatever else lies here is somebody's own.
            if name.starts_with(|c: char| c.is_ascii_digit()) && entry.path().is_dir() {
                digests.push(digested(name, entry.path(), workspace)?);
            }
        }
        digests.sort_by_key(|digest| digest.as_of_us);
        Ok(Digests(digests))
    }

    pub fn latest(&self) -> Option<&Digested> {
        self.0.last()
    }

    /// Digests that are beyond number or age, counted from the newest, which always stays.
    pub fn outdated(&self, keep: u32, keep_days: u32) -> Vec<&Digested> {
        let Some(newest) = self.latest() else { return Vec::new() };
        let oldest_us = newest.as_of_us.saturating_sub(i64::from(keep_days).saturating_mul(DAY_US));
        let beyond = self.0.len().saturating_sub(keep as usize);
        let is_outdated =
            |(place, digest): &(usize, &Digested)| *place < beyond || digest.as_of_us < oldest_us;
        self.0.iter().enumerate().filter(is_outdated).map(|(_, digest)| digest).collect()
    }
}

fn digested(name: String, dir: PathBuf, workspace: &Workspace) -> Result<Digested> {
    let path = dir.join(STATE_FILE);
    let state: DigestState = read_json(&path)?;
    let as_of_us = AsOf::parse(&state.as_of, workspace.zone())?.micros();
    Ok(Digested { name, dir, as_of_us, state })
}

impl Digested {
    /// The digest as a mail.
    ///
    /// # Errors
    ///
    /// A data error if it cannot be read.
    pub fn mail(dir: &Path) -> Result<MailFile> {
        read_json(&dir.join(MAIL_FILE))
    }

    /// What changed, in plain sentences.
    ///
    /// # Errors
    ///
    /// A data error if it cannot be read.
    pub fn sentences(dir: &Path) -> Result<Vec<String>> {
        let state: DigestState = read_json(&dir.join(STATE_FILE))?;
        Ok(state.sentences)
    }
}

fn read_json<T: serde::de::DeserializeOwned>(path: &Path) -> Result<T> {
    let unreadable = || {
        Error::data("a digest cannot be read")
            .at_file(path)
            .hint("put back a copy of its folder, or move the folder aside")
    };
    let bytes = std::fs::read(path).map_err(|e| unreadable().caused_by(e))?;
    serde_json::from_slice(&bytes).map_err(|e| unreadable().caused_by(e))
}
