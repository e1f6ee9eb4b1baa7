//! What is known of a rate beforehand.

use serde::Serialize;

use super::super::counts::Counts;
use super::beta::Beta;
use crate::error::{Error, Result};

/// A Beta(a, b) prior of a rate: as if a successes and b failures had been seen.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct BetaPrior {
    a: f64,
    b: f64,
}

impl BetaPrior {
    /// Every rate is as probable as any other.
    pub const UNIFORM: BetaPrior = BetaPrior { a: 1.0, b: 1.0 };
    /// Jeffreys' prior, half a success and half a failure.
    pub const JEFFREYS: BetaPrior = BetaPrior { a: 0.5, b: 0.5 };
    pub(super) const LEAST: f64 = 1e-3;
    const MOST: f64 = 1e10;

    /// # Errors
    ///
    /// A settings error unless both numbers lie between 0.001 and 10¹⁰.
    pub fn new(a: f64, b: f64) -> Result<Self> {
        let is_usable = |v: f64| (Self::LEAST..=Self::MOST).contains(&v);
        if is_usable(a) && is_usable(b) {
            return Ok(BetaPrior { a, b });
        }
        Err(Error::settings(format!("Beta({a}, {b}) is not a usable prior"))
            .hint("both are counts above zero, such as 2 successes and 98 failures"))
    }

    /// The prior with this mean and as much weight as `strength` recipients.
    ///
    /// # Errors
    ///
    /// As [`BetaPrior::new`].
    pub fn of_mean(mean: f64, strength: f64) -> Result<Self> {
        Self::new(mean * strength, (1.0 - mean) * strength)
    }

    pub fn a(&self) -> f64 {
        self.a
    }

    pub fn b(&self) -> f64 {
        self.b
    }

    pub fn mean(&self) -> f64 {
        self.a / (self.a + self.b)
    }

    /// a + b: how many recipients the prior is worth.
    pub fn strength(&self) -> f64 {
        self.a + self.b
    }

    /// Beta(a + successes, b + failures).
    pub fn posterior(&self, counts: &Counts) -> Beta {
        Beta::new(self.a + counts.successes() as f64, self.b + counts.failures() as f64)
    }
}
