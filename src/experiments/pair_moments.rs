//! Sums of two values of a recipient: a metric and its covariate, a numerator and its denominator.

use serde::{Deserialize, Serialize};

use super::joint_moments::JointMoments;
use super::means::Sample;
use crate::error::{Error, Result};

/// n, Σx, Σy, Σx², Σxy and Σy²: see [`JointMoments`] for how exact they are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PairMoments(JointMoments<2>);

const X: usize = 0;
const Y: usize = 1;

impl PairMoments {
    /// The sums of paired columns.
    ///
    /// # Errors
    ///
    /// A data error if the columns differ in length, or for a value that [`PairMoments::add`] refuses.
    pub fn of(x: &[f64], y: &[f64]) -> Result<Self> {
        if x.len() != y.len() {
            return Err(Error::data("two columns of different length cannot be paired")
                .with_value(format!("{} and {}", x.len(), y.len())));
        }
        let mut sums = PairMoments::default();
        x.iter().zip(y).try_for_each(|(x, y)| sums.add(*x, *y))?;
        Ok(sums)
    }

    /// Adds one recipient. A refused one leaves the sums as they were.
    ///
    /// # Errors
    ///
    /// A data error if a value is missing, not finite, or larger than [`Moments::LARGEST`].
    ///
    /// [`Moments::LARGEST`]: super::Moments::LARGEST
    pub fn add(&mut self, x: f64, y: f64) -> Result<()> {
        self.0.add([x, y])
    }

    pub fn merge(&mut self, other: &PairMoments) {
        self.0.merge(&other.0);
    }

    pub fn n(&self) -> u64 {
        self.0.n()
    }

    /// `None` without rows, as is the mean of y.
    pub fn mean_x(&self) -> Option<f64> {
        self.0.mean(X)
    }

    pub fn mean_y(&self) -> Option<f64> {
        self.0.mean(Y)
    }

    /// The sample variance, with n − 1; `None` below two rows, as are the next two.
    pub fn variance_x(&self) -> Option<f64> {
        self.0.covariance(X, X)
    }

    pub fn variance_y(&self) -> Option<f64> {
        self.0.covariance(Y, Y)
    }

    pub fn covariance(&self) -> Option<f64> {
        self.0.covariance(X, Y)
    }

    /// y by itself.
    ///
    /// # Errors
    ///
    /// A data error where [`Sample::new`] has one.
    pub fn sample_y(&self) -> Result<Sample> {
        let (mean, variance) = (self.mean_y().unwrap_or(0.0), self.variance_y().unwrap_or(0.0));
        Sample::new(self.n(), mean, variance)
    }

    /// As joint moments, x first.
    pub fn joint(&self) -> &JointMoments<2> {
        &self.0
    }
}
