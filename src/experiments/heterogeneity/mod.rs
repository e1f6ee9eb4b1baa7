//! Does the effect differ over segments, what is it in each, and what is left of the best one?
//!
//! A segment read by itself is noisy, and the best of many is lucky. This module pools the
//! segments, tests whether they differ, draws each towards the mean as far as the data ask for,
//! and corrects the pick of the best.
//!
//! - input: [`Segments`] of counts, or [`SegmentEffects`] with standard errors;
//! - everything at once: [`heterogeneity`], [`heterogeneity_of_effects`];
//! - pooling: [`pooled`] ([`tau_squared`]), [`mantel_haenszel`], [`post_stratified`];
//! - tests: [`cochran_q`], [`logistic_interaction`], [`breslow_day`], [`against_rest`];
//! - shrinkage: [`shrink`] ([`robust_critical_value`]), [`james_stein`], [`RatePrior`] for rates;
//! - the best: [`winner`].

mod by_metric;
mod cochran_q;
mod critical_value;
mod effects;
mod interaction;
mod mantel_haenszel;
mod odds;
mod pooled;
mod post_stratified;
mod rate_prior;
mod readout;
mod rest;
mod rising;
mod segments;
mod shrunken;
mod tau_squared;
mod truncated;
mod winner;

#[cfg(test)]
mod tests;

pub use by_metric::MetricHeterogeneity;
pub(super) use by_metric::by_metric;
pub use cochran_q::{CochranQ, cochran_q};
pub use critical_value::robust_critical_value;
pub use effects::{SegmentEffect, SegmentEffects};
pub use interaction::{CommonOdds, InteractionTest, breslow_day, logistic_interaction};
pub use mantel_haenszel::{CmhTest, MantelHaenszel, mantel_haenszel};
pub use pooled::{Pooled, pooled};
pub use post_stratified::{PostStratified, post_stratified};
pub use rate_prior::RatePrior;
pub use readout::{
    Heterogeneity, InteractionTests, SegmentFinding, SegmentRates, heterogeneity,
    heterogeneity_of_effects,
};
pub use rest::{AgainstRest, against_rest};
pub use segments::{LeftOut, Segment, Segments};
pub use shrunken::{ShrunkenEffect, james_stein, shrink};
pub use tau_squared::{TauMethod, tau_squared};
pub use winner::{Winner, winner};
