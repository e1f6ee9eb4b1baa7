//! Symmetric positive definite systems.

/// The lower triangle L with L Lᵀ = A.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Cholesky {
    lower: Vec<f64>,
    n: usize,
}

impl Cholesky {
    /// Factors `matrix`, of which the lower triangle is read. A pivot that keeps no more than `least` of
    /// its diagonal entry is refused.
    ///
    /// # Errors
    /// The first row that is, to that precision, a combination of the earlier ones.
    pub(super) fn new(matrix: &[f64], n: usize, least: f64) -> Result<Self, usize> {
        let mut lower = matrix.to_vec();
        for j in 0..n {
            let (done, rest) = lower.split_at_mut(j * n);
            let row = &mut rest[..n];
            for k in 0..j {
                let other = &done[k * n..k * n + n];
                let dot: f64 = row[..k].iter().zip(&other[..k]).map(|(a, b)| a * b).sum();
                row[k] = (row[k] - dot) / other[k];
            }
            let pivot = row[j] - row[..j].iter().map(|v| v * v).sum::<f64>();
            if pivot.is_nan() || pivot <= (least * row[j]).max(0.0) {
                return Err(j);
            }
            row[j] = pivot.sqrt();
        }
        Ok(Cholesky { lower, n })
    }

    /// The x with A x = `right`.
    pub(super) fn solve(&self, right: &[f64]) -> Vec<f64> {
        let (n, at) = (self.n, |j: usize, k: usize| self.lower[j * self.n + k]);
        let mut x = right.to_vec();
        for j in 0..n {
            let dot: f64 = (0..j).map(|k| at(j, k) * x[k]).sum();
            x[j] = (x[j] - dot) / at(j, j);
        }
        for j in (0..n).rev() {
            let dot: f64 = (j + 1..n).map(|k| at(k, j) * x[k]).sum();
            x[j] = (x[j] - dot) / at(j, j);
        }
        x
    }

    /// The inverse, by columns.
    pub(super) fn inverse(&self) -> Vec<Vec<f64>> {
        let unit = |j: usize| (0..self.n).map(|k| f64::from(k == j)).collect::<Vec<f64>>();
        (0..self.n).map(|j| self.solve(&unit(j))).collect()
    }
}
