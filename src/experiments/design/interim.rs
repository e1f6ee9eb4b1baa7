//! A running test: how many recipients are still needed.

use serde::Serialize;

use super::params::Design;
use crate::error::{Error, Result};

/// Where a running test stands.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Interim {
    recipients: u64,
    variance: f64,
}

/// What is still needed.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Remaining {
    /// The power for the wanted effect with the recipients so far.
    pub power_now: f64,
    /// Times the recipients so far, less one; not rounded, 0 if there are enough.
    pub further_share: f64,
    /// Recipients still needed over all arms, at the same allocation; `None` if they cannot be counted.
    pub recipients: Option<u64>,
}

impl Interim {
    /// `recipients` over all arms so far, and the `variance` of the effect's estimate from them (its
    /// squared standard error, on whichever scale the wanted effect has).
    ///
    /// # Errors
    ///
    /// A data error if there are no recipients, or the variance is not above 0.
    pub fn new(recipients: u64, variance: f64) -> Result<Self> {
        if recipients == 0 {
            return Err(Error::data("no recipients yet, so nothing to go by")
                .hint("plan from a baseline instead"));
        }
        if !(variance > 0.0 && variance.is_finite()) {
            return Err(Error::data("the effect has no variance yet")
                .with_value(variance.to_string())
                .hint("wait until both arms have values that differ"));
        }
        Ok(Interim { recipients, variance })
    }

    /// Recipients still needed until `effect` is found with the planned power, if the variance of its
    /// estimate goes on to fall as one over their number. Whether the test may be read more than once is
    /// the design's matter.
    pub fn remaining(&self, design: &Design, effect: f64) -> Remaining {
        let share = (design.normal_shift() / effect).powi(2) * self.variance;
        let further_share = (share - 1.0).max(0.0);
        let recipients = (further_share * self.recipients as f64).ceil();
        Remaining {
            power_now: design.normal_power(effect / self.variance.sqrt()),
            further_share,
            recipients: (recipients < 9e15).then_some(recipients as u64),
        }
    }
}
