//! Files and folders that appear whole or not at all.
//!
//! A folder is replaced in two renames (the old one aside, the new one in); a process killed between
//! the two leaves the old folder under its set-aside name, and [`recover_dir`] puts it back.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::error::{Error, Result};

/// Writes `bytes` to `path` through a temporary file beside it.
pub fn write_file(path: &Path, bytes: &[u8]) -> Result<()> {
    let parent = parent_of(path);
    fs::create_dir_all(parent).map_err(|e| Error::io("create the folder", parent, e))?;
    let file = tempfile::NamedTempFile::new_in(parent)
        .map_err(|e| Error::io("write in the folder", parent, e))?;
    put(file, path, bytes)
}

/// Writes a value as JSON for people to read, with a line end, as [`write_file`] does.
pub fn write_json<T: Serialize + ?Sized>(path: &Path, value: &T) -> Result<()> {
    write_file(path, &json(path, value)?)
}

/// A value as [`write_json`] writes it.
pub fn json<T: Serialize + ?Sized>(path: &Path, value: &T) -> Result<Vec<u8>> {
    let mut json = serde_json::to_vec_pretty(value)
        .map_err(|e| Error::internal("a value is no JSON").at_file(path).caused_by(e))?;
    json.push(b'\n');
    Ok(json)
}

/// As [`write_file`], through a temporary file whose name follows from the path: what a killed process left is what the
/// next attempt replaces. For places that nobody tidies, and one writer at a time.
pub fn rewrite_file(path: &Path, bytes: &[u8]) -> Result<()> {
    let parent = parent_of(path);
    fs::create_dir_all(parent).map_err(|e| Error::io("create the folder", parent, e))?;
    let name = staging_name(path);
    remove_file(&parent.join(&name))?;
    let file = tempfile::Builder::new()
        .prefix(&name)
        .rand_bytes(0)
        .tempfile_in(parent)
        .map_err(|e| Error::io("write in the folder", parent, e))?;
    put(file, path, bytes)
}

fn put(mut file: tempfile::NamedTempFile, path: &Path, bytes: &[u8]) -> Result<()> {
    file.write_all(bytes).map_err(|e| Error::io("write", path, e))?;
    let file = shared_mode(file, path)?;
    file.persist(path).map_err(|e| Error::io("write", path, e.error))?;
    Ok(())
}

/// Temporary files are private to their owner; an artefact has the mode of any new file.
fn shared_mode(file: tempfile::NamedTempFile, path: &Path) -> Result<tempfile::NamedTempFile> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::Permissions::from_mode(0o644);
        file.as_file().set_permissions(mode).map_err(|e| Error::io("write", path, e))?;
    }
    Ok(file)
}

/// A folder being built beside its final place.
#[derive(Debug)]
pub struct Staging {
    dir: tempfile::TempDir,
    target: PathBuf,
}

impl Staging {
    /// Starts a folder that will become `target`; fails here if it cannot be written.
    pub fn new(target: &Path) -> Result<Self> {
        let parent = parent_of(target);
        fs::create_dir_all(parent).map_err(|e| Error::io("create the folder", parent, e))?;
        if target.exists() && !target.is_dir() {
            let cause = std::io::Error::from(std::io::ErrorKind::NotADirectory);
            return Err(Error::io("write the folder", target, cause));
        }
        let dir = Self::folder_in(parent)?;
        Ok(Staging { dir, target: target.to_path_buf() })
    }

    /// As [`Staging::new`], in a folder whose name follows from the target: what a killed process left is what the next
    /// attempt replaces. For places that nobody tidies, and one writer at a time.
    pub fn again(target: &Path) -> Result<Self> {
        let parent = parent_of(target);
        fs::create_dir_all(parent).map_err(|e| Error::io("create the folder", parent, e))?;
        let name = staging_name(target);
        remove_dir(&parent.join(&name))?;
        let dir = tempfile::Builder::new()
            .prefix(&name)
            .rand_bytes(0)
            .tempdir_in(parent)
            .map_err(|e| Error::io("write in the folder", parent, e))?;
        Ok(Staging { dir, target: target.to_path_buf() })
    }

    /// A folder for files that are moved out of it once they are whole; it goes with what is left in it.
    pub fn folder_in(parent: &Path) -> Result<tempfile::TempDir> {
        tempfile::Builder::new()
            .prefix(STAGING_PREFIX)
            .tempdir_in(parent)
            .map_err(|e| Error::io("write in the folder", parent, e))
    }

    /// Where to write meanwhile.
    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    /// Puts the folder in its place, replacing what was there.
    pub fn commit(self) -> Result<()> {
        let built = self.dir.keep();
        open_mode(&built)?;
        let aside = set_aside_name(&self.target);
        if self.target.exists() {
            fs::rename(&self.target, &aside).map_err(|e| Error::io("replace", &self.target, e))?;
        }
        fs::rename(&built, &self.target).map_err(|e| Error::io("write", &self.target, e))?;
        remove_dir(&aside)
    }
}

const STAGING_PREFIX: &str = ".microseg-new-";

fn staging_name(target: &Path) -> String {
    format!("{STAGING_PREFIX}{}", target.file_name().unwrap_or_default().to_string_lossy())
}

fn open_mode(dir: &Path) -> Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = fs::Permissions::from_mode(0o755);
        fs::set_permissions(dir, mode).map_err(|e| Error::io("write", dir, e))?;
    }
    Ok(())
}

/// Removes a folder that others list: it is gone at once, and what a kill leaves of it, [`tidy`] removes.
pub fn retire_dir(dir: &Path) -> Result<()> {
    let bin = Staging::folder_in(parent_of(dir))?;
    fs::rename(dir, bin.path().join("gone")).map_err(|e| Error::io("remove", dir, e))?;
    remove_dir(bin.path())
}

/// Undoes what a killed process left around `target`: restores a folder set aside, removes leftovers.
/// Call it only while holding the writer's lock.
pub fn recover_dir(target: &Path) -> Result<()> {
    let aside = set_aside_name(target);
    if aside.exists() && !target.exists() {
        fs::rename(&aside, target).map_err(|e| Error::io("restore", target, e))?;
    }
    remove_dir(&aside)?;
    remove_leftovers(parent_of(target))
}

/// Removes what a killed process left in a folder of folders that are never replaced. Call it only while holding the
/// writer's lock.
pub fn tidy(parent: &Path) -> Result<()> {
    remove_leftovers(parent)
}

fn remove_leftovers(parent: &Path) -> Result<()> {
    let Ok(entries) = fs::read_dir(parent) else { return Ok(()) };
    for entry in entries.flatten() {
        if entry.file_name().to_string_lossy().starts_with(STAGING_PREFIX) {
            match entry.path().is_dir() {
                true => remove_dir(&entry.path())?,
                false => remove_file(&entry.path())?,
            }
        }
    }
    Ok(())
}

fn remove_file(file: &Path) -> Result<()> {
    match fs::remove_file(file) {
        Ok(()) => Ok(()),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(e) => Err(Error::io("remove", file, e)),
    }
}

fn remove_dir(dir: &Path) -> Result<()> {
    match fs::remove_dir_all(dir) {
        Ok(()) => Ok(()),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(_) if dir.is_file() => Ok(()),
        Err(e) => Err(Error::io("remove", dir, e)),
    }
}

fn set_aside_name(target: &Path) -> PathBuf {
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    parent_of(target).join(format!(".microseg-old-{name}"))
}

fn parent_of(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_replaced_whole_and_recovered_after_a_kill() -> Result<()> {
        let root = tempfile::tempdir().map_err(|e| Error::io("make", Path::new("tmp"), e))?;
        let target = root.path().join("lake");
        for content in ["one", "two"] {
            let staging = Staging::new(&target)?;
            write_file(&staging.path().join("a"), content.as_bytes())?;
            staging.commit()?;
            assert_eq!(fs::read_to_string(target.join("a")).ok().as_deref(), Some(content));
        }
        // Killed between the two renames, with a half-built folder left over.
        fs::rename(&target, set_aside_name(&target)).ok();
        fs::create_dir(root.path().join(".microseg-new-x")).ok();
        recover_dir(&target)?;
        assert_eq!(fs::read_to_string(target.join("a")).ok().as_deref(), Some("two"));
        assert_eq!(fs::read_dir(root.path()).map(|d| d.count()).ok(), Some(1));
        Ok(())
    }
}
