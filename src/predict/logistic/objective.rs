//! The mean loss with its first and second derivatives, summed in a fixed order.

use ndarray::ArrayView2;
use rayon::prelude::*;

use super::scaling::Scale;

/// Rows that one thread sums in one go.
const CHUNK: usize = 4096;
/// Chunks whose sums are in memory at once.
const BATCH: usize = 64;
/// Rows that are added to the second derivatives together.
const LANES: usize = 4;

/// Standardised rows with their targets. Parameters are the intercept and one coefficient for each of
/// the `active` columns.
#[derive(Debug)]
pub(super) struct Objective<'a> {
    pub values: ArrayView2<'a, f64>,
    pub scales: &'a [Scale],
    /// Columns that take part.
    pub active: &'a [usize],
    /// In [0, 1].
    pub targets: &'a [f64],
    pub weights: Option<&'a [f64]>,
    pub l2: f64,
}

/// Mean penalised loss and its derivatives at one point.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Derivatives {
    pub loss: f64,
    pub gradient: Vec<f64>,
    /// Rows of the lower triangle, stored as a full square matrix.
    pub hessian: Vec<f64>,
    pub weight: f64,
}

impl Derivatives {
    fn zero(parameters: usize) -> Self {
        Derivatives {
            loss: 0.0,
            gradient: vec![0.0; parameters],
            hessian: vec![0.0; parameters * parameters],
            weight: 0.0,
        }
    }

    fn add(&mut self, other: &Derivatives) {
        self.loss += other.loss;
        self.weight += other.weight;
        self.gradient.iter_mut().zip(&other.gradient).for_each(|(a, b)| *a += b);
        self.hessian.iter_mut().zip(&other.hessian).for_each(|(a, b)| *a += b);
    }

    pub(super) fn largest_slope(&self) -> f64 {
        self.gradient.iter().fold(0.0, |most, slope| most.max(slope.abs()))
    }
}

impl Objective<'_> {
    pub(super) fn parameters(&self) -> usize {
        self.active.len() + 1
    }

    /// Evaluates at `point`: the intercept first, then the coefficients.
    pub(super) fn at(&self, point: &[f64]) -> Derivatives {
        let chunks = self.targets.len().div_ceil(CHUNK);
        let mut total = Derivatives::zero(self.parameters());
        for batch in (0..chunks).step_by(BATCH) {
            let ends = batch..chunks.min(batch + BATCH);
            let parts: Vec<Derivatives> =
                ends.into_par_iter().map(|chunk| self.chunk(chunk, point)).collect();
            parts.iter().for_each(|part| total.add(part));
        }
        self.mean(total, point)
    }

    fn mean(&self, mut total: Derivatives, point: &[f64]) -> Derivatives {
        let (m, weight) = (self.parameters(), total.weight);
        total.loss /= weight;
        total.gradient.iter_mut().chain(&mut total.hessian).for_each(|value| *value /= weight);
        for (j, coefficient) in point.iter().enumerate().skip(1) {
            total.loss += self.l2 / 2.0 * coefficient * coefficient;
            total.gradient[j] += self.l2 * coefficient;
            total.hessian[j * m + j] += self.l2;
        }
        total
    }

    fn chunk(&self, chunk: usize, point: &[f64]) -> Derivatives {
        let m = self.parameters();
        let mut sums = Derivatives::zero(m);
        let mut rows = vec![0.0; LANES * m];
        let end = self.targets.len().min((chunk + 1) * CHUNK);
        for start in (chunk * CHUNK..end).step_by(LANES) {
            // Lanes without a row, or with a row of weight 0, keep the curvature 0 and add nothing.
            let mut curvature = [0.0; LANES];
            for (lane, row) in (start..end.min(start + LANES)).enumerate() {
                let z = &mut rows[lane * m..(lane + 1) * m];
                if self.weight(row) == 0.0 {
                    z.fill(0.0);
                    continue;
                }
                self.standardise(row, z);
                curvature[lane] = self.add_row(row, z, point, &mut sums);
            }
            add_squares(&mut sums.hessian, &rows, curvature, m);
        }
        sums
    }

    fn weight(&self, row: usize) -> f64 {
        self.weights.map_or(1.0, |w| w[row])
    }

    fn standardise(&self, row: usize, z: &mut [f64]) {
        z[0] = 1.0;
        for (slot, &column) in z[1..].iter_mut().zip(self.active) {
            *slot = self.scales[column].standardised(self.values[[row, column]]);
        }
    }

    /// Adds a row's loss and slope; returns its weight in the second derivatives.
    fn add_row(&self, row: usize, z: &[f64], point: &[f64], sums: &mut Derivatives) -> f64 {
        let weight = self.weight(row);
        let logit: f64 = z.iter().zip(point).map(|(z, b)| z * b).sum();
        let likely = Likelihood::of(logit, self.targets[row]);
        sums.weight += weight;
        sums.loss += weight * likely.loss;
        let slope = weight * likely.slope;
        sums.gradient.iter_mut().zip(z).for_each(|(sum, z)| *sum += slope * z);
        weight * likely.curvature
    }
}

/// One row's -ln likelihood and its derivatives in the logit, without cancellation at either end.
struct Likelihood {
    loss: f64,
    slope: f64,
    curvature: f64,
}

impl Likelihood {
    fn of(logit: f64, target: f64) -> Self {
        let small = (-logit.abs()).exp();
        let (far, near) = (small / (1.0 + small), 1.0 / (1.0 + small));
        // P(1) and P(0).
        let (p, q) = if logit >= 0.0 { (near, far) } else { (far, near) };
        let costs = |logit: f64| small.ln_1p() + logit.max(0.0);
        Likelihood {
            loss: target * costs(-logit) + (1.0 - target) * costs(logit),
            slope: (1.0 - target) * p - target * q,
            curvature: p * q,
        }
    }
}

/// Adds Σ curvature z zᵀ over the lanes to the lower triangle.
fn add_squares(hessian: &mut [f64], rows: &[f64], curvature: [f64; LANES], m: usize) {
    let lane = |l: usize| &rows[l * m..(l + 1) * m];
    let (a, b, c, d) = (lane(0), lane(1), lane(2), lane(3));
    for j in 0..m {
        let (wa, wb) = (curvature[0] * a[j], curvature[1] * b[j]);
        let (wc, wd) = (curvature[2] * c[j], curvature[3] * d[j]);
        let sums = &mut hessian[j * m..=j * m + j];
        let columns = a.iter().zip(b).zip(c.iter().zip(d));
        for (sum, ((a, b), (c, d))) in sums.iter_mut().zip(columns) {
            *sum += (wa * a + wb * b) + (wc * c + wd * d);
        }
    }
}
