//! What a purchase model says of each contact.
//!
//! - [`ScoreParams`]: horizons, rate, level; checked.
//! - [`ContactScore`]: one contact's numbers, each with its interval; [`score`] makes them.
//! - [`next_order`]: when the next order comes, if it does.
//! - [`order_count`], [`value`]: distributions of orders and of their value.

mod contact;
pub mod next_order;
pub mod order_count;
mod params;
#[cfg(test)]
mod tests;
pub mod value;

pub use contact::{ContactScore, Models, Range, score};
pub use next_order::NextOrder;
pub use params::{ScoreParams, ScoreValidParams};
