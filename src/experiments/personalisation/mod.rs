//! Is an arm for each segment worth more than the one best arm for all?
//!
//! An arm that looks best in a segment is partly lucky, so that its own effect says too much about
//! what sending by segment would bring. Here the choice is learnt on some of the recipients and
//! valued on the next, fold by fold, and recommended only if the gain is shown to be above zero.
//!
//! - input: [`PolicyCells`], sums by fold, segment and arm, from counts or from [`CellSums`];
//! - the answer: [`personalisation`] with [`PersonalisationParams`], as a [`Personalisation`];
//! - any policy, valued on logged sends with known propensities: [`LoggedRounds`],
//!   [`PolicyEstimator`].

mod answer;
mod cell_sums;
mod cell_table;
mod cells;
mod deviations;
mod estimator;
mod fold_split;
mod learnt;
mod logged;
mod notes;
mod params;
mod result;
mod shares;
mod unit_terms;
mod value;

#[cfg(test)]
mod tests;

pub use cell_sums::CellSums;
pub use cells::PolicyCells;
pub use estimator::PolicyEstimator;
pub use logged::{LoggedRound, LoggedRounds};
pub use params::PersonalisationParams;
pub use result::{Personalisation, SegmentChoice, personalisation};
