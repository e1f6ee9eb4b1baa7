//! From orders to what the purchase models ask for.
//!
//! - [`OrderBook`]: every order and refund, by contact.
//! - [`PurchaseDays`]: days on which a contact bought, as known at the end of a day; refunds netted.

mod book;
mod purchase_days;
#[cfg(test)]
mod tests;

pub use book::{OrderBook, OrderRow};
pub use purchase_days::{Gaps, PurchaseDays};
