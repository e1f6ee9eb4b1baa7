//! A file's path as `microseg.toml` writes it.

use std::path::{Component, Path, PathBuf};

/// Relative to the workspace where the two share more than the root; absolute otherwise.
pub fn from_workspace(file: &Path, workspace: &Path) -> String {
    let (file, workspace) = (real(file), real(workspace));
    let shared = file.components().zip(workspace.components()).take_while(|(a, b)| a == b).count();
    let is_elsewhere = !file.components().take(shared).any(|c| matches!(c, Component::Normal(_)));
    if is_elsewhere {
        return file.to_string_lossy().into_owned();
    }
    let up = workspace.components().skip(shared).map(|_| Component::ParentDir);
    let path: PathBuf = up.chain(file.components().skip(shared)).collect();
    path.to_string_lossy().into_owned()
}

/// Without links and dots, also for a workspace that does not exist yet.
pub fn real(path: &Path) -> PathBuf {
    if let Ok(path) = path.canonicalize() {
        return path;
    }
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf());
    match (path.parent(), path.file_name()) {
        (Some(parent), Some(name)) => real(parent).join(name),
        _ => path,
    }
}
