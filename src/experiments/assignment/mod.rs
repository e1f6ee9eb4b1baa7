//! Before a send: who is in which arm, and what was promised about the reading.
//!
//! [`AssignmentParams`] are checked into an [`Assigner`]. A contact's arm follows from a hash of the salt
//! and the contact's id, whoever else is there and in whichever order; contacts that an earlier file names
//! keep their arm. [`Assigner::assign`] makes the [`Roster`] of both, [`Balance`] holds it against the
//! planned shares, overall and by stratum, and a [`Registration`] keeps what was decided beforehand.
//!
//! Two ways to draw, see [`Draw`]: by hash, or balanced within each stratum.

mod assigner;
mod balance;
mod fraction;
mod params;
mod plan;
mod registration;
mod roster;

#[cfg(test)]
mod tests;

pub use assigner::{Arm, Assigner};
pub use balance::{Balance, StratumBalance};
pub use fraction::{Purpose, fraction};
pub use params::{AssignmentParams, HOLDOUT};
pub use plan::{Baseline, PlannedArms, PlannedReach};
pub use registration::{Answers, Difference, Made, Registration, StoppingRule};
pub use roster::{Candidate, Draw, Roster, RosterRow};
