//! A log-likelihood at a point, and sums of them.

use rayon::prelude::*;

/// A log-likelihood with its first and second derivatives in N parameters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Curve<const N: usize> {
    pub value: f64,
    pub gradient: [f64; N],
    pub hessian: [[f64; N]; N],
}

impl<const N: usize> Default for Curve<N> {
    fn default() -> Self {
        Curve { value: 0.0, gradient: [0.0; N], hessian: [[0.0; N]; N] }
    }
}

impl<const N: usize> Curve<N> {
    /// Adds `weight` times `other`.
    pub fn add(&mut self, other: &Curve<N>, weight: f64) {
        self.value += weight * other.value;
        for i in 0..N {
            self.gradient[i] += weight * other.gradient[i];
            for j in 0..N {
                self.hessian[i][j] += weight * other.hessian[i][j];
            }
        }
    }

    /// From derivatives in θ to derivatives in ln θ.
    #[must_use]
    pub fn in_logs(mut self, theta: &[f64; N]) -> Self {
        self.gradient.iter_mut().zip(theta).for_each(|(slope, theta)| *slope *= theta);
        for (i, row) in self.hessian.iter_mut().enumerate() {
            row.iter_mut().zip(theta).for_each(|(curve, other)| *curve *= theta[i] * other);
            row[i] += self.gradient[i];
        }
        self
    }

    /// True if every number in it is finite.
    pub fn is_finite(&self) -> bool {
        let rest = self.gradient.iter().chain(self.hessian.iter().flatten());
        self.value.is_finite() && rest.copied().all(f64::is_finite)
    }
}

/// A log-likelihood of N parameters, each given as a logarithm.
pub trait Objective<const N: usize> {
    /// Value, gradient and Hessian at `logs`.
    fn curve(&self, logs: &[f64; N]) -> Curve<N>;

    /// The number of observations, which puts gradients on one scale.
    fn weight(&self) -> f64;
}

/// Value and gradient of `slope` at `logs`, with a Hessian of central differences of gradients, where there
/// is no formula for it.
pub fn by_differences<const N: usize>(
    logs: &[f64; N],
    slope: impl Fn(&[f64; N]) -> Curve<N>,
) -> Curve<N> {
    const STEP: f64 = 1e-4;
    let mut curve = slope(logs);
    let shifted = |i: usize, step: f64| {
        let mut at = *logs;
        at[i] += step;
        slope(&at).gradient
    };
    for i in 0..N {
        let (high, low) = (shifted(i, STEP), shifted(i, -STEP));
        for j in 0..N {
            curve.hessian[i][j] = (high[j] - low[j]) / (2.0 * STEP);
        }
    }
    for i in 0..N {
        for j in 0..i {
            let mean = f64::midpoint(curve.hessian[i][j], curve.hessian[j][i]);
            (curve.hessian[i][j], curve.hessian[j][i]) = (mean, mean);
        }
    }
    curve
}

/// Σ over rows of what `add` adds: chunks of fixed size, summed in order, so that the number of threads
/// changes no bit.
pub fn sum_rows<T: Sync, const N: usize>(
    rows: &[T],
    add: impl Fn(&T, &mut Curve<N>) + Sync,
) -> Curve<N> {
    const CHUNK: usize = 4096;
    let parts: Vec<Curve<N>> = rows
        .par_chunks(CHUNK)
        .map(|chunk| {
            let mut sum = Curve::default();
            chunk.iter().for_each(|row| add(row, &mut sum));
            sum
        })
        .collect();
    let mut total = Curve::default();
    parts.iter().for_each(|part| total.add(part, 1.0));
    total
}
