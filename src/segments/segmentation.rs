//! One division of contacts into segments: prepared, chosen, merged until each can be tested.

use ndarray::{Array2, Axis};

use crate::error::{Kind, Result};
use crate::features::{
    Family, FeatureTable, Preparation, PreparationParams, Prepared, Scale, Transform, Weighing,
};
use crate::workspace::{Bend, ScaleSetting, SegmentSettings};

use super::choice::{Choice, ChoiceParams};
use super::reach::{Mailing, Merge, merge_small};
use super::stability::Stability;

/// A division of some contacts.
pub struct Segmentation {
    pub prepared: Prepared,
    pub choice: Choice,
    /// Segment of each contact, from 0, by descending mean of the value it was ordered by.
    pub labels: Vec<usize>,
    pub segments: usize,
    /// Segment of each cluster of the choice.
    pub segment_of_cluster: Vec<usize>,
    pub merges: Vec<Merge>,
}

/// What a division is made with.
pub struct SegmentationParams<'a> {
    pub settings: &'a SegmentSettings,
    pub seed: u64,
    /// Least and most clusters.
    pub k: (usize, usize),
    pub mailing: Option<&'a Mailing>,
}

impl SegmentationParams<'_> {
    /// Divides the contacts of `chosen`, which holds only the features that take part. `value` orders
    /// the segments.
    pub fn divide(&self, chosen: &FeatureTable, value: &[f64]) -> Result<Segmentation> {
        let is_given = self.k.0 == self.k.1;
        let prepared = match Preparation::fit(chosen, &preparation(self.settings)?) {
            // Contacts that are all alike are one segment.
            Err(alike) if alike.kind() == Kind::Data && !is_given => Preparation::alike(chosen),
            prepared => prepared?,
        };
        let matrix = prepared.matrix.mapv(|v| v as f32);
        let is_capped = !is_given && self.settings.capacity < self.k.1;
        let most = if is_capped { self.settings.capacity } else { self.k.1 };
        let sample = self.settings.silhouette_sample;
        let params = ChoiceParams {
            is_given,
            ..ChoiceParams::new(self.k.0.min(most), most, self.seed, sample)
        };
        let choice = params.choose(matrix.view())?;
        // A number of segments that was asked for is kept, whatever can be tested on them.
        let mailing = self.mailing.filter(|_| !is_given);
        let (labels, merges) = merge_small(
            matrix.view(),
            &choice.clustering.labels,
            mailing,
            if is_given { usize::MAX } else { self.settings.capacity },
        );
        let (labels, segments) = ordered(&labels, value);
        let segment_of_cluster = segments_of_clusters(&choice, &labels);
        Ok(Segmentation { prepared, choice, labels, segments, segment_of_cluster, merges })
    }
}

impl Segmentation {
    /// What distances are taken on before any projection, shape (contacts, columns).
    pub fn weighed(&self) -> Array2<f64> {
        self.prepared.preparation.weighed(&self.prepared.standard)
    }

    /// The means of the segments' rows of `matrix`.
    pub fn means(&self, matrix: &Array2<f64>) -> Array2<f64> {
        let mut sums = Array2::<f64>::zeros((self.segments, matrix.ncols()));
        let mut counts = vec![0.0; self.segments];
        for (row, &label) in matrix.axis_iter(Axis(0)).zip(&self.labels) {
            sums.row_mut(label).zip_mut_with(&row, |sum, v| *sum += v);
            counts[label] += 1.0;
        }
        for (mut sum, count) in sums.rows_mut().into_iter().zip(counts) {
            sum.mapv_inplace(|v| v / f64::max(count, 1.0));
        }
        sums
    }

    /// The stability of each segment: that of its cluster, or of the least stable of those merged.
    pub fn stability(&self, segment: usize) -> Option<Stability> {
        let clusters = self.segment_of_cluster.iter().zip(&self.choice.stability);
        let own = clusters.filter(|(s, _)| **s == segment).map(|(_, stability)| *stability);
        own.min_by(|a, b| a.mean.total_cmp(&b.mean))
    }

    /// The mean silhouette of each segment's rows, before any merge.
    pub fn silhouette(&self, segment: usize) -> Option<f64> {
        let silhouette = self.choice.silhouette.as_ref()?;
        let clusters = self.segment_of_cluster.iter().zip(&silhouette.by_cluster);
        let own = clusters.filter(|(s, _)| **s == segment).filter_map(|(_, value)| *value);
        own.min_by(f64::total_cmp)
    }
}

/// Renumbers labels by descending mean of `value`; ties by size, then by the first row.
fn ordered(labels: &[usize], value: &[f64]) -> (Vec<usize>, usize) {
    let clusters = labels.iter().max().map_or(0, |most| most + 1);
    let mut sums = vec![(0.0, 0usize, usize::MAX); clusters];
    for (row, (&label, value)) in labels.iter().zip(value).enumerate() {
        let (sum, count, first) = &mut sums[label];
        (*sum, *count, *first) = (*sum + value, *count + 1, (*first).min(row));
    }
    let mean = |c: usize| sums[c].0 / sums[c].1.max(1) as f64;
    let mut order: Vec<usize> = (0..clusters).collect();
    order.sort_by(|&a, &b| {
        let by_size = sums[b].1.cmp(&sums[a].1);
        mean(b).total_cmp(&mean(a)).then(by_size).then(sums[a].2.cmp(&sums[b].2))
    });
    let mut number = vec![0; clusters];
    order.iter().enumerate().for_each(|(new, &old)| number[old] = new);
    (labels.iter().map(|&label| number[label]).collect(), clusters)
}

fn segments_of_clusters(choice: &Choice, labels: &[usize]) -> Vec<usize> {
    let mut segments = vec![0; choice.clustering.clusters()];
    choice.clustering.labels.iter().zip(labels).for_each(|(c, s)| segments[*c] = *s);
    segments
}

/// The settings as parameters.
fn preparation(settings: &SegmentSettings) -> Result<PreparationParams> {
    let mut weights = std::collections::BTreeMap::new();
    for (name, weight) in &settings.weights {
        weights.insert(Family::named(name)?, *weight);
    }
    Ok(PreparationParams {
        transform: match settings.preparation.bend {
            Bend::Asinh => Transform::Asinh,
            Bend::Log1p => Transform::Log1p,
            Bend::None => Transform::None,
        },
        scale: match settings.preparation.scale {
            ScaleSetting::Standard => Scale::Standard,
            ScaleSetting::Robust => Scale::Robust,
        },
        winsorise: settings.preparation.winsorise,
        weighing: Weighing::Families(weights),
        components: settings.preparation.components,
        ..PreparationParams::default()
    })
}
