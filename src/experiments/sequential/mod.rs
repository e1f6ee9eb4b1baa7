//! Looking at an experiment before it is over, without fooling oneself.
//!
//! - [`Watching`]: which of the methods below fits which kind of send, in plain words;
//! - [`NormalMixture`]: always-valid p-values and confidence sequences of any effect with a
//!   standard error;
//! - [`RateSequence`]: an exact confidence sequence of one rate;
//! - [`SuccessShares`]: two arms compared on their successes alone;
//! - [`PlannedLooks`]: group-sequential bounds for a few looks that were planned;
//! - [`SequentialRatioCheck`]: the sample-ratio check that may be read every day.

mod dirichlet;
mod normal_mixture;
mod planned_looks;
mod random_walk;
mod rate_sequence;
mod ratio_sequence;
mod spending;
mod success_shares;
mod watching;

#[cfg(test)]
mod tests;

pub use normal_mixture::{EffectLook, NormalMixture, SequentialLook};
pub use planned_looks::{LookBound, PlannedLooks, Sides};
pub use rate_sequence::RateSequence;
pub use ratio_sequence::{RatioLook, SequentialRatioCheck};
pub use spending::Spending;
pub use success_shares::{SharesLook, SuccessShares};
pub use watching::Watching;
