//! What `[[schedule]]` may say: one job that runs by itself.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// What a job does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Job {
    /// Everything that is out of date, segments proposed anew among it.
    Run,
    /// Accepted segments by the stored models, and the change feed.
    Refresh,
    /// The experiments of the settings.
    Readout,
    /// The full page.
    Report,
    /// What changed since the last digest; refreshes first.
    Digest,
}

/// What to do about runs that were missed while the machine slept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Missed {
    /// One run, for the newest; the others are skipped.
    #[default]
    Latest,
    /// A run for each, the oldest first.
    All,
    /// One run, for the newest, if it is only minutes old; all others are skipped.
    Skip,
}

impl Missed {
    /// All of them, the default first.
    pub const ALL: [Missed; 3] = [Missed::Latest, Missed::All, Missed::Skip];

    /// The name in settings and outputs.
    pub fn name(self) -> &'static str {
        match self {
            Missed::Latest => "latest",
            Missed::All => "all",
            Missed::Skip => "skip",
        }
    }
}

/// One `[[schedule]]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScheduleSettings {
    pub name: String,
    pub job: Job,
    /// Minute, hour, day of the month, month, day of the week: `0 6 * * MON`.
    pub cron: String,
    /// IANA name; the shop's zone if absent.
    #[serde(default)]
    pub timezone: Option<String>,
    #[serde(default)]
    pub missed: Missed,
    /// Minutes after which a run is stopped.
    #[serde(default = "default_time_limit")]
    pub time_limit_minutes: u32,
    /// Further attempts after a failure.
    #[serde(default = "default_retries")]
    pub retries: u32,
    /// Minutes before the first of them; each wait is twice the one before.
    #[serde(default = "default_retry_minutes")]
    pub retry_minutes: u32,
}

/// Long enough for a first run over years of history, short enough to be noticed the same morning.
fn default_time_limit() -> u32 {
    120
}

fn default_retries() -> u32 {
    2
}

fn default_retry_minutes() -> u32 {
    5
}

impl Job {
    pub fn word(self) -> &'static str {
        match self {
            Job::Run => "run",
            Job::Refresh => "refresh",
            Job::Readout => "readout",
            Job::Report => "report",
            Job::Digest => "digest",
        }
    }
}

/// Checks what can be checked without a calendar; the timetable itself is of another module.
pub(super) fn check(jobs: &[ScheduleSettings]) -> Result<()> {
    let mut names = BTreeSet::new();
    for job in jobs {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "_-".contains(c);
        if job.name.is_empty() || job.name.len() > 64 || !job.name.chars().all(is_plain) {
            return Err(Error::settings(
                "the name of a [[schedule]] has letters, digits, _ and - only",
            )
            .with_value(&job.name)
            .hint("64 characters at most"));
        }
        if !names.insert(&job.name) {
            return Err(Error::settings(format!("two [[schedule]] are called `{}`", job.name))
                .hint("the history of runs goes by name; give each its own"));
        }
        if job.time_limit_minutes == 0 || job.retry_minutes == 0 {
            return Err(Error::settings(format!(
                "time_limit_minutes and retry_minutes of `{}` must be 1 or more",
                job.name
            ))
            .hint("write retries = 0 if nothing is to be tried again"));
        }
    }
    Ok(())
}
