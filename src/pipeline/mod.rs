//! Which steps are out of date, and running them in order.
//!
//! A step's manifest names everything that its artefact depends on: settings, seed, as-of, and the
//! manifests of the steps before it. A step whose manifest is already on disk has nothing to do.

mod assign;
mod check;
pub mod digest;
mod experiment;
mod features;
mod leads;
mod lifecycle;
mod page;
mod predict;
mod readouts;
pub mod refresh;
mod run;
pub mod segments;
mod standing_file;
mod test_power;

pub use assign::{AssignQuestion, Assigned, Audience};
pub use experiment::ExperimentResult;
pub use features::Spent;
pub use leads::LeadQuestion;
pub use predict::{Prediction, PredictionModels, Scored, read_models};
pub use run::{Options, Outcome, Pipeline, Step};
pub use segments::Segments;
pub use test_power::{SegmentPower, TestPower};

/// Code of ISO 4217 for "no currency": counts without money.
pub const NO_CURRENCY: &str = "XXX";
