//! Principal components of a matrix: the directions in which contacts differ most.

use linfa_linalg::eigh::{EigSort, Eigh};
use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis};
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// Fitted components (Pearson 1901; eigenvectors of the covariance).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Components {
    pub mean: Vec<f64>,
    /// One entry a component, most variance first; each has one loading a column, the largest of them
    /// above zero.
    pub loadings: Vec<Vec<f64>>,
    /// Share of all variance along each component.
    pub explained: Vec<f64>,
}

impl Components {
    /// All components of `matrix`, shape (rows, columns).
    ///
    /// # Errors
    /// If there are no two rows, or the decomposition fails.
    ///
    /// # Cost
    /// rows × columns² + columns³.
    pub fn fit(matrix: ArrayView2<'_, f64>) -> Result<Self> {
        let failed = || Error::data("principal components need at least two contacts that differ");
        let mean = matrix.mean_axis(Axis(0)).ok_or_else(failed)?;
        let centered = &matrix - &mean;
        let covariance = centered.t().dot(&centered) / (matrix.nrows().max(2) - 1) as f64;
        let (values, vectors) =
            covariance.eigh().map_err(|e| failed().caused_by(e))?.sort_eig_desc();
        let total: f64 = values.iter().map(|v| v.max(0.0)).sum();
        if total <= 0.0 {
            return Err(failed());
        }
        Ok(Components {
            mean: mean.to_vec(),
            loadings: vectors.columns().into_iter().map(upright).collect(),
            explained: values.iter().map(|v| v.max(0.0) / total).collect(),
        })
    }

    /// The first components that explain at least `share` of the variance.
    pub fn explaining(mut self, share: f64) -> Self {
        let mut sum = 0.0;
        let enough = self.explained.iter().position(|part| {
            sum += part;
            sum >= share - 1e-12
        });
        self.keep(enough.map_or(self.explained.len(), |place| place + 1));
        self
    }

    /// Only the first `count` components.
    pub fn keep(&mut self, count: usize) {
        self.loadings.truncate(count);
        self.explained.truncate(count);
    }

    /// Rows on the components, shape (rows, components).
    pub fn project(&self, matrix: ArrayView2<'_, f64>) -> Array2<f64> {
        let loadings = Array2::from_shape_fn((self.mean.len(), self.loadings.len()), |(c, p)| {
            self.loadings[p][c]
        });
        (&matrix - &Array1::from(self.mean.clone())).dot(&loadings)
    }
}

/// An eigenvector's sign is free: the loading largest in size, the first on a tie, is made positive.
fn upright(vector: ArrayView1<'_, f64>) -> Vec<f64> {
    let largest = vector.iter().fold(0.0_f64, |m, v| if v.abs() > m.abs() + 1e-9 { *v } else { m });
    vector.iter().map(|v| v * largest.signum()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn a_diagonal_line_by_hand() -> Result<()> {
        let points = array![[0.0, 0.0], [-1.0, -1.0], [2.0, 2.0], [3.0, 3.0]];
        let found = Components::fit(points.view())?;
        assert!((found.explained[0] - 1.0).abs() < 1e-12);
        let half = 0.5_f64.sqrt();
        assert!(found.loadings[0].iter().all(|l| (l - half).abs() < 1e-12));
        let on = found.explaining(0.9).project(points.view());
        assert_eq!(on.ncols(), 1);
        assert!((on[(0, 0)] + 1.0 * 2.0_f64.sqrt()).abs() < 1e-12);
        assert!(Components::fit(array![[1.0, 2.0], [1.0, 2.0]].view()).is_err());
        Ok(())
    }
}
