//! One contact that came into a segment or left it.

use serde::{Deserialize, Serialize};

/// Which of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    Left,
    Entered,
}

/// Why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// The contact did or stopped doing something, or time passed.
    Behaviour,
    /// The contact was not known at the refresh before.
    NewContact,
    /// The contact is no longer in the data.
    Gone,
    /// The segment was accepted, changed or rejected since the refresh before.
    Definition,
    /// There was no refresh before.
    FirstRefresh,
}

/// An entry into a segment, or an exit from one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    pub contact_id: String,
    pub kind: ChangeKind,
    pub segment_id: String,
    pub version: u32,
    pub cause: Cause,
    /// Of discovered segments: where the contact came from, or went to.
    pub other_segment_id: Option<String>,
    /// Of an exit: the as-of since which the contact belonged.
    pub since: Option<String>,
}

impl ChangeKind {
    pub fn word(self) -> &'static str {
        match self {
            ChangeKind::Left => "left",
            ChangeKind::Entered => "entered",
        }
    }
}

impl Cause {
    pub fn word(self) -> &'static str {
        match self {
            Cause::Behaviour => "behaviour",
            Cause::NewContact => "new_contact",
            Cause::Gone => "gone",
            Cause::Definition => "definition",
            Cause::FirstRefresh => "first_refresh",
        }
    }
}
