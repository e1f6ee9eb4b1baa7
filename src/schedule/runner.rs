//! Doing a job once.

use jiff::SignedDuration;

use crate::workspace::Job;
use crate::workspace::journal::RunOutcome;

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    pub job: Job,
    /// The midnight before the occurrence, in the shop's zone: whole days are counted.
    pub as_of: String,
    pub time_limit: SignedDuration,
}

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Attempt {
    Ended {
        outcome: RunOutcome,
        /// What went wrong, or what there is to know.
        message: Option<String>,
        accepted_rows: Option<u64>,
        rejected_rows: Option<u64>,
    },
    /// The scheduler was asked to stop, and the attempt was taken back.
    Stopped,
}

/// Does jobs, one at a time.
pub trait Runner {
    fn run(&self, task: &Task) -> Attempt;
}
