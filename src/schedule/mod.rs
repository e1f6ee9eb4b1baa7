//! Running unattended: jobs at their times, and messages until they are delivered.
//!
//! - [`timetable`]: when a job runs, and what becomes of missed runs.
//! - [`Scheduled`]: a job of the settings with its timetable.
//! - [`Supervisor`]: one loop over jobs and messages, against a [`Clock`] and a [`Runner`].
//! - [`outbox`]: from refreshes and digests to delivered messages.
//! - [`Status`]: what ran, what is next, what waits; [`metrics`]: the same as numbers over time.
//!
//! The loop holds no state of its own: what is due, begun, failed and waiting is in the journal, so that a process that
//! is killed at any moment is taken up by the next one where it was.

mod clock;
mod job;
mod lock;
pub mod metrics;
pub mod outbox;
mod runner;
mod status;
mod supervisor;
pub mod timetable;

#[cfg(test)]
mod tests;

pub use clock::{Clock, RehearsalClock};
pub use job::Scheduled;
pub use lock::SchedulerLock;
pub use runner::{Attempt, Runner, Task};
pub use status::{JobStatus, Status};
pub use supervisor::{Stop, Supervisor};
