//! A rule: tests on features, words, events and other segments, joined by and, or and not.

use serde::{Deserialize, Serialize};

/// Whether a contact belongs to a segment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// All of them; at least one.
    All(Vec<Rule>),
    /// Any of them; at least one.
    Any(Vec<Rule>),
    Not(Box<Rule>),
    Number(NumberTest),
    Word(WordTest),
    Event(EventTest),
    Segment(SegmentTest),
}

/// What a test says of a contact without a value. There is no default: missing is not zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MissingMeans {
    Matches,
    Fails,
}

/// A number feature within bounds; at least one bound.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NumberTest {
    pub feature: String,
    pub above: Option<f64>,
    pub at_least: Option<f64>,
    pub below: Option<f64>,
    pub at_most: Option<f64>,
    pub missing: MissingMeans,
}

/// A word feature that is one of some words.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WordTest {
    pub feature: String,
    pub is: Vec<String>,
    pub missing: MissingMeans,
}

/// An event performed so many times within the days before the as-of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EventTest {
    /// A kind of event, or `ordered`.
    pub event: String,
    pub at_least: Option<u64>,
    pub at_most: Option<u64>,
    /// `None` for all of history.
    pub within_days: Option<u32>,
}

/// Membership of another segment, by its id.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SegmentTest {
    pub segment: String,
}
