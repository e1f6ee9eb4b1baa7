//! Variance between clusters against variance within.

use ndarray::{ArrayView2, Axis};

use super::kmeans::Clustering;

/// The index of Calinski & Harabasz (1974): B/(k − 1) over W/(n − k), with B the squared distances of
/// the clusters' means to everybody's, times their sizes, and W those of rows to their cluster's mean.
/// `None` with one cluster, or no more rows than clusters; infinite if all rows are at their means.
pub fn calinski_harabasz(matrix: ArrayView2<'_, f32>, clustering: &Clustering) -> Option<f64> {
    let (n, k) = (matrix.nrows(), clustering.clusters());
    if k < 2 || n <= k {
        return None;
    }
    let mean = matrix.mapv(f64::from).mean_axis(Axis(0))?;
    let squared = |cluster: usize| {
        let centroid = clustering.centroids.row(cluster);
        centroid.iter().zip(&mean).map(|(c, m)| (c - m) * (c - m)).sum::<f64>()
    };
    let between: f64 =
        clustering.sizes().iter().enumerate().map(|(c, size)| *size as f64 * squared(c)).sum();
    let within = clustering.inertia / (n - k) as f64;
    Some(between / (k - 1) as f64 / within)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn four_points_by_hand() {
        let points = array![[0.0_f32], [2.0], [10.0], [12.0]];
        let clustering = Clustering {
            centroids: array![[1.0], [11.0]],
            labels: vec![0, 0, 1, 1],
            inertia: 4.0,
            iterations: 1,
        };
        // B = 2·25 + 2·25, W = 4: 100/1 over 4/2.
        assert_eq!(calinski_harabasz(points.view(), &clustering), Some(50.0));
    }
}
