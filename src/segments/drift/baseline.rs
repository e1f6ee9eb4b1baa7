//! What contacts looked like when a model was fitted.

use ndarray::ArrayView1;
use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::features::FeatureTable;

/// Groups of equal size that a feature is cut into: the usual ten of credit scoring (Siddiqi 2006).
const BINS: usize = 10;

/// Quantile of the distance to the own centroid from which a contact counts as far from all.
const FAR_QUANTILE: f64 = 0.99;

/// Features and distances at the time of fitting.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    pub as_of: String,
    pub contacts: u64,
    /// One entry a feature of the model.
    pub features: Vec<FeatureBaseline>,
    /// Distance to the nearest centroid that one contact in a hundred exceeded.
    pub far_distance: f64,
    /// Share of contacts beyond it: one in a hundred but for ties.
    pub far_share: f64,
}

/// How one feature was spread.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeatureBaseline {
    pub name: String,
    /// Ascending values at which groups end, each belonging to the group below it.
    pub cuts: Vec<f64>,
    /// Contacts in each group; the last is of those without a value.
    pub counts: Vec<u64>,
}

impl Baseline {
    /// Of the features called `names` in `table`; `distance` is that to the nearest centroid, by contact.
    ///
    /// # Errors
    /// If the table lacks one of them.
    pub fn of(
        table: &FeatureTable,
        names: &[String],
        distance: &[f64],
        as_of: &str,
    ) -> Result<Self> {
        let feature = |name: &String| Ok(FeatureBaseline::of(name, table.column(name)?));
        let features = names.iter().map(feature).collect::<Result<Vec<_>>>()?;
        let far_distance = quantile(distance, FAR_QUANTILE).unwrap_or(0.0);
        let far = distance.iter().filter(|d| **d > far_distance).count();
        Ok(Baseline {
            as_of: as_of.to_owned(),
            contacts: table.contacts() as u64,
            features,
            far_distance,
            far_share: far as f64 / distance.len().max(1) as f64,
        })
    }
}

impl FeatureBaseline {
    fn of(name: &str, values: ArrayView1<'_, f64>) -> Self {
        let mut present: Vec<f64> = values.iter().copied().filter(|v| !v.is_nan()).collect();
        present.sort_unstable_by(f64::total_cmp);
        let at = |part: usize| present.get((present.len() * part).div_ceil(BINS).max(1) - 1);
        let mut cuts: Vec<f64> = (1..BINS).filter_map(at).copied().collect();
        cuts.dedup();
        // Nothing lies above a cut at the largest value: the group would be empty.
        cuts.retain(|cut| present.last().is_some_and(|largest| cut < largest));
        let mut baseline = FeatureBaseline { name: name.to_owned(), cuts, counts: Vec::new() };
        baseline.counts = baseline.counts_of(values);
        baseline
    }

    /// Contacts in each group, and last those without a value.
    pub fn counts_of(&self, values: ArrayView1<'_, f64>) -> Vec<u64> {
        let mut counts = vec![0; self.cuts.len() + 2];
        for value in values {
            let group = match value.is_nan() {
                true => self.cuts.len() + 1,
                false => self.cuts.partition_point(|cut| cut < value),
            };
            counts[group] += 1;
        }
        counts
    }
}

/// The smallest value that a share of `p` does not exceed.
fn quantile(values: &[f64], p: f64) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let place = (p * sorted.len() as f64).ceil() as usize;
    sorted.get(place.max(1) - 1).copied()
}
