//! Logistic regression with a penalty on squared coefficients, and what puts probabilities right.
//!
//! - [`LogisticParams`] → [`LogisticValidParams`] → [`LogisticModel`]: what to fit, checked, fitted;
//! - [`Design`]: what it is fitted to;
//! - [`LogitRecalibration`], [`PlattSigmoid`], [`IsotonicCalibration`]: recalibration.

mod cholesky;
mod design;
pub(super) mod exact;
mod isotonic;
mod model;
mod newton;
mod objective;
mod params;
mod platt;
mod scaling;
#[cfg(test)]
mod tests;

pub use design::Design;
pub use isotonic::IsotonicCalibration;
pub use model::{LogisticModel, ModelColumn};
pub use params::{LogisticParams, LogisticValidParams};
pub use platt::{LogitRecalibration, PlattSigmoid};
