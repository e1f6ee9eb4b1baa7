//! `run`: every step that is out of date.

use std::path::Path;

use serde_json::json;

use crate::error::Result;
use crate::pipeline::{Outcome, Step};

use super::args::{Format, Global};
use super::printer::Printer;
use super::{Verdict, source};

pub fn run(global: &Global, printer: &Printer) -> Result<Verdict> {
    let (steps, page) = source::writing(global, printer, |workspace, p| {
        Ok((p.run()?, workspace.report_dir().join("report.html")))
    })?;
    for (step, outcome) in &steps {
        say(*step, *outcome, printer);
    }
    show(&steps, &page, printer)?;
    Ok(Verdict::Fine)
}

/// Says what a step did.
pub fn say(step: Step, outcome: Outcome, printer: &Printer) {
    let name = match step {
        Step::Ingest => "ingest",
        Step::Features => "features",
        Step::Predict => "predict",
        Step::Propose => "propose",
        Step::Readouts => "readouts",
        Step::Report => "report",
    };
    let what = match outcome {
        Outcome::Made => "done",
        Outcome::UpToDate => "up to date",
    };
    printer.say(&format!("{name:<9} {what}"));
}

/// The result of a run: where the page is.
pub fn show(steps: &[(Step, Outcome)], path: &Path, printer: &Printer) -> Result<()> {
    let path = path.display().to_string();
    if printer.format == Format::Json {
        let steps: Vec<_> = steps
            .iter()
            .map(|(step, outcome)| json!({ "step": step, "outcome": outcome }))
            .collect();
        return printer.json(&json!({ "path": path, "steps": steps }));
    }
    printer.line(&path)
}
