//! The fitted model, stored so that contacts who come later are scored without fitting anew.

use ndarray::{Array2, ArrayView1, Axis};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::features::{FeatureTable, Preparation};

use super::drift::Baseline;
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
    /// What contacts looked like when it was fitted, to see later how far they have drifted.
    pub baseline: Baseline,
}

/// How far every contact is from every segment of a model.
#[derive(Debug, Clone, PartialEq)]
pub struct Distances {
    /// Ids of the model's segments, ascending.
    pub segment_ids: Vec<String>,
    /// Place in `segment_ids` of the nearest, by contact.
    pub nearest: Vec<usize>,
    /// Shape (contacts, segments): the distance to the nearest cluster of each segment, on the prepared scale.
    pub distance: Array2<f64>,
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

    /// How far every contact of `table` is from every segment. The nearest is that of [`SegmentModel::score`]: rows are
    /// of single precision here too, and a tie goes to the cluster that comes first.
    ///
    /// # Errors
    /// If the table lacks a feature of the model.
    ///
    /// # Cost
    /// contacts × clusters × columns.
    pub fn distances(&self, table: &FeatureTable) -> Result<Distances> {
        let matrix = self.preparation.apply(table)?;
        let mut segment_ids = self.segment_ids.clone();
        segment_ids.sort_unstable();
        segment_ids.dedup();
        let place = |id: &String| segment_ids.binary_search(id).unwrap_or(0);
        let places: Vec<usize> = self.segment_ids.iter().map(place).collect();
        let segments = segment_ids.len();
        let mut distance = Array2::<f64>::from_elem((table.contacts(), segments), f64::INFINITY);
        let rows = distance.axis_iter_mut(Axis(0)).into_par_iter();
        let nearest = rows
            .zip(matrix.axis_iter(Axis(0)).into_par_iter())
            .map(|(mut to, row)| {
                let mut best = (0, f64::INFINITY);
                for (centroid, &segment) in self.centroids.iter().zip(&places) {
                    let square = square(row, centroid);
                    if square < best.1 {
                        best = (segment, square);
                    }
                    to[segment] = to[segment].min(square.sqrt());
                }
                best.0
            })
            .collect();
        Ok(Distances { segment_ids, nearest, distance })
    }
}

impl Distances {
    /// The distance to the nearest segment, by contact.
    pub fn to_nearest(&self) -> Vec<f64> {
        self.nearest.iter().enumerate().map(|(row, &place)| self.distance[(row, place)]).collect()
    }
}

/// The square of a distance, of a row in single precision.
fn square(row: ArrayView1<'_, f64>, centroid: &[f64]) -> f64 {
    row.iter().zip(centroid).map(|(v, c)| (f64::from(*v as f32) - c).powi(2)).sum()
}
