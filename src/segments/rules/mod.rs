//! Segments by rule: who belongs, in a form that reads as words, as TOML and as SQL.
//!
//! - [`rule`]: the tests and how they are joined.

pub mod rule;

pub use rule::{EventTest, MissingMeans, NumberTest, Rule, SegmentTest, WordTest};
