//! What to do: a label for every arm, with the reasons that a program can read.
//!
//! - [`Label`], [`Reason`]: what it comes to, and why;
//! - [`Decision`]: one arm, overall or in a segment;
//! - [`Needed`]: how many recipients an open question still asks for.

mod decide;
mod label;
mod needed;
mod reason;
mod recommendation;

#[cfg(test)]
mod tests;

pub use decide::Decision;
pub(super) use decide::{decisions, failed};
pub use label::Label;
pub use needed::Needed;
pub use reason::{Harm, Reason};
pub(super) use recommendation::recommendation;
