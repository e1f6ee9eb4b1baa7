//! `refresh`: the accepted segments at a new as-of.

use crate::error::Result;
use crate::pipeline::Outcome;
use crate::pipeline::refresh::RefreshReport;
use crate::reports::digest::segments;
use crate::reports::number::count;

use super::args::{Format, Global};
use super::printer::Printer;
use super::{Verdict, source};

pub fn run(global: &Global, printer: &Printer) -> Result<Verdict> {
    let (outcome, report) = source::writing(global, printer, |_, p| p.refresh())?;
    match printer.format {
        Format::Json => printer.json(&report)?,
        _ => printer.table(&segments::table(&report.segments))?,
    }
    if outcome == Outcome::UpToDate {
        printer
            .say(&format!("there is a refresh as of {} already; it stays as it is", report.as_of));
    }
    say(&report, printer);
    Ok(Verdict::Fine)
}

fn say(report: &RefreshReport, printer: &Printer) {
    if let Some(migration) = &report.migration {
        printer.say(&format!(
            "{} contacts moved between discovered segments since {}; {} more moves wait",
            count(migration.moved()),
            migration.since,
            count(report.damped)
        ));
    }
    for model in &report.drift {
        for reason in &model.drift.refit {
            printer.warn(&format!("fit the segments anew: {reason}"));
        }
    }
}
