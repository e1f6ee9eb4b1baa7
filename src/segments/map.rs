//! Where segments lie on the two principal components of what distances are taken on.

use ndarray::{Array2, ArrayView2};
use serde::Serialize;

use crate::error::Result;
use crate::features::{Components, PreparedColumn};

use super::silhouette::sample;

/// Contacts drawn as points.
const POINTS: usize = 1_200;

/// Features that name an axis.
const IN_AXIS: usize = 2;

/// A map of all contacts.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Map {
    /// The features that each axis mostly is, with their loadings.
    pub axes: [Vec<(String, f64)>; 2],
    /// Share of the variance along each axis.
    pub explained: [f64; 2],
    /// One entry a segment.
    pub segments: Vec<Place>,
    /// A sample of contacts: both coordinates, and the place of the segment.
    #[serde(skip)]
    pub points: Vec<(f64, f64, usize)>,
}

/// Where a segment's members are.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Place {
    pub mean: (f64, f64),
    pub standard_deviation: (f64, f64),
    pub correlation: f64,
}

/// The map of `matrix` (contacts × columns, weights applied), or `None` with fewer than two columns.
pub fn map(
    matrix: ArrayView2<'_, f64>,
    columns: &[PreparedColumn],
    labels: &[usize],
    clusters: usize,
    seed: u64,
) -> Result<Option<Map>> {
    if matrix.ncols() < 2 || matrix.nrows() < 3 {
        return Ok(None);
    }
    let mut components = Components::fit(matrix)?;
    components.keep(2);
    let at = components.project(matrix);
    let points = sample(matrix.nrows(), POINTS, seed);
    Ok(Some(Map {
        axes: [axis(&components.loadings[0], columns), axis(&components.loadings[1], columns)],
        explained: [components.explained[0], components.explained[1]],
        segments: (0..clusters).map(|c| place(&at, labels, c)).collect(),
        points: points.iter().map(|&row| (at[(row, 0)], at[(row, 1)], labels[row])).collect(),
    }))
}

fn axis(loadings: &[f64], columns: &[PreparedColumn]) -> Vec<(String, f64)> {
    let mut order: Vec<usize> = (0..loadings.len()).collect();
    order.sort_by(|&a, &b| loadings[b].abs().total_cmp(&loadings[a].abs()).then(a.cmp(&b)));
    order.iter().take(IN_AXIS).map(|&c| (columns[c].name.clone(), loadings[c])).collect()
}

fn place(at: &Array2<f64>, labels: &[usize], cluster: usize) -> Place {
    let members: Vec<(f64, f64)> = at
        .rows()
        .into_iter()
        .zip(labels)
        .filter(|(_, label)| **label == cluster)
        .map(|(row, _)| (row[0], row[1]))
        .collect();
    let n = members.len().max(1) as f64;
    let mean = members.iter().fold((0.0, 0.0), |s, p| (s.0 + p.0 / n, s.1 + p.1 / n));
    let (mut xx, mut yy, mut xy) = (0.0, 0.0, 0.0);
    for (x, y) in members.iter().map(|p| (p.0 - mean.0, p.1 - mean.1)) {
        xx += x * x / n;
        yy += y * y / n;
        xy += x * y / n;
    }
    let product = (xx * yy).sqrt();
    Place {
        mean,
        standard_deviation: (xx.sqrt(), yy.sqrt()),
        correlation: if product > 0.0 { (xy / product).clamp(-1.0, 1.0) } else { 0.0 },
    }
}
