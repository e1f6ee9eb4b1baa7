//! How well a rule finds a segment, and when it is not shown.

use serde::Serialize;

use crate::error::Result;
use crate::estimate::Estimate;
use crate::experiments::{Counts, Level};
use crate::segments::rules::Rule;

/// The least F1 on held-out contacts that a rule is shown with: what half the members among half as
/// many others would give (precision and recall a half each).
pub const LEAST_F1: f64 = 0.5;

/// The fewest members to learn a rule from: fewer leave each threshold to one or two of them.
pub const LEAST_TRAINING_MEMBERS: usize = 10;

/// The fewest held-out members to measure a rule on: of three found in three, the 95 % interval still
/// reaches below a half.
pub const LEAST_HELD_OUT_MEMBERS: usize = 4;

/// What a rule finds among some contacts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Found {
    pub contacts: usize,
    /// Contacts of the segment.
    pub members: usize,
    /// Contacts that the rule selects.
    pub selected: usize,
    /// Selected contacts of the segment.
    pub hits: usize,
}

impl Found {
    pub(super) fn count(contacts: impl Iterator<Item = (bool, bool)>) -> Found {
        let mut found = Found::default();
        for (is_member, is_selected) in contacts {
            found.contacts += 1;
            found.members += usize::from(is_member);
            found.selected += usize::from(is_selected);
            found.hits += usize::from(is_member && is_selected);
        }
        found
    }

    /// 2 × hits / (selected + members): the harmonic mean of precision and recall.
    pub fn f1(&self) -> f64 {
        2.0 * self.hits as f64 / (self.selected + self.members).max(1) as f64
    }

    /// F1 of selecting everybody.
    fn f1_of_everybody(&self) -> f64 {
        2.0 * self.members as f64 / (self.contacts + self.members).max(1) as f64
    }
}

/// A rule and how well it finds its segment.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FoundRule {
    pub rule: Rule,
    /// Share of the selected held-out contacts that belong to the segment; Wilson's interval, 95 %.
    pub precision: Estimate,
    /// Share of the held-out members that the rule selects; Wilson's interval, 95 %.
    pub recall: Estimate,
    /// On held-out contacts.
    pub f1: f64,
    pub held_out: Found,
    /// Among all contacts, those that taught the rule included.
    pub all: Found,
}

/// Why there is no rule.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum NoRule {
    TooFewMembers {
        training: usize,
        held_out: usize,
    },
    /// Everybody is a member, on the side that teaches or on the side that measures.
    NoOthers,
    /// No feature that may stand in rules differs between members and others.
    NothingDiffers,
    /// No single threshold tells members from others well enough to start from.
    NothingSeparates,
    TooWeak {
        f1: f64,
    },
    /// Selecting everybody finds the segment as well.
    NoBetterThanEverybody {
        f1: f64,
        f1_of_everybody: f64,
    },
    /// The precision's interval reaches down to the segment's share of all.
    NoBetterThanChance {
        precision_low: f64,
        share: f64,
    },
}

impl NoRule {
    pub fn words(&self) -> String {
        match self {
            NoRule::TooFewMembers { training, held_out } => format!(
                "too few members: {training} to learn from and {held_out} to measure on, where \
                 {LEAST_TRAINING_MEMBERS} and {LEAST_HELD_OUT_MEMBERS} are needed"
            ),
            NoRule::NoOthers => "there is nobody outside the segment to tell it from".to_owned(),
            NoRule::NothingDiffers => {
                "no feature that may stand in a rule differs between members and others".to_owned()
            }
            NoRule::NothingSeparates => {
                "no threshold of any feature tells members from others".to_owned()
            }
            NoRule::TooWeak { f1 } => format!(
                "the best rule reaches an F1 of only {f1:.2} on held-out contacts, where \
                 {LEAST_F1} is needed"
            ),
            NoRule::NoBetterThanEverybody { f1, f1_of_everybody } => format!(
                "the best rule finds the segment no better (F1 {f1:.2}) than selecting everybody \
                 ({f1_of_everybody:.2})"
            ),
            NoRule::NoBetterThanChance { precision_low, share } => format!(
                "the best rule may be right no more often (from {precision_low:.2}) than the \
                 segment's share of all contacts ({share:.2})"
            ),
        }
    }
}

/// The rule with what it finds, if it is good enough to be shown.
pub(super) fn judged(rule: Rule, held_out: Found, all: Found) -> Result<Result<FoundRule, NoRule>> {
    let f1 = held_out.f1();
    let weak = NoRule::TooWeak { f1 };
    if f1 < LEAST_F1 {
        return Ok(Err(weak));
    }
    let f1_of_everybody = held_out.f1_of_everybody();
    if f1 <= f1_of_everybody {
        return Ok(Err(NoRule::NoBetterThanEverybody { f1, f1_of_everybody }));
    }
    let share = held_out.members as f64 / held_out.contacts as f64;
    let rate = |of: usize| Counts::new(of as u64, held_out.hits as u64);
    let precision = rate(held_out.selected)?.wilson(Level::DEFAULT);
    let recall = rate(held_out.members)?.wilson(Level::DEFAULT);
    let Some((precision, recall)) = precision.zip(recall) else { return Ok(Err(weak)) };
    if precision.low <= share {
        return Ok(Err(NoRule::NoBetterThanChance { precision_low: precision.low, share }));
    }
    Ok(Ok(FoundRule { rule, precision, recall, f1, held_out, all }))
}
