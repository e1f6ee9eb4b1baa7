//! What is scored, and the scores.

use serde::{Deserialize, Serialize};

/// Name of the contacts who never ordered.
pub const NO_ORDER: &str = "No order yet";

/// A contact's purchases at the as-of. No order: `recency_days` is `None` and `frequency` 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Purchases {
    pub contact_id: String,
    pub recency_days: Option<i64>,
    pub frequency: u64,
    pub monetary_minor: i64,
}

impl Purchases {
    /// The number of orders, as cut points have it.
    pub(super) fn orders(&self) -> i64 {
        i64::try_from(self.frequency).unwrap_or(i64::MAX)
    }
}

/// Scores from 1 (worst) to the number of bins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Scores {
    pub recency: u8,
    pub frequency: u8,
    pub monetary: u8,
}

impl Scores {
    /// Every combination of scores up to `bins`, in order.
    pub fn all(bins: u8) -> impl Iterator<Item = Scores> {
        (1..=bins).flat_map(move |recency| {
            (1..=bins).flat_map(move |frequency| {
                (1..=bins).map(move |monetary| Scores { recency, frequency, monetary })
            })
        })
    }
}

/// One scored contact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scored {
    pub purchases: Purchases,
    /// `None` for contacts without an order.
    pub scores: Option<Scores>,
    pub segment: &'static str,
}
