//! A folder that appears complete or not at all.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// A temporary folder that becomes the target at the end, and is removed if that never comes.
pub(super) struct Staging {
    target: PathBuf,
    folder: PathBuf,
    /// An existing folder may be a mount or the current one: it is filled, not replaced.
    target_exists: bool,
}

impl Staging {
    pub fn create(target: &Path) -> Result<Self> {
        let target_exists = target.exists();
        let mark = format!("partial-{}", std::process::id());
        let folder = if target_exists {
            refuse_full(target)?;
            target.join(format!(".{mark}"))
        } else {
            let name = target.file_name().ok_or_else(|| {
                Error::settings("not a folder that can be made")
                    .at_file(target)
                    .hint("name a new folder or an empty one")
            })?;
            target.with_file_name(format!(".{}.{mark}", name.to_string_lossy()))
        };
        fs::create_dir_all(&folder)
            .map_err(|cause| Error::io("create the folder", target, cause))?;
        Ok(Staging { target: target.to_path_buf(), folder, target_exists })
    }

    /// Where to write for now.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Makes all that was written appear.
    pub fn publish(self) -> Result<()> {
        let moved = |cause| Error::io("move the finished files into", &self.target, cause);
        if !self.target_exists {
            return fs::rename(&self.folder, &self.target).map_err(moved);
        }
        for entry in fs::read_dir(&self.folder).map_err(moved)? {
            let entry = entry.map_err(moved)?;
            fs::rename(entry.path(), self.target.join(entry.file_name())).map_err(moved)?;
        }
        Ok(())
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        // After a publish by rename there is nothing left to remove; failing to tidy up must not
        // hide the failure that led here.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

fn refuse_full(target: &Path) -> Result<()> {
    if !target.is_dir() {
        return Err(Error::settings("the target is a file, not a folder")
            .at_file(target)
            .hint("name a new folder or an empty one"));
    }
    let mut entries =
        fs::read_dir(target).map_err(|cause| Error::io("read the folder", target, cause))?;
    match entries.next() {
        None => Ok(()),
        Some(_) => Err(Error::settings("the target folder is not empty")
            .at_file(target)
            .hint("name a new folder, or empty this one first")),
    }
}
