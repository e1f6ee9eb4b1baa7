//! Whether contacts have come to look otherwise than those a model was fitted on.
//!
//! - [`Baseline`]: what they looked like then, stored with the model.
//! - [`index`]: the population stability index of one feature, and what chance alone gives.
//! - [`Drift`]: all features, contacts far from every centroid, and whether a refit is proposed.

mod baseline;
mod drifted;
mod index;

#[cfg(test)]
mod tests;

pub use baseline::{Baseline, FeatureBaseline};
pub use drifted::{Drift, DriftParams, DriftedFeature};
pub use index::{StabilityIndex, stability_index};
