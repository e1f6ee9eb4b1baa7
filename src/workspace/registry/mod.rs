//! The segments that people have accepted or rejected: a SQLite file in the workspace.
//!
//! - [`Registry`]: opening, and what there is.
//! - [`decision`]: accepting, rejecting and renaming, each of which adds and none of which overwrites.
//! - [`record`]: versions and decisions as they come out.
//! - `schema`: tables, and their migrations.
//!
//! The registry knows nothing of what a definition means: it is a text in JSON, kept as it was given.
//! Times are texts that the caller passes in.

pub mod decision;
mod open;
pub mod record;
mod schema;

pub use decision::{NewVersion, Rejection, Renaming};
pub use open::Registry;
pub use record::{Decision, Entry, History, State, Verdict, Version};
