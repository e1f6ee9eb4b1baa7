//! Before a test: how many recipients, with which power, for which effect.
//!
//! [`DesignParams`] are checked into a [`Design`]: error rates, arms, and how the alpha is shared among
//! the comparisons. On it stand
//!
//! - [`RateDesign`]: rates, with the null variance pooled or not;
//! - [`MeanDesign`]: means, by the noncentral t or the normal distribution;
//! - [`RatioDesign`]: relative lifts of means and of ratio metrics, by the delta method;
//! - [`Interim`]: recipients still needed, from the variance so far.
//!
//! Recipients, power and smallest effect are computed from one power function each, so that every one
//! is the inverse of the others.

mod arm_sizes;
mod interim;
mod means;
mod noncentral_t;
mod params;
mod rates;
mod ratios;
mod solve;

#[cfg(test)]
mod tests;

pub use arm_sizes::ArmSizes;
pub use interim::{Interim, Remaining};
pub use means::{MeanDesign, MeanTest, Spread};
pub use params::{Design, DesignParams, Finding, Sides, Split};
pub use rates::{NullVariance, RateDesign};
pub use ratios::{Growth, RatioDesign, ratio_unit_variance};
