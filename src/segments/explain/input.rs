//! What is explained, and the checks.

use ndarray::ArrayView2;

use crate::error::{Error, Result};
use crate::features::FeatureTable;

/// Everything that explanations are computed from; rows of all parts are the same contacts in the
/// same order. `P` is the number type of the prepared matrix, `f32` or `f64`.
#[derive(Debug, Clone, Copy)]
pub struct ExplainInput<'a, P> {
    /// Raw values, NaN where missing.
    pub table: &'a FeatureTable,
    /// Features of the table that may stand in rules.
    pub columns: &'a [String],
    /// Segment of each contact, from 0.
    pub labels: &'a [usize],
    pub clusters: usize,
    /// Shape (contacts, prepared columns): what distances are computed on, weights applied.
    pub prepared: ArrayView2<'a, P>,
    pub prepared_names: &'a [String],
    /// Shape (clusters, prepared columns).
    pub centroids: ArrayView2<'a, f64>,
    /// Decides, with a contact's id, whether the contact is held out.
    pub seed: u64,
    /// Share of contacts that rules are not learnt from but measured on; 0.3 is usual.
    pub held_out_share: f64,
}

impl<P: Copy + Into<f64>> ExplainInput<'_, P> {
    /// # Errors
    /// If parts disagree in size, a label or column does not exist, a column is not finite, or the
    /// share held out is not between 0 and 1.
    pub(super) fn check(&self) -> Result<()> {
        self.check_sizes()?;
        if let Some(label) = self.labels.iter().find(|label| **label >= self.clusters) {
            return Err(Error::internal(format!("segment {label} of only {}", self.clusters)));
        }
        if !(self.held_out_share > 0.0 && self.held_out_share < 1.0) {
            return Err(Error::settings(format!(
                "{} is not a share of contacts to hold out",
                self.held_out_share
            ))
            .hint("a share between 0 and 1, such as 0.3"));
        }
        if self.prepared.iter().any(|v| !(*v).into().is_finite()) {
            return Err(Error::data("a prepared value that is not a finite number"));
        }
        for name in self.columns {
            if self.table.column(name)?.iter().any(|v| v.is_infinite()) {
                return Err(Error::data("an infinite value")
                    .at_column(name)
                    .hint("leave the feature out of the rules, or out of the table"));
            }
        }
        Ok(())
    }

    fn check_sizes(&self) -> Result<()> {
        let contacts = self.table.contacts();
        let sizes = [
            ("labels", self.labels.len(), contacts),
            ("prepared rows", self.prepared.nrows(), contacts),
            ("prepared names", self.prepared_names.len(), self.prepared.ncols()),
            ("centroids", self.centroids.nrows(), self.clusters),
            ("centroid columns", self.centroids.ncols(), self.prepared.ncols()),
        ];
        let wrong = sizes.iter().find(|(_, found, meant)| found != meant);
        wrong.map_or(Ok(()), |(what, found, meant)| {
            Err(Error::internal(format!("{found} {what} where {meant} belong")))
        })
    }
}
