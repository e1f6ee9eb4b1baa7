//! Differences from everybody, and their parts in the separation.

use ndarray::ArrayView2;
use serde::Serialize;

/// A feature within a segment, against everybody.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Contrast {
    pub feature: String,
    /// Segment mean minus overall mean on the prepared scale, in overall standard deviations; the
    /// weights of features leave it as it is.
    pub standardized_difference: f64,
    /// The feature's part of the squared distance between the segment's mean and the overall mean on
    /// the prepared scale, weights included. The parts of a segment add up to 1; all are 0 where the
    /// segment's mean is the overall mean.
    pub share_of_separation: f64,
}

/// Means and standard deviations of the prepared columns over all contacts, summed in row order.
#[derive(Debug)]
pub(super) struct Everybody {
    means: Vec<f64>,
    deviations: Vec<f64>,
}

impl Everybody {
    pub(super) fn of<P: Copy + Into<f64>>(prepared: ArrayView2<'_, P>) -> Self {
        let rows = prepared.nrows().max(1) as f64;
        let means = sums(prepared, 0..prepared.nrows()).iter().map(|sum| sum / rows).collect();
        let mut squares = vec![0.0; prepared.ncols()];
        for row in prepared.rows() {
            for ((square, value), mean) in squares.iter_mut().zip(row).zip(&means as &Vec<f64>) {
                *square += ((*value).into() - mean).powi(2);
            }
        }
        let deviations = squares.iter().map(|square| (square / rows).sqrt()).collect();
        Everybody { means, deviations }
    }
}

/// The contrasts of the contacts in `members`, the largest part of the separation first; ties by the
/// feature's name. Empty for a segment without members.
///
/// # Cost
/// Members × prepared columns.
pub(super) fn contrasts<P: Copy + Into<f64>>(
    prepared: ArrayView2<'_, P>,
    names: &[String],
    everybody: &Everybody,
    members: &[usize],
) -> Vec<Contrast> {
    if members.is_empty() {
        return Vec::new();
    }
    let sums = sums(prepared, members.iter().copied());
    let means = sums.iter().map(|sum| sum / members.len() as f64);
    let apart: Vec<f64> = means.zip(&everybody.means).map(|(own, all)| own - all).collect();
    let separation: f64 = apart.iter().map(|d| d * d).sum();
    let mut contrasts: Vec<Contrast> = names
        .iter()
        .zip(&apart)
        .zip(&everybody.deviations)
        .map(|((name, apart), deviation)| Contrast {
            feature: name.clone(),
            standardized_difference: ratio(*apart, *deviation),
            share_of_separation: ratio(apart * apart, separation),
        })
        .collect();
    contrasts.sort_by(|a, b| {
        b.share_of_separation
            .total_cmp(&a.share_of_separation)
            .then_with(|| a.feature.cmp(&b.feature))
    });
    contrasts
}

fn sums<P: Copy + Into<f64>>(
    prepared: ArrayView2<'_, P>,
    rows: impl Iterator<Item = usize>,
) -> Vec<f64> {
    let mut sums = vec![0.0; prepared.ncols()];
    for row in rows {
        for (sum, value) in sums.iter_mut().zip(prepared.row(row)) {
            *sum += (*value).into();
        }
    }
    sums
}

fn ratio(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 0.0 }
}
