//! Can the comparison be trusted at all? Checks that come before any lift.
//!
//! - [`ArmLog`]: what the log says of how the arms were treated, beside the outcomes;
//! - [`TrustCheck`]: one check with its answer; a failed one stops every verdict in its scope.

mod arm_log;
mod check;
mod run;
#[cfg(test)]
mod tests;

pub use arm_log::{ArmLog, Before, DayRows};
pub use check::{CheckOutcome, CheckScope, TrustCheck, TrustKind};
pub(super) use run::checks;
