//! Trials and successes by local hour.

use super::super::counts::Counts;
use crate::error::{Error, Result};

/// What was sent at one local hour, and what came of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HourBin {
    /// Hours after local midnight, in [0, 24); 7.5 is half past seven.
    pub hour: f64,
    pub counts: Counts,
}

/// Bins in order of their hours, each hour once, each with trials.
#[derive(Debug, Clone, PartialEq)]
pub struct HourBins {
    bins: Vec<HourBin>,
    empty: usize,
}

impl HourBins {
    /// Sorts the bins, merges those of the same hour, and leaves out those without trials.
    ///
    /// # Errors
    ///
    /// A data error if an hour is not in [0, 24), or fewer than two hours have trials.
    pub fn new(bins: &[HourBin]) -> Result<Self> {
        for bin in bins {
            if !(0.0..24.0).contains(&bin.hour) {
                return Err(Error::data("an hour of the day lies from 0 to below 24")
                    .with_value(bin.hour.to_string())
                    .hint("midnight is 0; half past seven in the evening is 19.5"));
            }
        }
        let mut sorted: Vec<HourBin> = bins.to_vec();
        sorted.sort_by(|a, b| a.hour.total_cmp(&b.hour));
        let mut merged: Vec<HourBin> = Vec::with_capacity(sorted.len());
        for bin in sorted {
            match merged.last_mut() {
                // 0.0 and -0.0 are one hour.
                Some(last) if last.hour == bin.hour => last.counts.merge(&bin.counts),
                _ => merged.push(bin),
            }
        }
        let all = merged.len();
        merged.retain(|bin| bin.counts.n() > 0);
        if merged.len() < 2 {
            return Err(Error::data(format!("{} hours have sends", merged.len()))
                .hint("a comparison needs at least two hours, a daily wave three"));
        }
        let empty = all - merged.len();
        Ok(HourBins { bins: merged, empty })
    }

    pub fn bins(&self) -> &[HourBin] {
        &self.bins
    }

    /// Hours that were given and have no trials.
    pub fn empty(&self) -> usize {
        self.empty
    }

    /// All hours together.
    pub fn total(&self) -> Counts {
        self.bins.iter().fold(Counts::default(), |mut total, bin| {
            total.merge(&bin.counts);
            total
        })
    }

    pub(super) fn counts(&self) -> Vec<Counts> {
        self.bins.iter().map(|bin| bin.counts).collect()
    }
}
