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

/// A word that is one of some words.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WordTest {
    /// A feature that is a word, or a column of `contacts` that holds words.
    pub feature: String,
    pub is: Vec<String>,
    pub missing: MissingMeans,
}

/// An event performed so many times within the days before the as-of; at least one bound. Opens and
/// clicks of machines do not count. There is no missing value: who did nothing did it 0 times.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct EventTest {
    /// A kind of event, or [`EventTest::ORDERED`].
    pub event: String,
    pub at_least: Option<u64>,
    pub at_most: Option<u64>,
    /// Days of 24 hours; `None` for all of history.
    pub within_days: Option<u32>,
    /// Only events of campaigns of this type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub campaign_type: Option<String>,
    /// Only events of this category; orders with a line of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
}

/// Membership of another segment, by its id.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SegmentTest {
    pub segment: String,
}

impl EventTest {
    /// A completed order above zero.
    pub const ORDERED: &'static str = "ordered";
}

impl Rule {
    /// The tests, in the order in which they are written; none of them is all, any or not.
    pub fn tests(&self) -> Vec<&Rule> {
        match self {
            Rule::All(parts) | Rule::Any(parts) => parts.iter().flat_map(Rule::tests).collect(),
            Rule::Not(part) => part.tests(),
            test => vec![test],
        }
    }

    /// How many of all, any and not are around the innermost test.
    pub fn depth(&self) -> usize {
        match self {
            Rule::All(parts) | Rule::Any(parts) => {
                1 + parts.iter().map(Rule::depth).max().unwrap_or(0)
            }
            Rule::Not(part) => 1 + part.depth(),
            _ => 0,
        }
    }

    /// The segments that the rule asks for, in the order in which they are written.
    pub fn segments(&self) -> Vec<&str> {
        let named = self.tests().into_iter().filter_map(|test| match test {
            Rule::Segment(SegmentTest { segment }) => Some(segment.as_str()),
            _ => None,
        });
        named.collect()
    }
}
