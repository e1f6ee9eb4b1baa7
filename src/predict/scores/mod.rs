//! What a purchase model says of each contact.
//!
//! - [`ScoreParams`]: horizons, rate, level; checked.
//! - [`HistoryScore`]: what a history says; [`ContactScore`]: with how the contact spends, each number with
//!   its interval.
//! - [`next_order`]: when the next order comes, if it does.
//! - [`order_count`], [`value`]: distributions of orders and of their value.

mod contact;
pub mod next_order;
pub mod order_count;
mod params;
#[cfg(test)]
mod tests;
pub mod value;

pub use contact::{ContactScore, HistoryScore, Models, Range};
pub use next_order::NextOrder;
pub use params::{ScoreParams, ScoreValidParams};
