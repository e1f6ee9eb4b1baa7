//! `experiment assign`: the arms of an experiment, before it is sent.

use crate::error::Result;
use crate::experiments::assignment::Draw;
use crate::pipeline::{AssignQuestion, Assigned};
use crate::reports::number::{count, p_value};

use super::args::{Format, Global};
use super::experiment_assign_args::ExperimentAssignArgs;
use super::printer::Printer;
use super::{Verdict, experiment_assign_tables as tables, source};

pub fn run(args: &ExperimentAssignArgs, global: &Global, printer: &Printer) -> Result<Verdict> {
    let question = AssignQuestion {
        id: args.id.clone(),
        audience: args.audience.clone(),
        out: args.out.clone(),
        exclude: args.exclude.clone(),
        draw: if args.balance { Draw::Balanced } else { Draw::Hash },
        is_dry: args.dry_run,
    };
    let assigned = match question.is_dry {
        true => source::reading(global, printer, |_, pipeline| pipeline.assign(&question))?,
        false => source::writing(global, printer, |_, pipeline| pipeline.assign(&question))?,
    };
    say(&assigned, printer);
    show(&assigned, printer)?;
    Ok(Verdict::Fine)
}

/// What a reader must know beside the numbers.
fn say(assigned: &Assigned, printer: &Printer) {
    let audience = &assigned.audience;
    printer.say(&format!(
        "{}: {} contacts, {} without consent, {} excluded; {} keep their arm, {} are new",
        audience.name,
        count(audience.contacts as u64),
        count(audience.without_consent as u64),
        count(audience.excluded as u64),
        count(assigned.kept as u64),
        count(assigned.drawn as u64),
    ));
    if !audience.is_consent_known {
        printer.warn("no contact has a word on consent, and nobody ever left: all may be mailed");
    }
    if let Some(otherwise @ 1..) = assigned.otherwise_now {
        printer.warn(&format!(
            "{} of {} contacts of the earlier file would be drawn otherwise now: shares, holdout or salt have \
             changed. They keep their arms, and only contacts that are new are drawn by what holds now",
            count(otherwise as u64),
            count(assigned.kept as u64),
        ));
    }
    if !assigned.gone.is_empty() {
        let gone = assigned.gone.join(", ");
        printer.warn(&format!("the earlier file has contacts in {gone}, which is no arm any more"));
    }
    for (of, check) in assigned.balance.alarms() {
        printer.warn(&format!(
            "{of}: the sizes are not those of the planned shares ({}); a readout will not trust the split",
            p_value(check.p)
        ));
    }
    if !assigned.was_registered && assigned.kept > 0 {
        printer.warn("contacts were assigned before this experiment was registered");
    }
    if assigned.is_dry {
        printer.say("nothing was written");
    }
}

fn show(assigned: &Assigned, printer: &Printer) -> Result<()> {
    match printer.format {
        Format::Json => printer.json(assigned),
        Format::Csv => printer.table(&tables::arms(assigned)),
        Format::Text => {
            printer.table(&tables::arms(assigned))?;
            printer.line("")?;
            printer.table(&tables::reach(assigned))?;
            if assigned.is_dry {
                return Ok(());
            }
            printer.line(&format!("\nassignments: {}", assigned.path.display()))?;
            printer.line(&format!("registration: {}", assigned.registration.display()))?;
            match &assigned.source_toml {
                None => Ok(()),
                Some(toml) => printer.line(&format!(
                    "\nFor microseg.toml, with sent_at too once the platform has put send times into a file:\n\n{}",
                    toml.trim_end()
                )),
            }
        }
    }
}
