//! Logistic regression on the harmonics of the day.

use std::f64::consts::TAU;

use super::hour_bins::HourBins;

/// Most coefficients: an intercept, and a cosine and a sine for each of three harmonics.
pub(super) const MOST: usize = 7;

/// The maximum-likelihood fit of logit p = b₀ + Σ bₖ cos(2π k h / 24) + cₖ sin(2π k h / 24).
#[derive(Debug, Clone, PartialEq)]
pub(super) struct HarmonicFit {
    pub coefficients: Vec<f64>,
    /// The inverse of the information, by rows.
    pub covariance: Vec<Vec<f64>>,
    /// Twice the log-likelihood that the saturated model has more.
    pub deviance: f64,
}

/// Why there is no fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoFit {
    /// The hours cannot tell the harmonics apart.
    Aliased,
    /// The likelihood rises without end: the successes lie apart from the rest.
    Separated,
}

/// 1, cos, sin, cos 2·, sin 2·, … at `hour`.
pub(super) fn basis(hour: f64, harmonics: usize) -> Vec<f64> {
    let waves = (1..=harmonics).flat_map(|k| {
        let angle = TAU * k as f64 * hour / 24.0;
        [angle.cos(), angle.sin()]
    });
    std::iter::once(1.0).chain(waves).collect()
}

/// Newton's method from the flat rate, with halved steps where the deviance would rise. Needs
/// successes and failures. O(iterations × hours × 7²).
pub(super) fn harmonic_fit(bins: &HourBins, harmonics: usize) -> Result<HarmonicFit, NoFit> {
    const MOST_STEPS: usize = 100;
    // What a full step would still gain; one more step squares that.
    const SETTLED: f64 = 1e-14;
    let rows: Vec<Vec<f64>> = bins.bins().iter().map(|bin| basis(bin.hour, harmonics)).collect();
    let model = Model { bins, rows };
    let total = bins.total();
    let flat = (total.successes() as f64 / total.failures() as f64).ln();
    let mut coefficients = vec![0.0; 2 * harmonics + 1];
    coefficients[0] = flat;
    let mut deviance = model.deviance(&coefficients);
    for step in 0..MOST_STEPS {
        let (score, information) = model.score(&coefficients);
        let why_not = if step == 0 { NoFit::Aliased } else { NoFit::Separated };
        let covariance = inverse(&information).ok_or(why_not)?;
        let direction = product(&covariance, &score);
        if model.is_separated(&coefficients, flat) {
            return Err(NoFit::Separated);
        }
        if dot(&direction, &score) <= SETTLED * (1.0 + deviance) {
            return model.polished(&coefficients, &direction);
        }
        (coefficients, deviance) = model.descend(&coefficients, &direction, deviance);
    }
    Err(NoFit::Separated)
}

/// 2 Σ x ln(x / (n p)) + (n-x) ln((n-x) / (n q)), with p at the logits.
pub(super) fn deviance(bins: &HourBins, logits: &[f64]) -> f64 {
    let each = bins.bins().iter().zip(logits).map(|(bin, logit)| {
        let (n, x) = (bin.counts.n() as f64, bin.counts.successes() as f64);
        let part = |count: f64, ln_share: f64| {
            if count > 0.0 { count * ((count / n).ln() - ln_share) } else { 0.0 }
        };
        part(x, -ln_1p_exp(-logit)) + part(n - x, -ln_1p_exp(*logit))
    });
    2.0 * each.sum::<f64>()
}

/// ln(1 + e^v).
fn ln_1p_exp(v: f64) -> f64 {
    v.max(0.0) + (-v.abs()).exp().ln_1p()
}

struct Model<'a> {
    bins: &'a HourBins,
    rows: Vec<Vec<f64>>,
}

impl Model<'_> {
    fn logits(&self, coefficients: &[f64]) -> Vec<f64> {
        self.rows.iter().map(|row| dot(row, coefficients)).collect()
    }

    fn deviance(&self, coefficients: &[f64]) -> f64 {
        deviance(self.bins, &self.logits(coefficients))
    }

    /// First derivatives of the log-likelihood, and minus the second.
    fn score(&self, coefficients: &[f64]) -> (Vec<f64>, Vec<Vec<f64>>) {
        let size = coefficients.len();
        let (mut score, mut information) = (vec![0.0; size], vec![vec![0.0; size]; size]);
        for (bin, row) in self.bins.bins().iter().zip(&self.rows) {
            let logit = dot(row, coefficients);
            let (n, x) = (bin.counts.n() as f64, bin.counts.successes() as f64);
            let (p, q) = (1.0 / (1.0 + (-logit).exp()), 1.0 / (1.0 + logit.exp()));
            // x q - (n-x) p is x - n p without its cancellation for a rate near 1.
            let residual = x * q - (n - x) * p;
            for (i, value) in row.iter().enumerate() {
                score[i] += residual * value;
                for (entry, other) in information[i].iter_mut().zip(row) {
                    *entry += n * p * q * value * other;
                }
            }
        }
        (score, information)
    }

    /// The fit after a last full step.
    fn polished(&self, from: &[f64], direction: &[f64]) -> Result<HarmonicFit, NoFit> {
        let coefficients: Vec<f64> = from.iter().zip(direction).map(|(b, d)| b + d).collect();
        let covariance = inverse(&self.score(&coefficients).1).ok_or(NoFit::Separated)?;
        let deviance = self.deviance(&coefficients);
        Ok(HarmonicFit { coefficients, covariance, deviance })
    }

    /// An hour whose odds are millions of times the average's is on its way to infinity.
    fn is_separated(&self, coefficients: &[f64], flat: f64) -> bool {
        const FARTHEST: f64 = 16.0;
        self.logits(coefficients).iter().any(|logit| (logit - flat).abs() > FARTHEST)
    }

    /// The longest of the steps 1, 1/2, 1/4, … that does not raise the deviance.
    fn descend(&self, from: &[f64], direction: &[f64], deviance: f64) -> (Vec<f64>, f64) {
        let mut part = 1.0;
        for _ in 0..40 {
            let next: Vec<f64> = from.iter().zip(direction).map(|(b, d)| b + part * d).collect();
            let lower = self.deviance(&next);
            if lower <= deviance {
                return (next, lower);
            }
            part /= 2.0;
        }
        (from.to_vec(), deviance)
    }
}

pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// M v.
pub(super) fn product(matrix: &[Vec<f64>], vector: &[f64]) -> Vec<f64> {
    matrix.iter().map(|row| dot(row, vector)).collect()
}

/// The inverse of a symmetric positive definite matrix by Gauss-Jordan elimination on the diagonal;
/// `None` if a pivot keeps next to nothing of its entry.
fn inverse(matrix: &[Vec<f64>]) -> Option<Vec<Vec<f64>>> {
    const LEAST: f64 = 1e-10;
    let size = matrix.len().min(MOST);
    let mut left = matrix.to_vec();
    let mut right: Vec<Vec<f64>> =
        (0..size).map(|i| (0..size).map(|j| f64::from(u8::from(i == j))).collect()).collect();
    for pivot in 0..size {
        let scale = left[pivot][pivot];
        if scale.is_nan() || scale <= LEAST * matrix[pivot][pivot] {
            return None;
        }
        let (row_left, row_right) = (left[pivot].clone(), right[pivot].clone());
        for row in 0..size {
            // The pivot's own row is divided; the others lose their multiple of it.
            let factor = if row == pivot { 1.0 - 1.0 / scale } else { left[row][pivot] / scale };
            for column in 0..size {
                left[row][column] -= factor * row_left[column];
                right[row][column] -= factor * row_right[column];
            }
        }
    }
    Some(right)
}
