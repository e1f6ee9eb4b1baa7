//! `schedule status`: what ran, what is next, what waits.

use jiff::Timestamp;

use crate::error::Result;
use crate::reports::{Cell, Column, Table};
use crate::schedule::{JobStatus, Scheduled, SchedulerLock, Status};
use crate::workspace::Workspace;
use crate::workspace::journal::{Journal, RunRecord};

use super::super::args::Format;
use super::super::deliver::undelivered;
use super::super::printer::Printer;
use super::Verdict;
use super::schedule_args::StatusArgs;

/// Exit code 1 if something needs a person.
pub fn run(
    args: &StatusArgs,
    workspace: &Workspace,
    jobs: &[Scheduled],
    printer: &Printer,
) -> Result<Verdict> {
    let journal = Journal::read(&workspace.registry_dir())?;
    let holder = SchedulerLock::holder(workspace.root());
    let status = Status::read(jobs, &journal, Timestamp::now(), holder, args.runs)?;
    match printer.format {
        Format::Json => printer.json(&status)?,
        Format::Csv => printer.table(&runs(&status.runs))?,
        Format::Text => show(&status, printer)?,
    }
    let is_missed = args.alive && status.scheduler.is_none();
    Ok(if status.needs_attention() || is_missed { Verdict::No } else { Verdict::Fine })
}

fn show(status: &Status, printer: &Printer) -> Result<()> {
    printer.line(&match &status.scheduler {
        Some(process) => format!("Looked after by {process}."),
        None => "No scheduler runs.".to_owned(),
    })?;
    printer.line("")?;
    printer.table(&next(&status.jobs))?;
    if !status.runs.is_empty() {
        printer.line("")?;
        printer.table(&runs(&status.runs))?;
    }
    let messages = status.messages;
    printer.line(&format!(
        "\nMessages: {} wait, {} were sent, {} were given up.",
        messages.waiting, messages.sent, messages.dead
    ))?;
    if !status.undelivered.is_empty() {
        printer.table(&undelivered(&status.undelivered))?;
    }
    Ok(())
}

fn next(jobs: &[JobStatus]) -> Table {
    let row = |job: &JobStatus| {
        vec![
            Cell::text(&*job.name),
            Cell::text(job.job),
            Cell::text(format!("{} {}", job.cron, job.timezone)),
            job.next_at
                .map_or_else(|| Cell::missing("never again"), |at| Cell::text(at.to_string())),
            job.last.as_ref().map_or_else(
                || Cell::missing("never ran"),
                |run| Cell::text(format!("{} {}", run.due_at, run.outcome.word())),
            ),
        ]
    };
    Table {
        name: "jobs".to_owned(),
        caption: "Jobs".to_owned(),
        columns: vec![
            Column::text("Name"),
            Column::text("Job"),
            Column::text("When"),
            Column::text("Next"),
            Column::text("Last"),
        ],
        rows: jobs.iter().map(row).collect(),
    }
}

fn runs(runs: &[RunRecord]) -> Table {
    Table {
        name: "runs".to_owned(),
        caption: "Past runs, the newest first".to_owned(),
        columns: vec![
            Column::text("Job"),
            Column::text("Due"),
            Column::text("Outcome"),
            Column::number("Attempts"),
            Column::number("Interrupted"),
            Column::number("Took").unit("s"),
            Column::number("Rows accepted"),
            Column::number("Rows rejected"),
            Column::text("Message"),
        ],
        rows: runs.iter().map(row).collect(),
    }
}

fn row(run: &RunRecord) -> Vec<Cell> {
    let count = |value: Option<u64>| value.map_or_else(|| Cell::missing("not known"), Cell::Count);
    vec![
        Cell::text(&*run.job),
        Cell::text(run.due_at.to_string()),
        Cell::text(run.outcome.word()),
        Cell::Count(run.attempts),
        Cell::Count(run.interruptions),
        run.took_ms.map_or_else(
            || Cell::missing("not ended"),
            |ms| Cell::Number { value: ms as f64 / 1000.0, decimals: 1 },
        ),
        count(run.accepted_rows),
        count(run.rejected_rows),
        Cell::text(run.message.clone().unwrap_or_default()),
    ]
}

/// One run.
pub fn show_run(run: &RunRecord, printer: &Printer) -> Result<()> {
    match printer.format {
        Format::Json => printer.json(run),
        _ => printer.table(&runs(std::slice::from_ref(run))),
    }
}
