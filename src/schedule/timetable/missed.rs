//! What to do about missed occurrences.

/// What happens to occurrences that passed while the machine was asleep, off or busy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Missed {
    /// One run, for the newest; the others are skipped.
    #[default]
    Latest,
    /// A run for each, oldest first.
    All,
    /// One run, for the newest, if it is no older than [`GRACE`](super::GRACE); all others are skipped.
    Skip,
}

impl Missed {
    /// All of them, the default first.
    pub const ALL: [Missed; 3] = [Missed::Latest, Missed::All, Missed::Skip];
}
