//! The fitted model, stored so that contacts who come later are scored without fitting anew.

use ndarray::Array2;
use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::features::{FeatureTable, Preparation};

use super::kmeans::nearest;

/// Preparation, centroids and the segments of clusters. Serialised as `model.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SegmentModel {
    pub preparation: Preparation,
    /// One entry a cluster, on the prepared scale.
    pub centroids: Vec<Vec<f64>>,
    /// Id of the segment of each cluster: several clusters of one segment were merged.
    pub segment_ids: Vec<String>,
}

impl SegmentModel {
    /// The segment id of every contact of `table`.
    ///
    /// # Errors
    /// If the table lacks a feature of the model.
    pub fn score(&self, table: &FeatureTable) -> Result<Vec<String>> {
        let matrix = self.preparation.apply(table)?.mapv(|v| v as f32);
        let columns = self.centroids.first().map_or(0, Vec::len);
        let centroids =
            Array2::from_shape_fn((self.centroids.len(), columns), |(r, c)| self.centroids[r][c]);
        let clusters = nearest(centroids.view(), matrix.view());
        Ok(clusters.into_iter().map(|cluster| self.segment_ids[cluster].clone()).collect())
    }
}
