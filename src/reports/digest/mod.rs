//! The digest: what changed since the last one, in plain sentences first, then the pictures and tables.
//!
//! - [`DigestFacts`]: everything that a digest says, as finished numbers.
//! - [`sentences`]: what changed, the most important first.
//! - [`segments`], [`drift`], [`outlook`], [`experiments`], [`operations`]: the sections.
//! - [`index`]: the page over all digests.

mod document;
mod drift;
mod experiments;
mod facts;
mod index;
mod operations;
mod outlook;
pub mod segments;
mod sentences;

pub use document::document;
pub use facts::{
    CalibrationFacts, DigestFacts, ExperimentFacts, ExperimentStanding, HygieneFacts, HygieneItem,
    OutlookFacts, SizesOn,
};
pub use index::{IndexEntry, index};
pub use sentences::sentences;
