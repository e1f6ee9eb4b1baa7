//! What the log says of the arms, beside their outcomes.

use super::super::counts::Counts;

/// How the arms were filled and treated. Every list is by arm, in the order of the tally's arms; what a
/// source does not know is empty, and its check says that it did not run.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ArmLog {
    /// Rows by day of assignment, in order of the days.
    pub days: Vec<DayRows>,
    /// Contacts that the log has in more than one arm, of all in the log; they are in no sum.
    pub crossed: Option<Counts>,
    /// Mails that bounced, of those sent.
    pub bounced: Vec<Counts>,
    /// Recipients with an open by a machine, of those who were mailed: of those with any open there are more
    /// where the arm is better.
    pub machine_opened: Vec<Counts>,
    /// What recipients did before the experiment began.
    pub before: Vec<Before>,
}

/// The rows of one day.
#[derive(Debug, Clone, PartialEq)]
pub struct DayRows {
    pub day: String,
    pub rows: Vec<u64>,
}

/// One measure of the time before, by arm.
#[derive(Debug, Clone, PartialEq)]
pub struct Before {
    /// In words, such as "clicks in the 28 days before".
    pub measure: String,
    /// Who did it at all: sums of counts and money are too skewed for a test that must not alarm falsely.
    pub arms: Vec<Counts>,
}
