//! `ingest`, `propose` and `report`: one step of the pipeline each.

use crate::error::Result;
use crate::ingest::IngestReport;
use crate::pipeline::Step;
use crate::reports;

use super::args::{Format, Global};
use super::printer::Printer;
use super::{Verdict, run, source};

pub fn ingest(global: &Global, printer: &Printer) -> Result<Verdict> {
    let (outcome, report) = source::writing(global, printer, |_, p| p.ingest())?;
    show_ingest(&report, printer)?;
    run::say(Step::Ingest, outcome, printer);
    Ok(Verdict::Fine)
}

/// The rows of every source, accounted for.
pub fn show_ingest(report: &IngestReport, printer: &Printer) -> Result<()> {
    match printer.format {
        Format::Json => printer.json(report),
        _ => printer.table(&reports::data::table(report)),
    }
}

pub fn propose(global: &Global, printer: &Printer) -> Result<Verdict> {
    let (outcome, proposal) = source::writing(global, printer, |_, p| {
        let outcome = p.propose()?;
        Ok((outcome, p.proposal()?))
    })?;
    match printer.format {
        Format::Json => printer.json(&proposal)?,
        _ => printer.table(&reports::proposal::sizes_table(&proposal))?,
    }
    run::say(Step::Propose, outcome, printer);
    Ok(Verdict::Fine)
}

pub fn report(global: &Global, printer: &Printer) -> Result<Verdict> {
    let (outcome, dir) =
        source::writing(global, printer, |workspace, p| Ok((p.report()?, workspace.report_dir())))?;
    run::show(&[(Step::Report, outcome)], &dir.join("report.html"), printer)?;
    Ok(Verdict::Fine)
}
