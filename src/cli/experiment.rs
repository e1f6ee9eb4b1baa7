//! `experiment readout`: experiments of the workspace.

use crate::error::{Error, Kind, Result};
use crate::pipeline::ExperimentResult;
use crate::reports;
use crate::workspace::ExperimentSettings;

use super::args::{ExperimentReadoutArgs, Format, Global};
use super::printer::Printer;
use super::{Verdict, source};

pub fn run(args: &ExperimentReadoutArgs, global: &Global, printer: &Printer) -> Result<Verdict> {
    let results = source::reading(global, printer, |workspace, pipeline| {
        let chosen = chosen(&workspace.settings().experiments, &args.ids)?;
        chosen.into_iter().map(|e| pipeline.readout(e)).collect::<Result<Vec<_>>>()
    })?;
    show(&results, printer)?;
    let broken = results.iter().any(|r| r.is_broken());
    Ok(if broken { Verdict::No } else { Verdict::Fine })
}

fn chosen<'a>(
    all: &'a [ExperimentSettings],
    ids: &[String],
) -> Result<Vec<&'a ExperimentSettings>> {
    if all.is_empty() {
        return Err(Error::settings("microseg.toml lists no [[experiment]]")
            .hint("add one with id, control and metrics"));
    }
    if ids.is_empty() {
        return Ok(all.iter().collect());
    }
    let find = |id: &String| {
        let known = || all.iter().map(|e| e.id.as_str());
        all.iter()
            .find(|e| e.id == *id)
            .ok_or_else(|| Error::unknown(Kind::Settings, "experiment", id, known()))
    };
    ids.iter().map(find).collect()
}

fn show(results: &[ExperimentResult], printer: &Printer) -> Result<()> {
    if printer.format == Format::Json {
        return printer.json(&results);
    }
    for result in results {
        let Some(readout) = &result.readout else {
            printer.warn(&format!("{}: {}", result.id, result.not_yet.as_deref().unwrap_or("")));
            continue;
        };
        if printer.format == Format::Csv {
            printer.table(&reports::readout::all_comparisons_table(readout))?;
            continue;
        }
        printer.line(&result.id)?;
        if let Some(hours) = readout.send_time.as_ref().filter(|_| readout.is_trustworthy()) {
            printer.line(&hours.answer)?;
        }
        printer.line(&format!("{}\n{}", readout.recommendation, readout.answer))?;
        readout.segment_answers.iter().try_for_each(|text| printer.line(text))?;
        printer.line("")?;
        printer.table(&reports::readout::decisions_table(readout))?;
        printer.line("")?;
        printer.table(&reports::readout::comparisons_table(readout))?;
        printer.line("")?;
    }
    Ok(())
}
