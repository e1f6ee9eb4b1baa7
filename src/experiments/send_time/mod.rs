//! At which hour to send: hours as a circle, not as twenty-four arms.
//!
//! Recipients are assigned to local hours at random; [`SendTimeParams::read`] fits a smooth daily
//! wave to the rates ([`HourBins`] in, [`SendTime`] out) and says which hour is best, or that none
//! is. [`CircularSummary`] and [`watson_williams`] describe when people act, which is another
//! matter: about a quarter of all opens come in the first hour after the send, whenever that was.

mod best_hour;
mod circular;
mod concentration;
mod harmonic_curve;
mod harmonic_fit;
mod hour_bins;
mod params;
mod readout;
mod watson_williams;

#[cfg(test)]
mod tests;

pub use best_hour::{BestHour, NoBestHour, RivalHour};
pub use circular::CircularSummary;
pub use harmonic_curve::{Coefficient, HarmonicCurve};
pub use hour_bins::{HourBin, HourBins};
pub use params::SendTimeParams;
pub use readout::{HourRate, LikelihoodRatio, SendTime};
pub use watson_williams::{WatsonWilliams, watson_williams};
