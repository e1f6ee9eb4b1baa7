//! From source files to the lake.
//!
//! Every row ends in exactly one place: accepted, rejected (quarantined with file, line, column,
//! value and rule), repeated, set aside or skipped. The stored tables depend on the rows alone, not
//! on their order, nor on how they are split over files.
//!
//! - [`ingest`] reads, checks and writes; to a lake that is there it adds what is new.
//! - [`ingest_into`] writes a lake elsewhere, for a look.
//! - [`machine`]: which opens and clicks are a machine's; [`address`]: which addresses are at fault.
//! - [`flat`]: the same reading for one order file without a workspace.
//! - [`guess`]: what `init` can tell about a file.

pub mod address;
mod build;
mod cell;
mod columns;
mod delta;
mod events;
pub mod flat;
pub mod guess;
pub mod machine;
mod mapping;
mod money;
mod quarantine;
mod read;
mod report;
mod rows;
mod run;
pub mod source;
mod time;
pub mod words;

pub use money::exponent;
pub use quarantine::{Fault, Quarantine, Rule};
pub use report::{IngestReport, SourceCounts};
pub use run::{Ingested, Plan, ingest, ingest_into, plan};
