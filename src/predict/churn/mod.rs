//! Who will not order, or not engage, within a horizon: two layers, and proof by backtest.
//!
//! - [`horizon`]: the horizon, given or from the shop's own gaps.
//! - [`RawColumn`], [`ColumnsModel`]: from raw values to a regression's; [`order_columns`]: from orders.
//! - [`Cutoff`]: what was known on one day, and who was lost after it.
//! - [`Candidate`]: the ways to a probability, baselines among them; [`FittedCandidate`].
//! - [`backtest`]: all of them on later data than they were trained on; the best is used.
//! - [`reasons`]: why a contact's risk is what it is.
//! - [`Bands`]: low, medium, high.

mod backtest;
mod bands;
mod candidate;
mod column;
mod cutoff;
mod fitted;
pub mod horizon;
mod level;
mod order_columns;
mod reasons;
#[cfg(test)]
mod tests;

pub use backtest::{
    Backtest, BacktestParams, CandidateEvidence, LeftOut, Newest, Round, TRAINED_ON, backtest,
};
pub use bands::{Band, Bands};
pub use candidate::Candidate;
pub use column::{ColumnsModel, Measure, RawColumn};
pub use cutoff::Cutoff;
pub use fitted::{FittedCandidate, fit};
pub use horizon::Horizon;
pub use order_columns::{logit, model_column, order_columns};
pub use reasons::{Reason, history_reasons, reasons};
