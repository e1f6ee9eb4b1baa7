//! A folder that reports are put into.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::bundle::Bundle;
use super::failure::Failure;
use super::message::Message;
use crate::error::Result;
use crate::workspace::DeliverySettings;
use crate::workspace::atomic::{self, Staging};

/// A folder on this machine, or mounted on it.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
}

impl Folder {
    pub(super) fn open(settings: &DeliverySettings, root: &Path) -> Self {
        // An absolute path takes the place of the root.
        Folder { path: root.join(settings.path.as_deref().unwrap_or_default()) }
    }

    /// Puts a report into a folder of its own, which appears whole; changes into one file. What is
    /// there already is left as it is. All failures can pass: disks are emptied, and permissions
    /// given.
    pub(super) fn send(&self, message: &Message) -> Result<(), Failure> {
        let bundle = Bundle::of(message).map_err(Failure::permanent)?;
        if self.holds(&bundle) {
            return Ok(());
        }
        self.write(&bundle).map_err(Failure::transient)
    }

    fn holds(&self, bundle: &Bundle<'_>) -> bool {
        let is_there = |(path, content): &(String, Cow<'_, [u8]>)| {
            fs::read(self.path.join(path)).is_ok_and(|found| found == content.as_ref())
        };
        let Some(folder) = bundle.folder else { return bundle.files.iter().all(is_there) };
        let mut found = BTreeSet::new();
        collect(&self.path.join(folder), folder, &mut found);
        let paths: BTreeSet<String> = bundle.files.iter().map(|(path, _)| path.clone()).collect();
        found == paths && bundle.files.iter().all(is_there)
    }

    fn write(&self, bundle: &Bundle<'_>) -> Result<()> {
        let Some(folder) = bundle.folder else {
            return bundle.files.iter().try_for_each(|(path, content)| {
                atomic::rewrite_file(&self.path.join(path), content)
            });
        };
        let staging = Staging::again(&self.path.join(folder))?;
        for (path, content) in &bundle.files {
            let within = path.strip_prefix(folder).unwrap_or(path).trim_start_matches('/');
            atomic::write_file(&staging.path().join(within), content)?;
        }
        staging.commit()
    }
}

/// All files below `dir`, as paths that begin with `prefix`.
fn collect(dir: &Path, prefix: &str, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
        let path = format!("{prefix}/{}", entry.file_name().to_string_lossy());
        match entry.path().is_dir() {
            true => collect(&entry.path(), &path, found),
            false => drop(found.insert(path)),
        }
    }
}
