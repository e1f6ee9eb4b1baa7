//! Maximum likelihood for a handful of parameters.
//!
//! - [`Curve`]: a log-likelihood with its gradient and Hessian.
//! - [`Objective`]: what is maximised; sums over rows in an order that threads do not change.
//! - [`newton`]: damped Newton steps.
//! - [`Maximum`]: where they ended, with standard errors and what is suspicious about it.

mod curve;
pub mod newton;
mod optimum;

pub use curve::{Curve, Objective, by_differences, sum_rows};
pub use newton::maximise;
pub use optimum::{Maximum, Suspicion};
