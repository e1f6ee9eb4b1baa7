//! `experiment power`: what a test can show, before it is sent.

use crate::error::{Error, Result};
use crate::pipeline::TestPower;
use crate::reports::{Cell, Column, Table, number};
use crate::segments::reach::Reach;
use crate::workspace::SegmentTestSettings;

use super::args::{ExperimentPowerArgs, Format, Global};
use super::printer::Printer;
use super::{Verdict, source};

pub fn run(args: &ExperimentPowerArgs, global: &Global, printer: &Printer) -> Result<Verdict> {
    let power = source::reading(global, printer, |workspace, pipeline| {
        pipeline.test_power(&wanted(args, &workspace.settings().segments.test)?)
    })?;
    match printer.format {
        Format::Json => printer.json(&power)?,
        Format::Csv => printer.table(&table(&power))?,
        Format::Text => {
            printer.table(&table(&power))?;
            printer.line(&format!("\n{}", explanation(&power)))?;
        }
    }
    Ok(Verdict::Fine)
}

/// The settings' test, with what was typed instead.
fn wanted(args: &ExperimentPowerArgs, test: &SegmentTestSettings) -> Result<SegmentTestSettings> {
    let relative_lift = args.lift.unwrap_or(test.relative_lift);
    if !(relative_lift > 0.0 && relative_lift.is_finite()) {
        return Err(Error::settings("--lift is no rise to be looked for")
            .with_value(relative_lift.to_string())
            .hint("write --lift 0.1 for a tenth more"));
    }
    Ok(SegmentTestSettings {
        relative_lift,
        power: args.power.unwrap_or(test.power),
        alpha: args.alpha.unwrap_or(test.alpha),
        ..*test
    })
}

fn table(power: &TestPower) -> Table {
    let overall = row("", "Everybody", &power.overall, None);
    let segments = power.segments.iter();
    let segments = segments.map(|s| row(&s.id, &s.name, &s.alone, Some(&s.together)));
    let numbers = [
        "Mailed", "Mails", "Rate", "Smallest lift in one send", "Sends needed",
        "Smallest lift, all segments read", "Sends needed, all segments read",
    ];
    Table {
        name: "power".to_owned(),
        caption: format!("What a send in two arms can show, as of {}", power.as_of),
        columns: ["Id", "Segment"]
            .map(Column::text)
            .into_iter()
            .chain(numbers.map(Column::number))
            .collect(),
        rows: std::iter::once(overall).chain(segments).collect(),
    }
}

fn row(id: &str, name: &str, alone: &Reach, together: Option<&Reach>) -> Vec<Cell> {
    let mut row = vec![
        Cell::Id(id.to_owned()),
        Cell::text(name),
        Cell::Count(alone.audience as u64),
        Cell::Count(alone.mails),
        alone.baseline.map_or(Cell::missing("no mails in 90 days"), |value| Cell::Percent {
            value,
            decimals: 2,
        }),
        lift(alone),
        sends(alone),
    ];
    match together {
        Some(together) => row.extend([lift(together), sends(together)]),
        None => row.extend(["a single test", "a single test"].map(Cell::missing)),
    }
    row
}

fn lift(reach: &Reach) -> Cell {
    match reach.smallest_relative_lift {
        Some(value) => Cell::Percent { value, decimals: 1 },
        None => Cell::missing("no lift is found, however large"),
    }
}

fn sends(reach: &Reach) -> Cell {
    reach.sends_needed.map_or(Cell::missing("the lift is never found"), Cell::Count)
}

fn explanation(power: &TestPower) -> String {
    let overall = &power.overall;
    format!(
        "The rate is that of a {} per mail of the last 90 days; half of those mailed are in each arm. Found \
         means: with a chance of {} at alpha {} two-sided, in the right direction. Sends needed are those \
         for a lift of {}. Reading all {} segments as one family holds each to alpha {:.4}.",
        overall.metric,
        number::percent(overall.power, 0),
        power.alpha,
        number::percent(overall.wanted_relative_lift, 0),
        power.segments.len(),
        power.alpha_together,
    )
}
