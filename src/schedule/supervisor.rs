//! One loop over jobs and messages.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::time::Instant;

use jiff::{Timestamp, Unit};

use crate::error::Result;
use crate::workspace::journal::{Ending, Journal, RunOutcome, RunRecord};
use crate::workspace::{AsOf, Job, ScheduleSettings, Workspace};

use super::clock::Clock;
use super::job::Scheduled;
use super::outbox::Outbox;
use super::runner::{Attempt, Runner, Task};
use super::timetable::{Due, Progress, due};

/// A run whose process was killed so often is given up: it may be what kills it.
const MOST_INTERRUPTIONS: u64 = 25;

/// Asks whether to stop.
pub type Stop<'a> = &'a dyn Fn() -> bool;

/// Looks after the jobs of a workspace. Call it only while holding the scheduler's lock.
pub struct Supervisor<'a> {
    pub workspace: &'a Workspace,
    pub jobs: &'a [Scheduled],
    pub clock: &'a dyn Clock,
    pub runner: &'a dyn Runner,
    pub outbox: &'a Outbox<'a>,
    pub stop: Stop<'a>,
    /// Told after every step, for whoever watches.
    pub after: &'a dyn Fn(&Journal),
    /// Whether it was told that the clock was set back; to begin with, it was not.
    pub is_told: Cell<bool>,
}

impl Supervisor<'_> {
    /// Runs until asked to stop, or until the clock ends.
    ///
    /// # Errors
    ///
    /// A data error if the journal cannot be read or written; a job or a delivery that fails is recorded, and no error.
    pub fn run(&self, journal: &mut Journal) -> Result<()> {
        for job in self.jobs {
            journal.scheduled_since(job.name(), self.clock.now())?;
        }
        while !(self.stop)() {
            let now = self.clock.now();
            // Before any job, so that a delivery begins with what the next job makes.
            self.outbox.deliver(journal, now)?;
            (self.after)(journal);
            self.take_up(journal, now)?;
            if let Some((job, run)) = self.next_run(journal, now)? {
                self.attempt(journal, job, &run)?;
                continue;
            }
            let Some(next) = self.next_moment(journal, now)? else {
                tracing::info!("nothing is scheduled any more");
                break;
            };
            if !self.clock.wait_until(next) {
                break;
            }
        }
        Ok(())
    }

    /// Runs one job once, now, whatever its timetable says; what is recorded of it. A failure is not tried again.
    ///
    /// # Errors
    ///
    /// As [`Supervisor::run`].
    pub fn once(&self, journal: &mut Journal, job: &Scheduled) -> Result<Option<RunRecord>> {
        let now = self.clock.now();
        self.outbox.deliver(journal, now)?;
        let job = Scheduled {
            settings: ScheduleSettings { retries: 0, ..job.settings.clone() },
            timetable: job.timetable.clone(),
        };
        let due_at = now.round(Unit::Second).unwrap_or(now);
        journal.scheduled_since(job.name(), now)?;
        for left in journal.unfinished()?.into_iter().filter(|run| run.job == job.name()) {
            // What went wrong stays on record.
            let interrupted = || "it was interrupted, and a later run took its place".to_owned();
            let message = Some(left.message.unwrap_or_else(interrupted));
            journal.end(job.name(), left.due_at, now, &ended(RunOutcome::Failed, 0, message))?;
        }
        let settled = journal.settled(job.name())?;
        journal.take_up(job.name(), &[due_at], &[], settled, now)?;
        if let Some(run) = journal.run(job.name(), due_at)? {
            self.attempt(journal, &job, &run)?;
        }
        self.outbox.deliver(journal, self.clock.now())?;
        (self.after)(journal);
        journal.run(job.name(), due_at)
    }

    /// Records what is due by now, and what was missed.
    fn take_up(&self, journal: &mut Journal, now: Timestamp) -> Result<()> {
        for job in self.jobs {
            let started = journal.scheduled_since(job.name(), now)?;
            let progress = Progress { started, last: journal.settled(job.name())? };
            // What was only skipped is not done: a clock that was in a wrong future skipped what is yet to come.
            let begun = journal.begun(job.name())?;
            let is_done = |at: Timestamp| begun.contains(&at);
            let found = due(&job.timetable, progress, now, job.settings.missed, is_done);
            self.tell(job, &found);
            if found.run.is_empty() && found.skipped.is_empty() && found.last == progress.last {
                continue;
            }
            let listed = found.skipped.all().map(<[Timestamp]>::to_vec).unwrap_or_else(|| {
                [found.skipped.first(), found.skipped.last()].into_iter().flatten().collect()
            });
            journal.take_up(job.name(), &found.run, &listed, found.last, now)?;
        }
        Ok(())
    }

    fn tell(&self, job: &Scheduled, found: &Due) {
        if found.clock_set_back && !self.is_told.replace(true) {
            tracing::warn!(job = job.name(), "the clock was set back; nothing is run twice");
        }
        if !found.clock_set_back {
            self.is_told.set(false);
        }
        if let (Some(first), Some(last)) = (found.skipped.first(), found.skipped.last()) {
            let skipped = found.skipped.count();
            tracing::warn!(job = job.name(), skipped, %first, %last, "runs were missed and are skipped");
        }
    }

    /// The oldest occurrence that is to be attempted now; of several at one moment the first in the settings.
    fn next_run(
        &self,
        journal: &Journal,
        now: Timestamp,
    ) -> Result<Option<(&Scheduled, RunRecord)>> {
        let order = |name: &str| self.jobs.iter().position(|job| job.name() == name);
        // Refreshes go forward: a later occurrence waits behind an earlier one that is to be tried again.
        let mut held = BTreeSet::new();
        let ready = journal.unfinished()?.into_iter().filter_map(|run| {
            let place = order(&run.job)?;
            let line = match self.jobs[place].settings.job {
                Job::Refresh | Job::Digest => None,
                _ => Some(place),
            };
            if held.contains(&line) {
                return None;
            }
            if run.retry_at.is_some_and(|at| at > now) {
                held.insert(line);
                return None;
            }
            Some((run.due_at, place, run))
        });
        let first = ready.min_by_key(|(due_at, place, _)| (*due_at, *place));
        Ok(first.map(|(_, place, run)| (&self.jobs[place], run)))
    }

    fn attempt(&self, journal: &mut Journal, job: &Scheduled, run: &RunRecord) -> Result<()> {
        let (name, due_at) = (job.name(), run.due_at);
        let was_killed = run.outcome == RunOutcome::Running;
        if was_killed && run.interruptions + 1 > MOST_INTERRUPTIONS {
            let message = format!("its process was killed {} times", run.interruptions + 1);
            tracing::error!(job = name, %due_at, "given up: {message}");
            let ending = ended(RunOutcome::Failed, 0, Some(message));
            return journal.end(name, due_at, self.clock.now(), &ending);
        }
        journal.begin(name, due_at, self.clock.now())?;
        let (job_kind, time_limit) = (job.settings.job, job.time_limit());
        let task = Task { job: job_kind, as_of: self.as_of(due_at)?, time_limit };
        tracing::info!(job = name, %due_at, as_of = task.as_of, attempt = run.attempts + 1, "begun");
        let began = Instant::now();
        let attempt = self.runner.run(&task);
        let took_ms = began.elapsed().as_millis() as u64;
        let Attempt::Ended { outcome, message, accepted_rows, rejected_rows } = attempt else {
            tracing::info!(job = name, %due_at, "stopped; it is begun anew at the next start");
            return Ok(());
        };
        // A digest may tell it, wherever the workspace is.
        let root = format!("{}/", self.workspace.root().display());
        let message = message.map(|message| message.replace(&root, ""));
        let now = self.clock.now();
        let retry_at =
            if outcome.is_failure() { job.retry_at(run.attempts + 1, now) } else { None };
        match (&message, outcome.is_failure()) {
            (Some(message), true) => {
                let again = retry_at.map(|at| at.to_string());
                tracing::error!(job = name, %due_at, took_ms, again, outcome = outcome.word(), "{message}");
            }
            _ => tracing::info!(job = name, %due_at, took_ms, outcome = outcome.word(), "ended"),
        }
        let ending = Ending { outcome, took_ms, message, accepted_rows, rejected_rows, retry_at };
        journal.end(name, due_at, now, &ending)
    }

    /// The midnight before an occurrence in the shop's zone.
    fn as_of(&self, due_at: Timestamp) -> Result<String> {
        let zone = self.workspace.zone();
        let date = due_at.to_zoned(zone.clone()).date();
        Ok(AsOf::start_of(date, zone)?.to_string())
    }

    /// The next moment at which there is anything to do.
    fn next_moment(&self, journal: &Journal, now: Timestamp) -> Result<Option<Timestamp>> {
        let mut next = journal.next_attempt()?;
        let mut earlier = |at: Option<Timestamp>| {
            next = match (next, at) {
                (Some(known), Some(at)) => Some(known.min(at)),
                (known, at) => known.or(at),
            };
        };
        for job in self.jobs {
            earlier(job.timetable.next_after(now));
        }
        for run in journal.unfinished()? {
            if self.jobs.iter().any(|job| job.name() == run.job) {
                earlier(run.retry_at);
            }
        }
        Ok(next)
    }
}

fn ended(outcome: RunOutcome, took_ms: u64, message: Option<String>) -> Ending {
    Ending { outcome, took_ms, message, accepted_rows: None, rejected_rows: None, retry_at: None }
}
