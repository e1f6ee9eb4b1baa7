//! Runs of scheduled jobs.

use std::collections::BTreeSet;

use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row, params};
use serde::Serialize;

use crate::error::Result;

use super::Journal;
use super::open::{maybe_moment, moment, text, unreadable, whole};

/// How an occurrence of a job ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RunOutcome {
    /// Due, and not begun.
    Waiting,
    /// Begun and not ended: it runs now, or its process was killed.
    Running,
    Done,
    /// It ran to its end, and a check of it said no.
    CheckSaidNo,
    Failed,
    TimedOut,
    /// Missed, and not to be made up for.
    Skipped,
}

/// What is recorded when an attempt ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ending {
    pub outcome: RunOutcome,
    pub took_ms: u64,
    /// What went wrong, or what there is to know.
    pub message: Option<String>,
    pub accepted_rows: Option<u64>,
    pub rejected_rows: Option<u64>,
    /// After a failure: when it is tried again; `None` if it is not.
    pub retry_at: Option<Timestamp>,
}

/// One occurrence of a job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RunRecord {
    pub job: String,
    pub due_at: Timestamp,
    pub started_at: Timestamp,
    pub ended_at: Option<Timestamp>,
    pub outcome: RunOutcome,
    /// Attempts that ended.
    pub attempts: u64,
    /// Attempts whose process was killed or stopped.
    pub interruptions: u64,
    pub took_ms: Option<u64>,
    pub message: Option<String>,
    pub accepted_rows: Option<u64>,
    pub rejected_rows: Option<u64>,
    /// After a failure: when it is tried again.
    pub retry_at: Option<Timestamp>,
}

/// Runs of a job with one outcome, added up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RunSums {
    pub job: String,
    pub outcome: &'static str,
    pub runs: u64,
    pub took_ms: u64,
    pub last_took_ms: Option<u64>,
    pub last_ended_at: Option<Timestamp>,
}

impl RunOutcome {
    const ALL: [RunOutcome; 7] = [
        RunOutcome::Waiting,
        RunOutcome::Running,
        RunOutcome::Done,
        RunOutcome::CheckSaidNo,
        RunOutcome::Failed,
        RunOutcome::TimedOut,
        RunOutcome::Skipped,
    ];

    pub fn word(self) -> &'static str {
        match self {
            RunOutcome::Waiting => "waiting",
            RunOutcome::Running => "running",
            RunOutcome::Done => "done",
            RunOutcome::CheckSaidNo => "check_said_no",
            RunOutcome::Failed => "failed",
            RunOutcome::TimedOut => "timed_out",
            RunOutcome::Skipped => "skipped",
        }
    }

    /// Whether trying again may help.
    pub fn is_failure(self) -> bool {
        matches!(self, RunOutcome::Failed | RunOutcome::TimedOut)
    }
}

const COLUMNS: &str = "job, due_at, started_at, ended_at, outcome, attempts, interruptions, took_ms, \
                       message, accepted_rows, rejected_rows, retry_at";

fn outcome(row: &Row<'_>, column: usize) -> rusqlite::Result<RunOutcome> {
    let word: String = row.get(column)?;
    let known = RunOutcome::ALL.into_iter().find(|outcome| outcome.word() == word);
    known.ok_or_else(|| unreadable(column))
}

fn record(row: &Row<'_>) -> rusqlite::Result<RunRecord> {
    let count = |column| row.get::<_, Option<i64>>(column).map(|n| n.map(i64::unsigned_abs));
    Ok(RunRecord {
        job: row.get(0)?,
        due_at: moment(row, 1)?,
        started_at: moment(row, 2)?,
        ended_at: maybe_moment(row, 3)?,
        outcome: outcome(row, 4)?,
        attempts: count(5)?.unwrap_or(0),
        interruptions: count(6)?.unwrap_or(0),
        took_ms: count(7)?,
        message: row.get(8)?,
        accepted_rows: count(9)?,
        rejected_rows: count(10)?,
        retry_at: maybe_moment(row, 11)?,
    })
}

impl Journal {
    /// Since when a job is scheduled: `now`, the first time it is asked for.
    pub fn scheduled_since(&mut self, job: &str, now: Timestamp) -> Result<Timestamp> {
        self.database.written(|step| {
            let sql = "INSERT OR IGNORE INTO jobs VALUES (?1, ?2, NULL)";
            step.execute(sql, params![job, text(now)])?;
            let sql = "SELECT since FROM jobs WHERE job = ?1";
            step.query_row(sql, params![job], |row| moment(row, 0))
        })
    }

    /// Up to when the occurrences of a job are settled: begun or skipped.
    pub fn settled(&self, job: &str) -> Result<Option<Timestamp>> {
        let sql = "SELECT settled_at FROM jobs WHERE job = ?1";
        let at = self.database.answered(|connection| {
            connection.query_row(sql, params![job], |row| maybe_moment(row, 0)).optional()
        })?;
        Ok(at.flatten())
    }

    /// Records new occurrences of a job, all or none: those to run, as waiting to be begun, those that were missed, and
    /// up to when all are settled.
    pub fn take_up(
        &mut self,
        job: &str,
        due: &[Timestamp],
        missed: &[Timestamp],
        settled: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<()> {
        self.database.written(|step| {
            let insert = "INSERT OR IGNORE INTO runs (job, due_at, started_at, ended_at, outcome, attempts, \
                          interruptions) VALUES (?1, ?2, ?3, ?4, ?5, 0, 0)";
            let wait = format!("{} ON CONFLICT (job, due_at) DO UPDATE SET outcome = 'waiting', \
                                ended_at = NULL WHERE outcome = 'skipped'", insert.replace(" OR IGNORE", ""));
            for due in due {
                let at = text(now);
                step.execute(&wait, params![job, text(*due), at, None::<String>, "waiting"])?;
            }
            for due in missed {
                let at = text(now);
                step.execute(insert, params![job, text(*due), at, at, "skipped"])?;
            }
            let sql = "UPDATE jobs SET settled_at = ?2 WHERE job = ?1";
            step.execute(sql, params![job, settled.map(text)]).map(drop)
        })
    }

    /// The run of one occurrence, if there was any.
    pub fn run(&self, job: &str, due_at: Timestamp) -> Result<Option<RunRecord>> {
        let sql = format!("SELECT {COLUMNS} FROM runs WHERE job = ?1 AND due_at = ?2");
        self.database.answered(|connection| {
            connection.query_row(&sql, params![job, text(due_at)], record).optional()
        })
    }

    /// Occurrences that wait to be begun or were begun and not ended, and failures that may be tried again, the oldest
    /// first.
    pub fn unfinished(&self) -> Result<Vec<RunRecord>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM runs WHERE outcome IN ('waiting', 'running') OR \
             (outcome IN ('failed', 'timed_out') AND retry_at IS NOT NULL) ORDER BY due_at, job"
        );
        self.database.answered(|connection| {
            let mut statement = connection.prepare(&sql)?;
            statement.query_map([], record)?.collect()
        })
    }

    /// Occurrences of a job that were begun, or wait to be.
    pub fn begun(&self, job: &str) -> Result<BTreeSet<Timestamp>> {
        let sql = "SELECT due_at FROM runs WHERE job = ?1 AND outcome <> 'skipped'";
        self.database.answered(|connection| {
            let mut statement = connection.prepare(sql)?;
            statement.query_map(params![job], |row| moment(row, 0))?.collect()
        })
    }

    /// The latest moment that anything here was recorded at.
    pub fn latest_moment(&self) -> Result<Option<Timestamp>> {
        let sql = "SELECT max(at) FROM (SELECT max(started_at) AS at FROM runs UNION ALL \
                   SELECT max(ended_at) FROM runs UNION ALL SELECT max(created_at) FROM outbox \
                   UNION ALL SELECT max(settled_at) FROM outbox)";
        self.database
            .answered(|connection| connection.query_row(sql, [], |row| maybe_moment(row, 0)))
    }

    /// The last run of a job that was not skipped.
    pub fn last_run(&self, job: &str) -> Result<Option<RunRecord>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM runs WHERE job = ?1 AND outcome <> 'skipped' \
             ORDER BY due_at DESC LIMIT 1"
        );
        self.database
            .answered(|connection| connection.query_row(&sql, params![job], record).optional())
    }

    /// Runs added up by job and outcome.
    pub fn run_sums(&self) -> Result<Vec<RunSums>> {
        // SQLite takes bare columns beside max() from the row that holds the maximum.
        let sql = "SELECT job, outcome, count(*), coalesce(sum(took_ms), 0), took_ms, max(ended_at) \
                   FROM runs GROUP BY job, outcome ORDER BY job, outcome";
        self.database.answered(|connection| {
            let mut statement = connection.prepare(sql)?;
            let sums = statement.query_map([], |row| {
                let outcome = outcome(row, 1)?;
                Ok(RunSums {
                    job: row.get(0)?,
                    outcome: outcome.word(),
                    runs: row.get::<_, i64>(2)?.unsigned_abs(),
                    took_ms: row.get::<_, i64>(3)?.unsigned_abs(),
                    last_took_ms: row.get::<_, Option<i64>>(4)?.map(i64::unsigned_abs),
                    last_ended_at: maybe_moment(row, 5)?,
                })
            });
            sums?.collect()
        })
    }

    /// Runs, the newest first.
    pub fn runs(&self, most: usize) -> Result<Vec<RunRecord>> {
        let sql = format!("SELECT {COLUMNS} FROM runs ORDER BY due_at DESC, job LIMIT ?1");
        self.database.answered(|connection| {
            let mut statement = connection.prepare(&sql)?;
            statement.query_map(params![whole(most as u64)], record)?.collect()
        })
    }

    /// Runs that ended in failure after `since`, up to `until`, and are not tried again, the oldest first.
    pub fn failures(&self, since: Option<Timestamp>, until: Timestamp) -> Result<Vec<RunRecord>> {
        let sql = format!(
            "SELECT {COLUMNS} FROM runs WHERE outcome IN ('failed', 'timed_out') AND ended_at > ?1 \
             AND ended_at <= ?2 AND retry_at IS NULL ORDER BY due_at, job"
        );
        let since = since.map_or_else(String::new, text);
        self.database.answered(|connection| {
            let mut statement = connection.prepare(&sql)?;
            statement.query_map(params![since, text(until)], record)?.collect()
        })
    }

    /// Begins an attempt. One that was begun before and never ended was interrupted, and is counted so.
    pub fn begin(&mut self, job: &str, due_at: Timestamp, now: Timestamp) -> Result<()> {
        self.database.written(|step| {
            step.execute(
                "INSERT INTO runs (job, due_at, started_at, outcome, attempts, interruptions) \
                 VALUES (?1, ?2, ?3, 'running', 0, 0) \
                 ON CONFLICT (job, due_at) DO UPDATE SET \
                 interruptions = interruptions + (outcome = 'running'), \
                 outcome = 'running', started_at = excluded.started_at, ended_at = NULL, \
                 retry_at = NULL",
                params![job, text(due_at), text(now)],
            )
            .map(drop)
        })
    }

    /// Ends the attempt that runs.
    pub fn end(
        &mut self,
        job: &str,
        due_at: Timestamp,
        now: Timestamp,
        ending: &Ending,
    ) -> Result<()> {
        let Ending { outcome, took_ms, message, accepted_rows, rejected_rows, retry_at } = ending;
        let (accepted, rejected) = (accepted_rows.map(whole), rejected_rows.map(whole));
        self.database.written(|step| {
            step.execute(
                "UPDATE runs SET outcome = ?3, ended_at = ?4, took_ms = ?5, message = ?6, \
                 accepted_rows = ?7, rejected_rows = ?8, retry_at = ?9, attempts = attempts + 1 \
                 WHERE job = ?1 AND due_at = ?2",
                params![
                    job,
                    text(due_at),
                    outcome.word(),
                    text(now),
                    whole(*took_ms),
                    message,
                    accepted,
                    rejected,
                    retry_at.map(text)
                ],
            )
            .map(drop)
        })
    }
}
