//! `--out`: a result as a file.

use std::path::Path;

use arrow::array::RecordBatch;
use serde_json::json;

use crate::error::{Error, Result};
use crate::lake::write_table;
use crate::workspace::{AsOf, Workspace, atomic};

use super::args::Format;
use super::features::refuse_replacing;
use super::printer::Printer;

/// Refuses a file that could not be written, before any work is done.
pub fn check(workspace: &Workspace, path: &Path) -> Result<()> {
    ending(path)?;
    if path.is_dir() {
        return Err(Error::settings("a folder is in the way of --out").at_file(path));
    }
    let folder = folder_of(path);
    if !folder.is_dir() {
        return Err(Error::settings("there is no such folder for --out")
            .at_file(folder)
            .hint("make it first, or check the spelling"));
    }
    refuse_replacing(workspace, path)
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Writes a table of `contacts` and says where.
pub fn deliver(
    batch: RecordBatch,
    path: &Path,
    (as_of, contacts): (&AsOf, usize),
    printer: &Printer,
) -> Result<()> {
    write(batch, path)?;
    let path = path.display().to_string();
    match printer.format {
        Format::Json => {
            printer.json(&json!({ "path": path, "as_of": as_of, "contacts": contacts }))
        }
        _ => printer.line(&path),
    }
}

/// Writes a table as .parquet or .csv, whole or not at all.
fn write(batch: RecordBatch, path: &Path) -> Result<()> {
    if ending(path)? == Ending::Csv {
        let mut writer = arrow::csv::Writer::new(Vec::new());
        writer.write(&batch)?;
        return atomic::write_file(path, &writer.into_inner());
    }
    let dir = folder_of(path);
    let folder = tempfile::tempdir_in(dir).map_err(|e| Error::io("write in", dir, e))?;
    let made = folder.path().join("out.parquet");
    write_table(&made, batch.schema(), std::iter::once(Ok(batch)))?;
    std::fs::rename(&made, path).map_err(|e| Error::io("write", path, e))
}

#[derive(PartialEq, Eq)]
enum Ending {
    Parquet,
    Csv,
}

fn ending(path: &Path) -> Result<Ending> {
    match path.extension().and_then(|ending| ending.to_str()) {
        Some("parquet") => Ok(Ending::Parquet),
        Some("csv") => Ok(Ending::Csv),
        _ => Err(Error::settings("the result goes into a .parquet or .csv file")
            .with_value(path.display().to_string())
            .hint("end the name of --out with .parquet or .csv")),
    }
}
