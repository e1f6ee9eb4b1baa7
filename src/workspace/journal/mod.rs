//! What ran, and what is to be delivered: a SQLite file in the workspace.
//!
//! - [`Journal`]: the open file.
//! - [`run`]: runs of scheduled jobs, one row an occurrence.
//! - [`outbox`]: messages that wait, were delivered, or were given up.
//! - `schema`: tables, and their migrations.
//!
//! It is another file than the registry of segments: people's decisions do not share the fate of a file that is
//! written every few minutes. Times are given by the caller and kept to the second.

mod open;
pub mod outbox;
pub mod run;
mod schema;

pub use open::Journal;
pub use outbox::{Counts, MessageKind, MessageState, NewMessage, Queued};
pub use run::{Ending, RunOutcome, RunRecord, RunSums};
