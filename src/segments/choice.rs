//! How many clusters: the largest number whose silhouette is as good as the best.

use ndarray::{ArrayView2, Axis};
use serde::Serialize;

use crate::error::{Error, Result};

use super::kmeans::{Clustering, KMeansParams};
use super::silhouette::{mean_silhouette, sample};

/// Below this mean silhouette clusters are hardly more than slices of one cloud (Kaufman & Rousseeuw
/// 1990 call up to 0.25 "no substantial structure").
pub const WEAK_SILHOUETTE: f64 = 0.25;

/// Silhouettes closer than this are taken for equal, and the larger number of clusters wins: the
/// sampling error at 2,000 rows is about 0.01, and finer groups are what is looked for.
pub const EQUAL_SILHOUETTE: f64 = 0.02;

/// One candidate.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Candidate {
    pub clusters: usize,
    pub silhouette: f64,
    pub inertia: f64,
    pub smallest: usize,
}

/// The chosen clustering and what it was chosen from.
#[derive(Debug, Clone)]
pub struct Choice {
    pub clustering: Clustering,
    pub silhouette: Option<f64>,
    /// Rows on which silhouettes were computed.
    pub sampled: usize,
    pub candidates: Vec<Candidate>,
}

/// What to try.
#[derive(Debug, Clone, Copy)]
pub struct ChoiceParams {
    pub min: usize,
    pub max: usize,
    pub seed: u64,
    pub silhouette_sample: usize,
    pub kmeans: KMeansParams,
}

/// Rows on which candidates are compared. The chosen number is then fitted on all rows.
const CANDIDATE_ROWS: usize = 10_000;

impl ChoiceParams {
    pub fn new(min: usize, max: usize, seed: u64, silhouette_sample: usize) -> Self {
        let kmeans = KMeansParams::new(min, seed);
        ChoiceParams { min, max, seed, silhouette_sample, kmeans }
    }

    /// Fits every number of clusters from `min` to `max` and keeps the largest number whose silhouette
    /// is within [`EQUAL_SILHOUETTE`] of the best. With `min` = `max` there is nothing to choose.
    pub fn choose(&self, matrix: ArrayView2<'_, f64>) -> Result<Choice> {
        let tried = matrix.select(Axis(0), &sample(matrix.nrows(), CANDIDATE_ROWS, self.seed));
        let rows = sample(tried.nrows(), self.silhouette_sample, self.seed);
        let mut candidates = Vec::new();
        for clusters in self.min..=self.max.min(self.most(matrix)) {
            if self.min == self.max {
                break;
            }
            let found = self.with(clusters).fit(tried.view())?;
            let silhouette = sampled_silhouette(tried.view(), &found, &rows).unwrap_or(-1.0);
            let smallest = found.sizes().into_iter().min().unwrap_or(0);
            let inertia = found.inertia;
            candidates.push(Candidate { clusters, silhouette, inertia, smallest });
        }
        let best = candidates.iter().map(|c| c.silhouette).fold(f64::NEG_INFINITY, f64::max);
        let as_good = candidates.iter().rev().find(|c| c.silhouette >= best - EQUAL_SILHOUETTE);
        let clusters = match as_good {
            Some(candidate) => candidate.clusters,
            None if self.min == self.max => self.min,
            None => return Err(too_few(matrix.nrows(), self.min)),
        };
        let clustering = self.with(clusters).fit(matrix)?;
        let rows = sample(matrix.nrows(), self.silhouette_sample, self.seed);
        let silhouette = sampled_silhouette(matrix, &clustering, &rows);
        Ok(Choice { clustering, silhouette, sampled: rows.len(), candidates })
    }

    fn with(&self, clusters: usize) -> KMeansParams {
        KMeansParams { clusters, ..self.kmeans }
    }

    /// No more clusters than different rows, and at least two rows to a cluster.
    fn most(&self, matrix: ArrayView2<'_, f64>) -> usize {
        super::kmeans::distinct_rows(matrix, self.max).min(matrix.nrows() / 2)
    }
}

/// The refusal of a table with too few different rows.
pub fn too_few(rows: usize, min: usize) -> Error {
    Error::data(format!("{rows} contacts are too few, or too alike, for {min} clusters"))
        .hint("ask for fewer clusters, or wait for more data")
}

fn sampled_silhouette(
    matrix: ArrayView2<'_, f64>,
    clustering: &Clustering,
    rows: &[usize],
) -> Option<f64> {
    let labels: Vec<usize> = rows.iter().map(|&row| clustering.labels[row]).collect();
    mean_silhouette(matrix.select(Axis(0), rows).view(), &labels, clustering.clusters())
}
