//! `schedule`: jobs at their times, in the foreground; one of them now; what ran; a rehearsal.

mod child;
mod metrics_page;
pub mod schedule_args;
mod signals;
mod status;
mod system_clock;

use std::cell::Cell;

use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use crate::error::{Error, Kind, Result};
use crate::schedule::outbox::Outbox;
use crate::schedule::{Clock, RehearsalClock, Scheduled, SchedulerLock, Supervisor};
use crate::workspace::journal::{Journal, RunOutcome};
use crate::workspace::{AsOf, SETTINGS_FILE, Workspace};

use super::args::Global;
use super::printer::Printer;
use super::{Verdict, log};

use child::ChildRunner;
use metrics_page::MetricsPage;
use schedule_args::{OnceArgs, RehearseArgs, ScheduleArgs, ScheduleCommand};
use signals::Signals;
use system_clock::SystemClock;

/// The value of a variable of the environment.
pub fn secret(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

pub fn run(args: &ScheduleArgs, global: &Global, printer: &Printer) -> Result<Verdict> {
    let workspace = Workspace::open(&global.workspace)?;
    let jobs = Scheduled::all(&workspace)?;
    if let Some(ScheduleCommand::Status(status)) = &args.command {
        return status::run(status, &workspace, &jobs, printer);
    }
    if jobs.is_empty() {
        return Err(Error::settings("nothing is scheduled")
            .at_file(&workspace.root().join(SETTINGS_FILE))
            .hint("add a [[schedule]] with name, job and cron"));
    }
    log::begin(args.log_format, global);
    // Before the lock: whoever sees it held may ask to stop.
    let signals = Signals::watch()?;
    let stop = || signals.asked();
    let _lock = SchedulerLock::take(workspace.root())?;
    let mut journal = Journal::open(&workspace.registry_dir())?;
    let page = args.metrics.map(MetricsPage::open).transpose()?;
    let after = |journal: &Journal| {
        if let Some(page) = &page {
            page.renew(journal, &workspace);
        }
    };
    after(&journal);
    let clock = clock(args, &workspace, &journal, &stop)?;
    let runner = ChildRunner { global, stop: &stop };
    let outbox =
        Outbox { workspace: &workspace, secrets: &secret, stop: &stop, real_time: &Timestamp::now };
    let supervisor = Supervisor {
        workspace: &workspace,
        jobs: &jobs,
        clock: clock.as_ref(),
        runner: &runner,
        outbox: &outbox,
        stop: &stop,
        after: &after,
        is_told: Cell::new(false),
    };
    match &args.command {
        Some(ScheduleCommand::Once(once)) => run_once(once, &supervisor, &mut journal, printer),
        _ => {
            supervisor.run(&mut journal)?;
            if stop() {
                tracing::info!("stopped as asked");
            }
            Ok(Verdict::Fine)
        }
    }
}

/// The machine's clock, or one that jumps.
fn clock<'a>(
    args: &ScheduleArgs,
    workspace: &Workspace,
    journal: &Journal,
    stop: &'a dyn Fn() -> bool,
) -> Result<Box<dyn Clock + 'a>> {
    let Some(ScheduleCommand::Rehearse(RehearseArgs { from, until })) = &args.command else {
        return Ok(Box::new(SystemClock { stop }));
    };
    if from >= until {
        return Err(Error::settings("--from must be before --until")
            .hint("the last day that is rehearsed is the one before --until"));
    }
    let moment = |date: Date| -> Result<Timestamp> {
        let us = AsOf::start_of(date, workspace.zone())?.micros();
        Timestamp::from_microsecond(us)
            .map_err(|e| Error::settings("the day is out of range").caused_by(e))
    };
    // Midnight of the first day is part of it, midnight of the day after the last is not.
    let mut start = moment(*from)? - SignedDuration::from_secs(1);
    let end = moment(*until)? - SignedDuration::from_secs(1);
    // A rehearsal that was killed goes on where it was.
    if let Some(latest) = journal.latest_moment()?.filter(|latest| *latest > start) {
        if latest >= end {
            return Err(Error::settings(format!(
                "the jobs of these days were run already: the journal goes up to {latest}"
            ))
            .hint("rehearse in a copy of the workspace without registry/journal.sqlite, or choose later days"));
        }
        tracing::info!(until = %latest, "going on after what has been run already");
        start = latest;
    }
    Ok(Box::new(RehearsalClock::new(start, end)))
}

fn run_once(
    args: &OnceArgs,
    supervisor: &Supervisor<'_>,
    journal: &mut Journal,
    printer: &Printer,
) -> Result<Verdict> {
    let job = supervisor.jobs.iter().find(|job| job.name() == args.name).ok_or_else(|| {
        let names = supervisor.jobs.iter().map(Scheduled::name);
        Error::unknown(Kind::Settings, "job", &args.name, names)
    })?;
    let Some(run) = supervisor.once(journal, job)? else {
        return Err(Error::internal("a run that was begun is not recorded"));
    };
    status::show_run(&run, printer)?;
    match run.outcome {
        RunOutcome::Failed | RunOutcome::TimedOut => {
            let why = run.message.unwrap_or_default();
            Err(Error::data(format!("the job {} failed: {why}", run.job))
                .hint("microseg schedule status shows its past runs"))
        }
        RunOutcome::Running | RunOutcome::Waiting => {
            Err(Error::data(format!("the job {} was stopped before it ended", run.job))
                .hint("run it again: microseg schedule once NAME; nothing is half done"))
        }
        RunOutcome::CheckSaidNo => Ok(Verdict::No),
        _ => Ok(Verdict::Fine),
    }
}
