//! Predictions of a workspace: from its lake to churn, next orders and lifetime values.
//!
//! - [`Prediction`]: what came of it, and why some of it could not be.
//! - [`orders`]: the lake's orders as an order book.
//! - [`past`]: features on earlier days.
//! - [`step`]: bringing the artefact up to date; [`store`]: the artefact.

mod make;
mod orders;
mod past;
mod step;
mod store;

pub use make::Prediction;
