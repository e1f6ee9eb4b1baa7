//! Predictions of a workspace: from its lake to churn, next orders and lifetime values.
//!
//! - [`Prediction`]: what came of it, and why some of it could not be.
//! - [`orders`]: the lake's orders as an order book.
//! - [`past`]: features on earlier days.
//! - [`PredictionModels`]: what is kept of the fits; [`rescore`]: scoring with them at a later as-of.
//! - [`step`]: bringing the artefact up to date; [`store`]: the artefact.

mod make;
mod models;
mod orders;
mod past;
mod rescore;
mod step;
mod store;

pub use make::Prediction;
pub use models::PredictionModels;
pub(super) use orders::order_book;
pub(super) use past::last_day;
pub use rescore::Scored;
pub use store::read_models;
