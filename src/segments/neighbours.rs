//! Which segments lie next to which, and how many contacts stand between them.

use ndarray::{ArrayView1, ArrayView2};
use rayon::prelude::*;
use serde::Serialize;

/// A member stands at the border if another segment's centroid is at most so much further than its
/// own: a tenth, about as much as two runs on slightly other data move a centroid.
pub const BORDER: f64 = 0.1;

/// Neighbours shown.
const MOST: usize = 3;

/// A segment's neighbours.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Surroundings {
    /// Up to three other segments, by the distance of their centroids; empty for the only segment.
    pub nearest: Vec<Neighbour>,
    /// Share of the members at the border to any other segment; `None` without members or others.
    pub border_share: Option<f64>,
}

/// Another segment, as seen from one.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Neighbour {
    /// Its label, from 0.
    pub segment: usize,
    /// Euclidean distance between the two centroids on the prepared scale.
    pub distance: f64,
    /// Share of the members whose nearest centroid, apart from their own segment's, is this one.
    pub next_share: f64,
    /// Those among them for whom it is at most [`BORDER`] further than their own, or nearer: the
    /// overlap, as a share of all members.
    pub border_share: f64,
}

/// The surroundings of every segment, from the contacts' own labels; `labels` are below the number of
/// centroids, and sizes fit. Of equally distant centroids the first counts as nearest.
///
/// # Cost
/// Contacts × clusters × columns, in parallel; memory: contacts.
pub fn surroundings<P: Copy + Into<f64> + Sync>(
    prepared: ArrayView2<'_, P>,
    labels: &[usize],
    centroids: ArrayView2<'_, f64>,
) -> Vec<Surroundings> {
    let clusters = centroids.nrows();
    let others: Vec<Option<(usize, bool)>> = (0..labels.len())
        .into_par_iter()
        .map(|row| nearest_other(prepared.row(row), labels[row], centroids))
        .collect();
    let mut sizes = vec![0usize; clusters];
    let mut next = vec![vec![[0usize; 2]; clusters]; clusters];
    for (label, other) in labels.iter().zip(others) {
        sizes[*label] += 1;
        if let Some((other, at_border)) = other {
            next[*label][other][0] += 1;
            next[*label][other][1] += usize::from(at_border);
        }
    }
    (0..clusters).map(|own| around(own, sizes[own], &next[own], centroids)).collect()
}

/// The nearest centroid but the own, and whether the contact stands at the border to it.
fn nearest_other<P: Copy + Into<f64>>(
    point: ArrayView1<'_, P>,
    own: usize,
    centroids: ArrayView2<'_, f64>,
) -> Option<(usize, bool)> {
    let distance = |centroid: ArrayView1<'_, f64>| {
        point.iter().zip(centroid).map(|(a, b)| ((*a).into() - b).powi(2)).sum::<f64>()
    };
    let others = centroids.rows().into_iter().enumerate().filter(|(at, _)| *at != own);
    let (other, squared) = others
        .map(|(at, centroid)| (at, distance(centroid)))
        .reduce(|best, next| if next.1 < best.1 { next } else { best })?;
    let reach = (1.0 + BORDER) * distance(centroids.row(own)).sqrt();
    Some((other, squared.sqrt() <= reach))
}

fn around(
    own: usize,
    size: usize,
    next: &[[usize; 2]],
    centroids: ArrayView2<'_, f64>,
) -> Surroundings {
    let share = |count: usize| count as f64 / size.max(1) as f64;
    let apart = |other: usize| {
        let pairs = centroids.row(own).into_iter().zip(centroids.row(other));
        pairs.map(|(a, b)| (a - b) * (a - b)).sum::<f64>().sqrt()
    };
    let others = (0..centroids.nrows()).filter(|other| *other != own);
    let mut nearest: Vec<Neighbour> = others
        .map(|segment| Neighbour {
            segment,
            distance: apart(segment),
            next_share: share(next[segment][0]),
            border_share: share(next[segment][1]),
        })
        .collect();
    nearest.sort_by(|a, b| a.distance.total_cmp(&b.distance).then(a.segment.cmp(&b.segment)));
    nearest.truncate(MOST);
    let at_border: usize = next.iter().map(|counts| counts[1]).sum();
    let has_any = size > 0 && centroids.nrows() > 1;
    Surroundings { nearest, border_share: has_any.then(|| share(at_border)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    /// Centroids at 0, 10 and 30 on a line.
    fn line() -> (ndarray::Array2<f64>, ndarray::Array2<f64>, Vec<usize>) {
        // Of the first segment: 4.8 and 5.2 lie at the border to the second (4.8 to 5.2 is a factor
        // of 1.08, and the other is already nearer), 4.5 does not (1.22), and neither does -40.
        let points = array![[-40.0], [4.5], [4.8], [5.2], [10.0], [21.0], [30.0]];
        (points, array![[0.0], [10.0], [30.0]], vec![0, 0, 0, 0, 1, 1, 2])
    }

    #[test]
    fn a_line_by_hand() {
        let (points, centroids, labels) = line();
        let found = surroundings(points.view(), &labels, centroids.view());
        let neighbour = |segment, distance, next_share, border_share| Neighbour {
            segment,
            distance,
            next_share,
            border_share,
        };
        let around = |nearest, border_share| Surroundings { nearest, border_share };
        let first = vec![neighbour(1, 10.0, 1.0, 0.5), neighbour(2, 30.0, 0.0, 0.0)];
        // 10 is as far from the first as can be; 21 is 11 from its own and 9 from the third.
        let second = vec![neighbour(0, 10.0, 0.5, 0.0), neighbour(2, 20.0, 0.5, 0.5)];
        let third = vec![neighbour(1, 20.0, 1.0, 0.0), neighbour(0, 30.0, 0.0, 0.0)];
        assert_eq!(
            found,
            [around(first, Some(0.5)), around(second, Some(0.5)), around(third, Some(0.0))]
        );
    }

    #[test]
    fn single_precision_and_order_change_nothing() {
        let (points, centroids, labels) = line();
        let expected = surroundings(points.view(), &labels, centroids.view());
        let single = points.mapv(|v| v as f32);
        assert_eq!(surroundings(single.view(), &labels, centroids.view()), expected);
        let turned = points.slice(ndarray::s![..;-1, ..]);
        let labels: Vec<usize> = labels.into_iter().rev().collect();
        assert_eq!(surroundings(turned, &labels, centroids.view()), expected);
    }

    #[test]
    fn the_only_segment_has_no_neighbour_and_an_empty_one_no_share() {
        let points = array![[1.0], [2.0]];
        let alone = surroundings(points.view(), &[0, 0], array![[1.5]].view());
        assert_eq!(alone, [Surroundings { nearest: vec![], border_share: None }]);
        let empty = surroundings(points.view(), &[0, 0], array![[1.5], [9.0]].view());
        assert_eq!((empty[0].border_share, empty[1].border_share), (Some(0.0), None));
        assert_eq!(empty[1].nearest[0].next_share, 0.0);
    }
}
