//! `check`: audits the sources and the data in them, and leaves the workspace as it is.

use serde::Serialize;

use crate::error::{Error, Result};
use crate::hygiene::Audit;
use crate::ingest::{IngestReport, Ingested, Quarantine};
use crate::reports;

use super::args::{Format, Global};
use super::printer::Printer;
use super::{Verdict, source, step};

/// What `--format json` prints.
#[derive(Serialize)]
struct Checked<'a> {
    #[serde(flatten)]
    report: &'a IngestReport,
    hygiene: Option<&'a Audit>,
}

pub fn run(global: &Global, printer: &Printer) -> Result<Verdict> {
    let dir = tempfile::tempdir()
        .map_err(|cause| Error::io("create the folder", &std::env::temp_dir(), cause))?;
    let (ingested, audit, most) = source::reading(global, printer, |workspace, p| {
        let (ingested, audit) = p.check(dir.path())?;
        Ok((ingested, audit, workspace.settings().ingest.max_bad_share))
    })?;
    let Ingested { report, quarantine } = &ingested;
    if printer.format == Format::Json {
        printer.json(&Checked { report, hygiene: audit.as_ref() })?;
    } else {
        step::show_ingest(report, printer)?;
        examples(quarantine, printer);
        // CSV is one table: the sources.
        if let (Some(audit), Format::Text) = (&audit, printer.format) {
            printer.table(&reports::hygiene::table(audit))?;
        }
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
