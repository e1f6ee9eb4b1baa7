//! Exact tests of two rates, for tables too small for any approximation.
//!
//! [`fisher`] conditions on the margins and gives the odds ratio with its exact interval; [`boschloo`] and
//! [`barnard`] do not condition, and find more. [`binomial_interval`] is the exact interval of one rate.

mod fisher;
mod hypergeometric;
mod multinomial;
mod rate;
mod unconditional;

#[cfg(test)]
mod tests;

pub use fisher::{FisherTest, fisher};
pub(super) use multinomial::multinomial;
pub use rate::{binomial_interval, binomial_two_sided, jeffreys_interval};
pub use unconditional::{UNCONDITIONAL_MOST, UnconditionalTest, barnard, boschloo};
