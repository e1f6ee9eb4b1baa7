//! The workspace's folder layout.

use std::path::{Path, PathBuf};

use jiff::tz::TimeZone;

use crate::error::{Error, Result};

use super::{Settings, atomic};

/// Name of the settings file.
pub const SETTINGS_FILE: &str = "microseg.toml";

/// A folder with a `microseg.toml`, and where its artefacts live.
#[derive(Debug, Clone)]
pub struct Workspace {
    root: PathBuf,
    settings: Settings,
}

impl Workspace {
    /// Opens the workspace at `root` and checks its settings.
    pub fn open(root: &Path) -> Result<Self> {
        let path = root.join(SETTINGS_FILE);
        let text = std::fs::read_to_string(&path).map_err(|e| match e.kind() {
            std::io::ErrorKind::NotFound => Error::settings(format!("no {SETTINGS_FILE} here"))
                .at_file(root)
                .hint("run `microseg init DIR --from FILE…` to make one, or pass --workspace DIR"),
            _ => Error::io("read", &path, e),
        })?;
        let settings = Settings::parse(&text).map_err(|e| e.at_file(&path))?;
        Ok(Workspace { root: root.to_path_buf(), settings })
    }

    pub fn root(&self) -> &Path {
        &self.root
    }

    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The shop's time zone; checked when the settings were read.
    pub fn zone(&self) -> TimeZone {
        self.settings.shop.zone()
    }

    /// The canonical tables.
    pub fn lake_dir(&self) -> PathBuf {
        self.root.join("lake")
    }

    /// Rows that were not accepted, with the reason.
    pub fn quarantine_dir(&self) -> PathBuf {
        self.root.join("quarantine")
    }

    /// The feature table and its data dictionary.
    pub fn features_dir(&self) -> PathBuf {
        self.root.join("features")
    }

    /// The part of history that no feature's window reaches any more, summed up.
    pub fn history_dir(&self) -> PathBuf {
        self.root.join("history")
    }

    /// Churn, next orders and lifetime values of every contact, with the evidence.
    pub fn predict_dir(&self) -> PathBuf {
        self.root.join("predict")
    }

    /// The segment proposal.
    pub fn segments_dir(&self) -> PathBuf {
        self.root.join("segments")
    }

    /// The experiment readouts.
    pub fn readouts_dir(&self) -> PathBuf {
        self.root.join("readouts")
    }

    /// The page for people.
    pub fn report_dir(&self) -> PathBuf {
        self.root.join("report")
    }

    /// One folder a refresh of the accepted segments. They build on one another and are never made again.
    pub fn refreshes_dir(&self) -> PathBuf {
        self.root.join("refreshes")
    }

    /// One folder a digest, and the index of all of them.
    pub fn digests_dir(&self) -> PathBuf {
        self.root.join("digests")
    }

    /// Messages that could not be delivered, as they would have been sent.
    pub fn dead_letters_dir(&self) -> PathBuf {
        self.root.join("dead-letters")
    }

    /// What was decided on segments, and the members of those that were exported. People's decisions
    /// are no artefact: nothing makes them again.
    pub fn registry_dir(&self) -> PathBuf {
        self.root.join("registry")
    }

    /// The folders of all artefacts.
    pub fn artefact_dirs(&self) -> [PathBuf; 8] {
        [
            self.lake_dir(),
            self.quarantine_dir(),
            self.features_dir(),
            self.history_dir(),
            self.predict_dir(),
            self.segments_dir(),
            self.readouts_dir(),
            self.report_dir(),
        ]
    }

    /// Repairs what a killed process left. Call it only while holding the writer's lock.
    pub fn recover(&self) -> Result<()> {
        self.artefact_dirs().iter().try_for_each(|dir| atomic::recover_dir(dir))?;
        [self.refreshes_dir(), self.digests_dir()].iter().try_for_each(|dir| atomic::tidy(dir))
    }
}
