//! `check`: audits the sources and writes nothing.

use crate::error::{Error, Result};
use crate::ingest::{Ingested, Quarantine};

use super::args::{Format, Global};
use super::printer::Printer;
use super::{Verdict, source, step};

pub fn run(global: &Global, printer: &Printer) -> Result<Verdict> {
    let (ingested, most) = source::reading(global, printer, |workspace, p| {
        let dir = scratch()?;
        Ok((p.check(dir.path())?, workspace.settings().ingest.max_bad_share))
    })?;
    let Ingested { report, quarantine } = &ingested;
    step::show_ingest(report, printer)?;
    if printer.format != Format::Json {
        examples(quarantine, printer);
    }
    let too_bad = report.sources.iter().find(|s| s.bad_share() > most);
    match too_bad {
        Some(source) => {
            printer.warn(&format!(
                "{:.1} % of the rows of {} are rejected, {:.1} % are allowed; ingest would stop",
                100.0 * source.bad_share(),
                source.table,
                100.0 * most
            ));
            Ok(Verdict::No)
        }
        None => Ok(Verdict::Fine),
    }
}

/// A folder outside the workspace, which goes when it is dropped.
fn scratch() -> Result<tempfile::TempDir> {
    tempfile::tempdir().map_err(|e| Error::io("write in", &std::env::temp_dir(), e))
}

/// One example of every rule that turned rows down.
pub fn examples(quarantine: &Quarantine, printer: &Printer) {
    for (rule, count) in quarantine.by_rule(0..u32::MAX) {
        let Some((file, fault)) = quarantine.example(0..u32::MAX, rule) else { continue };
        let column = match fault.column.as_str() {
            "" => String::new(),
            column => format!(" in column `{column}`"),
        };
        printer.say(&format!(
            "{count} × {}: {}:{}{column}: {:?}\n    {}",
            rule.words(),
            file.display(),
            fault.line,
            fault.value,
            rule.hint()
        ));
    }
}
