//! `features`: the whole table into the workspace, or some features into a file.

use std::path::Path;
use std::time::Duration;

use serde_json::json;

use crate::error::{Error, Result};
use crate::features::{self, Extracted, FeatureTable};
use crate::ingest::source::resolve;
use crate::pipeline::{Outcome, Step};
use crate::workspace::{Workspace, atomic};

use super::args::{FeaturesArgs, Format, Global};
use super::printer::Printer;
use super::{Verdict, run, source};

pub fn run(args: &FeaturesArgs, global: &Global, printer: &Printer) -> Result<Verdict> {
    if args.only.is_empty() { all(global, printer) } else { some(args, global, printer) }
}

fn all(global: &Global, printer: &Printer) -> Result<Verdict> {
    let (outcome, spent, dir) = source::writing(global, printer, |workspace, p| {
        let outcome = p.features()?;
        Ok((outcome, p.spent(), workspace.features_dir()))
    })?;
    let path = dir.join("features.parquet");
    match (printer.format, outcome, spent) {
        (Format::Json, Outcome::Made, Some(spent)) => {
            let step = json!({ "step": Step::Features, "outcome": outcome });
            printer.json(&json!({
                "path": path.display().to_string(),
                "steps": [step],
                "contacts": spent.contacts,
                "features": spent.features,
                "reading_seconds": spent.reading.as_secs_f64(),
                "measuring_seconds": spent.measuring.as_secs_f64(),
            }))?;
        }
        _ => run::show(&[(Step::Features, outcome)], &path, printer)?,
    }
    Ok(Verdict::Fine)
}

fn some(args: &FeaturesArgs, global: &Global, printer: &Printer) -> Result<Verdict> {
    let extracted = source::reading(global, printer, |workspace, p| {
        args.out.as_deref().map_or(Ok(()), |out| refuse_replacing(workspace, out))?;
        p.some_features(&args.only)
    })?;
    match &args.out {
        None => printer.bytes(&features::csv(&extracted.table)?)?,
        Some(path) => {
            write(&extracted.table, path)?;
            show(&extracted, path, printer)?;
        }
    }
    Ok(Verdict::Fine)
}

/// Refuses to write over an artefact of the workspace or over one of its exports.
pub(super) fn refuse_replacing(workspace: &Workspace, out: &Path) -> Result<()> {
    let found = |path: &Path| std::path::absolute(path).map_err(|e| Error::io("find", path, e));
    let out = found(out)?;
    for dir in workspace.artefact_dirs() {
        if out.starts_with(found(&dir)?) {
            return Err(refused(&out, "an artefact of the workspace"));
        }
    }
    for pattern in workspace.settings().sources.iter().flat_map(|source| &source.files) {
        // A source that cannot be found is another command's error.
        for file in resolve(workspace.root(), pattern).unwrap_or_default() {
            if out == found(&file)? {
                return Err(refused(&out, "a source of the workspace"));
            }
        }
    }
    Ok(())
}

fn refused(out: &Path, what: &str) -> Error {
    Error::settings(format!("--out would replace {what}"))
        .with_value(out.display().to_string())
        .hint("write it to another file")
}

fn write(table: &FeatureTable, path: &Path) -> Result<()> {
    match path.extension().and_then(|ending| ending.to_str()) {
        Some("parquet") => features::write_parquet(table, path),
        Some("csv") => atomic::write_file(path, &features::csv(table)?),
        _ => Err(Error::settings("features go into a .parquet or .csv file")
            .with_value(path.display().to_string())
            .hint("end the name of --out with .parquet or .csv")),
    }
}

fn show(extracted: &Extracted, path: &Path, printer: &Printer) -> Result<()> {
    let path = path.display().to_string();
    if printer.format != Format::Json {
        return printer.line(&path);
    }
    let seconds = |of: Duration| of.as_secs_f64();
    printer.json(&json!({
        "path": path,
        "contacts": extracted.table.contacts(),
        "features": extracted.table.all_specs().len(),
        "reading_seconds": seconds(extracted.reading),
        "measuring_seconds": seconds(extracted.measuring),
    }))
}
