//! `churn` and `clv`: predictions from one order file; `predict`: those of a workspace.
//!
//! - [`outlook_args`]: what to look ahead to, as it is typed.
//! - [`file`]: reading an order file into an order book.
//! - [`flat`]: the two commands on a file. - [`workspace`]: the one in a workspace.
//! - [`result`]: what is printed.

mod file;
mod flat;
pub mod outlook_args;
mod result;
mod tables;
mod workspace;

pub use flat::{churn, clv};
pub use workspace::predict;
