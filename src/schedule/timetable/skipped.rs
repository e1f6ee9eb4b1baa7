//! Occurrences that were not run.

use jiff::Timestamp;

/// The most skipped occurrences that are listed one by one; of more, the first, the last and the number
/// are kept.
pub const MOST_LISTED: usize = 1000;

/// Occurrences that passed and are not to be run, oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Skipped {
    /// All of them, or the first and the last of more than [`MOST_LISTED`].
    listed: Vec<Timestamp>,
    count: u64,
}

impl Skipped {
    /// Adds one that is later than all before.
    pub(super) fn push(&mut self, at: Timestamp) {
        self.count += 1;
        if self.count > MOST_LISTED as u64 {
            self.listed.truncate(1);
        }
        self.listed.push(at);
    }

    pub fn count(&self) -> u64 {
        self.count
    }

    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    pub fn first(&self) -> Option<Timestamp> {
        self.listed.first().copied()
    }

    pub fn last(&self) -> Option<Timestamp> {
        self.listed.last().copied()
    }

    /// Every one of them; none if there are too many to list.
    pub fn all(&self) -> Option<&[Timestamp]> {
        (self.listed.len() as u64 == self.count).then_some(&self.listed)
    }
}
