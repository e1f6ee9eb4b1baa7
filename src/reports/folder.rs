//! A report folder: every format of a document, written so that no half-written file is ever seen.

use std::fs;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use serde::Deserialize;

use super::document::Document;
use super::figures::{Figure, Width};
use super::{csv, html, json, markdown, names};
use crate::error::{Error, Result};

/// Paths of what [`write()`] wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The page.
    pub html: PathBuf,
    pub markdown: PathBuf,
    pub json: PathBuf,
    /// SVG and PNG files, wide and narrow.
    pub figures: Vec<PathBuf>,
    /// CSV files.
    pub tables: Vec<PathBuf>,
}

/// A file of the report: its path inside the folder, and its bytes.
type File = (String, Vec<u8>);

const INDEX: &str = "files.json";

/// Writes `report.html`, `report.md`, `report.json`, `figures/` and `tables/` into `folder`.
///
/// Everything is made in memory, put into a hidden folder beside the old files and then moved over
/// them file by file, the page last; a new folder appears as a whole. Files that an earlier report
/// left in the folder and this one does not have are removed; files that no report wrote stay.
///
/// # Errors
///
/// A path that cannot be written, with what stands in the way.
pub fn write(document: &Document, folder: &Path) -> Result<Written> {
    let files = render(document)?;
    let parent = match folder.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let new = !folder.exists();
    let beside = if new { parent } else { folder };
    fs::create_dir_all(beside).map_err(|cause| Error::io("make the folder", beside, cause))?;
    let staging = tempfile::Builder::new()
        .prefix(".report-")
        .tempdir_in(beside)
        .map_err(|cause| Error::io("write into the folder", beside, cause))?;
    let staged = staging.path().join("report");
    for (name, bytes) in &files {
        put(&staged.join(name), bytes)?;
    }
    if new {
        rename(&staged, folder)?;
    } else {
        replace(&files, &staged, folder)?;
    }
    Ok(written(&files, folder))
}

/// Every file, in the order in which they are moved into place: the page last.
fn render(document: &Document) -> Result<Vec<File>> {
    let mut files = Vec::new();
    let figures = names::distinct(document.figures().map(|figure| figure.name.as_str()));
    let figures: Vec<(&Figure, String)> = document.figures().zip(figures).collect();
    let drawn: Result<Vec<[File; 2]>> =
        figures.par_iter().map(|(figure, name)| figure_files(figure, name)).collect();
    files.extend(drawn?.into_iter().flatten());
    let tables = names::distinct(document.tables().map(|table| table.name.as_str()));
    for (table, name) in document.tables().zip(tables) {
        files.push((format!("tables/{name}.csv"), csv::render(table)?.into_bytes()));
    }
    files.push(("report.json".to_owned(), json::render(document)?.into_bytes()));
    files.push(("report.md".to_owned(), markdown::render(document).into_bytes()));
    files.push(("report.html".to_owned(), html::render(document)?.into_bytes()));
    let list: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    let index = serde_json::to_vec_pretty(&list)
        .map_err(|cause| Error::internal("could not list the report's files").caused_by(cause))?;
    files.insert(0, (INDEX.to_owned(), index));
    Ok(files)
}

/// The wide drawing, for slides and documents; the page carries its own, wide and narrow.
fn figure_files(figure: &Figure, name: &str) -> Result<[File; 2]> {
    let svg = figure.svg(Width::Wide)?.into_bytes();
    let png = figure.png(Width::Wide)?;
    Ok([(format!("figures/{name}.svg"), svg), (format!("figures/{name}.png"), png)])
}

fn put(path: &Path, bytes: &[u8]) -> Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|cause| Error::io("make the folder", folder, cause))?;
    }
    fs::write(path, bytes).map_err(|cause| Error::io("write the file", path, cause))
}

fn rename(from: &Path, to: &Path) -> Result<()> {
    fs::rename(from, to).map_err(|cause| Error::io("move the finished report to", to, cause))
}

fn replace(files: &[File], staged: &Path, folder: &Path) -> Result<()> {
    let stale = listed(folder);
    for (name, _) in files {
        let to = folder.join(name);
        if let Some(parent) = to.parent() {
            fs::create_dir_all(parent)
                .map_err(|cause| Error::io("make the folder", parent, cause))?;
        }
        rename(&staged.join(name), &to)?;
    }
    for name in stale.iter().filter(|name| !files.iter().any(|(file, _)| file == *name)) {
        let path = folder.join(name);
        if path.is_file() {
            fs::remove_file(&path)
                .map_err(|cause| Error::io("remove the old file", &path, cause))?;
        }
    }
    Ok(())
}

/// What the report before this one wrote into its figure and table folders.
fn listed(folder: &Path) -> Vec<String> {
    #[derive(Deserialize)]
    struct Index(Vec<String>);
    let text = fs::read(folder.join(INDEX)).unwrap_or_default();
    // A list that cannot be read only means that nothing is tidied away.
    let names = serde_json::from_slice::<Index>(&text).map(|index| index.0).unwrap_or_default();
    // Only names of our own making: a changed list must not remove anything else.
    let ours = |name: &String| match name.split_once('/') {
        Some(("figures" | "tables", file)) => !file.contains(['/', '\\']) && !file.contains(".."),
        _ => false,
    };
    names.into_iter().filter(ours).collect()
}

fn written(files: &[File], folder: &Path) -> Written {
    let within = |start: &str| {
        let names = files.iter().map(|(name, _)| name).filter(|name| name.starts_with(start));
        names.map(|name| folder.join(name)).collect()
    };
    Written {
        html: folder.join("report.html"),
        markdown: folder.join("report.md"),
        json: folder.join("report.json"),
        figures: within("figures/"),
        tables: within("tables/"),
    }
}
