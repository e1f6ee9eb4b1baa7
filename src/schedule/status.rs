//! What ran, what is next, and what waits.

use jiff::Timestamp;
use serde::Serialize;

use crate::error::Result;
use crate::workspace::journal::{Counts, Journal, MessageState, Queued, RunRecord};

use super::job::Scheduled;

/// One job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JobStatus {
    pub name: String,
    pub job: &'static str,
    pub cron: String,
    pub timezone: String,
    /// Its next occurrence.
    pub next_at: Option<Timestamp>,
    /// Its last run that was not skipped.
    pub last: Option<RunRecord>,
}

/// All of it at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Status {
    pub now: Timestamp,
    /// Whether a scheduler looks after the workspace, and which process that is.
    pub scheduler: Option<String>,
    pub jobs: Vec<JobStatus>,
    /// The newest first.
    pub runs: Vec<RunRecord>,
    pub messages: Counts,
    /// Messages whose last attempt failed, or that were given up.
    pub undelivered: Vec<Queued>,
}

impl Status {
    /// Reads the journal; `most` is the number of past runs.
    ///
    /// # Errors
    ///
    /// A data error if the journal cannot be read.
    pub fn read(
        jobs: &[Scheduled],
        journal: &Journal,
        now: Timestamp,
        scheduler: Option<String>,
        most: usize,
    ) -> Result<Self> {
        let of_job = |job: &Scheduled| {
            Ok(JobStatus {
                name: job.name().to_owned(),
                job: job.settings.job.word(),
                cron: job.timetable.cron().to_owned(),
                timezone: job.timetable.zone_name().to_owned(),
                next_at: job.timetable.next_after(now),
                last: journal.last_run(job.name())?,
            })
        };
        let waiting = journal.messages(MessageState::Waiting)?;
        let failing = waiting.into_iter().filter(|message| message.attempts > 0);
        Ok(Status {
            now,
            scheduler,
            jobs: jobs.iter().map(of_job).collect::<Result<_>>()?,
            runs: journal.runs(most)?,
            messages: journal.counts()?,
            undelivered: failing.chain(journal.messages(MessageState::Dead)?).collect(),
        })
    }

    /// Whether something needs a person: a job whose last run failed for good, or a message that was given up.
    pub fn needs_attention(&self) -> bool {
        let has_failed = |job: &JobStatus| {
            job.last.as_ref().is_some_and(|run| run.outcome.is_failure() && run.retry_at.is_none())
        };
        self.messages.dead > 0 || self.jobs.iter().any(has_failed)
    }
}
