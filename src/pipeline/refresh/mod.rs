//! Keeping accepted segments current: at a new as-of everybody is scored by the stored models, and what changed is
//! written down. Nothing is fitted.
//!
//! - [`step`]: one refresh, from the lake to its folder.
//! - [`tracking`]: the accepted segments, evaluated.
//! - [`RefreshReport`]: what came of it; [`History`]: all refreshes so far.
//! - [`freshness`]: whether the data are whole and new enough to act on.
//! - [`outlook`]: churn and value by the stored models.
//! - [`feed`]: the change feed.

pub mod feed;
mod freshness;
mod history;
mod outlook;
mod report;
mod step;
mod tracking;

pub use feed::{FEED_FILE, FeedPart};
pub use history::{History, Refreshed, segment_names};
pub use report::{CauseCount, EndedSpells, ModelDrift, RefreshReport};
pub use step::MODEL_INPUT;
