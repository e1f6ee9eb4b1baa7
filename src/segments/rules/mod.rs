//! Segments by rule: who belongs, in a form that reads as words, as TOML and as SQL.
//!
//! - [`rule`]: the tests and how they are joined.
//! - [`Ground`]: the tables that rules stand on, at an as-of.
//! - [`reading`]: from the settings to a rule, percentiles as numbers.
//! - `check`: whether a rule can be evaluated on these data.
//! - [`sql`]: the statement that is shown and run.
//! - `audience`: who it selects, of a sample and of all.
//! - [`evidence`]: why some belong, and what keeps others out.
//! - [`Members`]: sets of contacts and their overlap.
//! - [`discovered`]: discovered segments, as other segments that a rule may ask for.
//! - [`starters`]: rules to begin with.
//! - `words`, [`toml_form`]: a rule for people, and for the settings.
//! - `quoting`: names and values in SQL.

mod audience;
mod check;
pub mod discovered;
pub mod evidence;
mod ground;
mod members;
mod quoting;
pub mod reading;
pub mod rule;
pub mod sql;
pub mod starters;
pub mod toml_form;
mod words;

pub use audience::{SAMPLE, Sample};
pub use check::{MOST_LEVELS, MOST_TESTS};
pub use discovered::Discovered;
pub use evidence::{Evidence, NearMisses, Reason};
pub use ground::Ground;
pub use members::Members;
pub use reading::{Percentile, Reading};
pub use rule::{EventTest, MissingMeans, NumberTest, Rule, SegmentTest, WordTest};
