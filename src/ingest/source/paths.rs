//! From what a person wrote (a file, a folder, a glob) to files, in a fixed order.

use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// The files that `pattern` means, relative to `root`, sorted by path.
pub fn resolve(root: &Path, pattern: &str) -> Result<Vec<PathBuf>> {
    let path = root.join(pattern);
    if path.is_file() {
        return Ok(vec![path]);
    }
    if path.is_dir() {
        return files_in(&path);
    }
    let files = globbed(&path)?;
    if files.is_empty() {
        let hint =
            "a path is relative to the folder of microseg.toml; globs such as events-*.csv work";
        return Err(Error::data("no such file").at_file(&path).hint(hint));
    }
    Ok(files)
}

fn files_in(dir: &Path) -> Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(dir).map_err(|e| Error::io("read the folder", dir, e))?;
    let mut files: Vec<PathBuf> = entries
        .filter_map(|entry| entry.ok().map(|e| e.path()))
        .filter(|path| path.is_file() && !is_hidden(path))
        .collect();
    if files.is_empty() {
        return Err(Error::data("the folder has no files")
            .at_file(dir)
            .hint("put the exports there"));
    }
    files.sort();
    Ok(files)
}

fn is_hidden(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'))
}

fn globbed(pattern: &Path) -> Result<Vec<PathBuf>> {
    let text = pattern.to_string_lossy();
    let paths = glob::glob(&text).map_err(|cause| {
        Error::settings("not a valid file pattern").with_value(text.clone()).caused_by(cause)
    })?;
    let mut files: Vec<PathBuf> = paths.filter_map(|p| p.ok()).filter(|p| p.is_file()).collect();
    files.sort();
    Ok(files)
}
