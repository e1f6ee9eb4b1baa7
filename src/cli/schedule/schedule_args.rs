//! What can be typed after `schedule`, `deliver` and `job`.

use std::net::SocketAddr;

use clap::{Args, Subcommand, ValueEnum};

use crate::workspace::Job;

use super::super::log::LogFormat;

#[derive(Debug, Args)]
pub struct ScheduleArgs {
    #[command(subcommand)]
    pub command: Option<ScheduleCommand>,
    /// Address at which metrics can be read by Prometheus, such as 127.0.0.1:9464
    #[arg(long, value_name = "ADDRESS")]
    pub metrics: Option<SocketAddr>,
    /// Form of the logs on stderr
    #[arg(long, global = true, value_enum, default_value_t = LogFormat::Text)]
    pub log_format: LogFormat,
}

#[derive(Debug, Subcommand)]
pub enum ScheduleCommand {
    /// Run one job now, for cron or a CronJob
    Once(OnceArgs),
    /// Show past and next runs, and messages that wait
    Status(StatusArgs),
    /// Run what is due between two days, one after another, without waiting; messages are delivered
    ///
    /// What has been run already is not run again: a rehearsal that was stopped goes on where it was.
    Rehearse(RehearseArgs),
}

#[derive(Debug, Args)]
pub struct OnceArgs {
    /// Name of the [[schedule]]
    #[arg(value_name = "NAME")]
    pub name: String,
}

#[derive(Debug, Args)]
pub struct StatusArgs {
    /// Past runs to show
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub runs: usize,
    /// Exit with 1 also if no scheduler runs, for health checks
    #[arg(long)]
    pub alive: bool,
}

#[derive(Debug, Args)]
pub struct RehearseArgs {
    /// First day
    #[arg(long, value_name = "DATE")]
    pub from: jiff::civil::Date,
    /// First day that is no longer part of it
    #[arg(long, value_name = "DATE")]
    pub until: jiff::civil::Date,
}

#[derive(Debug, Args)]
pub struct DeliverArgs {
    /// Try messages again that were given up
    #[arg(long)]
    pub again: bool,
    /// Put messages away that were given up; their files among the dead letters stay
    #[arg(long, conflicts_with = "again")]
    pub discard: bool,
    /// Form of the logs on stderr
    #[arg(long, value_enum, default_value_t = LogFormat::Text)]
    pub log_format: LogFormat,
}

#[derive(Debug, Args)]
pub struct JobArgs {
    #[arg(value_enum)]
    pub job: JobWord,
}

/// The word of a job, as it is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum JobWord {
    Run,
    Refresh,
    Readout,
    Report,
    Digest,
}

impl From<JobWord> for Job {
    fn from(word: JobWord) -> Self {
        match word {
            JobWord::Run => Job::Run,
            JobWord::Refresh => Job::Refresh,
            JobWord::Readout => Job::Readout,
            JobWord::Report => Job::Report,
            JobWord::Digest => Job::Digest,
        }
    }
}
