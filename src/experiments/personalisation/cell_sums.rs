//! The sums of one metric in one cell.

use super::super::counts::Counts;
use super::super::moments::Moments;
use crate::error::{Error, Result};

/// n, Σy and Σy² of a metric's values: all that a policy's value asks of a cell.
///
/// Plain floats: spreads are lost where the mean is more than some 10⁶ standard deviations away
/// from zero, which neither rates nor revenue are.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct CellSums {
    n: u64,
    sum: f64,
    squares: f64,
}

impl CellSums {
    /// The most values that are still exact as a float.
    const MOST: u64 = 1 << 53;

    /// # Errors
    ///
    /// A data error if no values have these sums: they are not finite, (Σy)² exceeds n Σy² by more
    /// than rounding, or there are none and the sums are not zero.
    pub fn new(n: u64, sum: f64, squares: f64) -> Result<Self> {
        const ROUNDING: f64 = 1e-9;
        let wrong = |what: &str| {
            Err(Error::data(format!("sums of a cell that {what}"))
                .with_value(format!("n = {n}, sum = {sum}, sum of squares = {squares}"))
                .hint("give the number of values, their sum and the sum of their squares"))
        };
        if n > Self::MOST {
            return wrong("has too many values to count exactly");
        }
        // Squares of squares are what the standard error asks for.
        if !(sum.abs() <= Moments::LARGEST && (0.0..=Moments::LARGEST).contains(&squares)) {
            return wrong("are not finite, or too large");
        }
        if sum * sum > n as f64 * squares * (1.0 + ROUNDING) || (n == 0 && squares != 0.0) {
            return wrong("no values can have");
        }
        Ok(CellSums { n, sum, squares })
    }

    pub fn n(&self) -> u64 {
        self.n
    }

    pub fn sum(&self) -> f64 {
        self.sum
    }

    pub fn sum_of_squares(&self) -> f64 {
        self.squares
    }

    /// Σy / n; `None` without values.
    pub fn mean(&self) -> Option<f64> {
        (self.n > 0).then(|| self.sum / self.n as f64)
    }

    pub fn merge(&mut self, other: &CellSums) {
        self.n += other.n;
        self.sum += other.sum;
        self.squares += other.squares;
    }

    /// Σ(y - `middle`).
    pub(super) fn around(&self, middle: f64) -> f64 {
        self.sum - self.n as f64 * middle
    }

    /// Σ(y - `middle`)², never below zero.
    pub(super) fn squares_around(&self, middle: f64) -> f64 {
        let n = self.n as f64;
        (self.squares - 2.0 * middle * self.sum + n * middle * middle).max(0.0)
    }

    /// The counts of values that are all 0 or 1; `None` for others.
    pub(super) fn counts(&self) -> Option<Counts> {
        let is_rate = self.sum == self.squares && self.sum.fract() == 0.0 && self.sum >= 0.0;
        is_rate.then(|| Counts::new(self.n, self.sum as u64).ok()).flatten()
    }
}

impl From<&Counts> for CellSums {
    fn from(counts: &Counts) -> Self {
        let successes = counts.successes() as f64;
        CellSums { n: counts.n(), sum: successes, squares: successes }
    }
}

impl TryFrom<&Moments> for CellSums {
    type Error = Error;

    /// # Errors
    ///
    /// A data error if the sums are too large to be squared.
    fn try_from(moments: &Moments) -> Result<Self> {
        CellSums::new(moments.n(), moments.sum(), moments.sum_of_squares())
    }
}
