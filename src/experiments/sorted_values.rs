//! The values of one arm in order, for what sums cannot tell.

use super::moments::Moments;
use crate::error::{Error, Result};

/// Finite values in rising order, one for each recipient.
///
/// Quantiles, ranks and resamples need the values themselves: they cannot be computed from mergeable sums,
/// and memory grows with the rows (8 bytes each).
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SortedValues(Vec<f64>);

impl SortedValues {
    /// Sorts the values, n log n.
    ///
    /// # Errors
    ///
    /// A data error if a value is missing, not finite, or larger than [`Moments::LARGEST`].
    pub fn new(mut values: Vec<f64>) -> Result<Self> {
        if let Some(value) = values.iter().find(|value| !Moments::holds(**value)) {
            return Err(Error::data("not a number that can be ranked")
                .with_value(value.to_string())
                .hint("leave out recipients without a value"));
        }
        values.sort_unstable_by(f64::total_cmp);
        Ok(SortedValues(values))
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn values(&self) -> &[f64] {
        &self.0
    }

    /// The value at `share` of the way from the first to the last, between two rows on the straight line
    /// (Hyndman & Fan 1996, definition 7). `None` without values.
    pub fn quantile(&self, share: f64) -> Option<f64> {
        let place = share.clamp(0.0, 1.0) * self.0.len().checked_sub(1)? as f64;
        let (low, high) = (self.0.get(place.floor() as usize)?, self.0.get(place.ceil() as usize)?);
        Some(low + (high - low) * place.fract())
    }

    /// The `rank`-th value, counted from 1.
    pub(super) fn at_rank(&self, rank: u64) -> Option<f64> {
        self.0.get(usize::try_from(rank.checked_sub(1)?).ok()?).copied()
    }

    /// Each value once, with the number of its rows.
    pub(super) fn runs(&self) -> impl Iterator<Item = (f64, u64)> + '_ {
        self.0.chunk_by(|a, b| a == b).map(|run| (run[0], run.len() as u64))
    }

    pub(super) fn moments(&self) -> Moments {
        let mut moments = Moments::default();
        self.0.iter().for_each(|value| moments.add(*value));
        moments
    }
}
