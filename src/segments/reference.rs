//! Contacts without segments, to compare with: the same values and correlations, in one cloud.
//!
//! k-means cuts any cloud into pieces, and the pieces have a silhouette. Whether there are groups is
//! asked against contacts that surely have none, yet look the same feature by feature and pair by
//! pair: a Gaussian copula with the rank correlations of the data and the values of the data (the
//! idea of a reference distribution is Tibshirani, Walther & Hastie's of 2001; the copula keeps the
//! many zeros and long tails of behaviour, which a uniform or a normal cloud would not).

use linfa_linalg::eigh::Eigh;
use ndarray::{Array2, ArrayView1, ArrayView2};
use rand::Rng;
use rand_distr::StandardNormal;
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::SeedableRng;
use statrs::distribution::{ContinuousCDF, Normal};

use crate::error::{Error, Result};

/// A fitted reference, from which tables of contacts without segments are drawn.
pub struct Reference {
    /// Each column's values, ascending.
    sorted: Vec<Vec<f32>>,
    /// Turns independent normals into correlated ones, shape (columns, columns).
    mixing: Array2<f64>,
    spreads: Vec<Spread>,
}

/// Where a column's values lie.
#[derive(Debug, Clone, Copy)]
struct Spread {
    low: f32,
    high: f32,
    mean: f64,
    deviation: f64,
    /// Third moment over the cube of the deviation; 0 without spread.
    skewness: f64,
}

/// Beyond this skewness a column's tail, and not a second mode, may be what sets clusters apart; an
/// exponential has 2.
const SKEWED: f64 = 1.0;

/// Steps that undo what ties take from correlations; each takes most of what is left.
const TIE_STEPS: u64 = 3;

/// Correlations of the columns' normal scores.
fn score_correlations(matrix: ArrayView2<'_, f32>) -> Array2<f64> {
    let mut scores = Array2::<f64>::zeros(matrix.dim());
    for (mut scores, values) in scores.columns_mut().into_iter().zip(matrix.columns()) {
        normal_scores(values).into_iter().zip(&mut scores).for_each(|(s, cell)| *cell = s);
    }
    scores.t().dot(&scores)
}

/// A root of the nearest matrix without negative eigenvalues.
fn mixing(correlation: &Array2<f64>) -> Result<Array2<f64>> {
    let failed = |e| Error::internal("a correlation matrix has no eigenvalues").caused_by(e);
    let (values, vectors) = correlation.eigh().map_err(failed)?;
    Ok(vectors * &values.mapv(|v: f64| v.max(0.0).sqrt()))
}

impl Reference {
    /// Fits on `matrix`, shape (contacts, columns).
    ///
    /// # Cost
    /// A few sorts a column, and contacts × columns².
    pub fn fit(matrix: ArrayView2<'_, f32>) -> Result<Self> {
        let wanted = score_correlations(matrix);
        let sorted = matrix.columns().into_iter().map(|column| {
            let mut values = column.to_vec();
            values.sort_unstable_by(f32::total_cmp);
            values
        });
        let mut reference = Reference {
            sorted: sorted.collect(),
            mixing: mixing(&wanted)?,
            ..Reference::of(matrix)
        };
        // Ties, such as many zeros, weaken correlations: what is mixed in is raised until those of a
        // draw are those of the data.
        let mut latent = wanted.clone();
        for step in 0..TIE_STEPS {
            let found = score_correlations(reference.draw(step).view());
            latent = (latent + &wanted - found).mapv(|r: f64| r.clamp(-0.999, 0.999));
            latent.diag_mut().fill(1.0);
            reference.mixing = mixing(&latent)?;
        }
        Ok(reference)
    }

    fn of(matrix: ArrayView2<'_, f32>) -> Self {
        let bounds = matrix.columns().into_iter().map(|column| {
            let low = column.iter().copied().fold(f32::INFINITY, f32::min);
            let high = column.iter().copied().fold(f32::NEG_INFINITY, f32::max);
            let n = column.len().max(1) as f64;
            let mean = column.iter().map(|v| f64::from(*v)).sum::<f64>() / n;
            let squares = column.iter().map(|v| (f64::from(*v) - mean).powi(2)).sum::<f64>();
            let cubes = column.iter().map(|v| (f64::from(*v) - mean).powi(3)).sum::<f64>();
            let deviation = (squares / n).sqrt();
            let skewness = if deviation > 0.0 { cubes / n / deviation.powi(3) } else { 0.0 };
            Spread { low, high, mean, deviation, skewness }
        });
        Reference { sorted: Vec::new(), mixing: Array2::zeros((0, 0)), spreads: bounds.collect() }
    }

    /// Whether a column has a long tail, which no plain cloud has.
    pub fn is_skewed(&self) -> bool {
        self.spreads.iter().any(|spread| spread.skewness.abs() > SKEWED)
    }

    /// Draws as many contacts from one plain cloud, of independent columns: even between the lowest and
    /// the highest value, or normal. Such a cloud has no modes, whatever the columns have.
    pub fn draw_plain(&self, seed: u64, is_even: bool) -> Array2<f32> {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
        let rows = self.sorted.first().map_or(0, Vec::len);
        Array2::from_shape_fn((rows, self.spreads.len()), |(_, column)| {
            let spread = self.spreads[column];
            if is_even {
                return spread.low + (spread.high - spread.low) * rng.r#gen::<f32>();
            }
            (spread.mean + spread.deviation * rng.sample::<f64, _>(StandardNormal)) as f32
        })
    }

    /// Draws as many contacts as it was fitted on.
    pub fn draw(&self, seed: u64) -> Array2<f32> {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
        let rows = self.sorted.first().map_or(0, Vec::len);
        let shape = (rows, self.sorted.len());
        let normals = Array2::from_shape_fn(shape, |_| rng.sample::<f64, _>(StandardNormal));
        let correlated = normals.dot(&self.mixing.t());
        let mut drawn = Array2::zeros(shape);
        for (place, values) in self.sorted.iter().enumerate() {
            let column = correlated.column(place);
            let mut order: Vec<usize> = (0..rows).collect();
            order.sort_unstable_by(|&a, &b| column[a].total_cmp(&column[b]).then(a.cmp(&b)));
            order.iter().zip(values).for_each(|(row, value)| drawn[(*row, place)] = *value);
        }
        drawn
    }
}

/// Normal scores of mid-ranks, with mean 0 and length 1; all zero for a column without spread.
fn normal_scores(values: ArrayView1<'_, f32>) -> Vec<f64> {
    let n = values.len();
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_unstable_by(|&a, &b| values[a].total_cmp(&values[b]));
    let mut scores = vec![0.0; n];
    let mut below = 0;
    for ties in order.chunk_by(|a, b| values[*a] == values[*b]) {
        let middle = (below as f64 + ties.len() as f64 / 2.0) / n as f64;
        let score = Normal::standard().inverse_cdf(middle);
        ties.iter().for_each(|row| scores[*row] = score);
        below += ties.len();
    }
    let mean = scores.iter().sum::<f64>() / n.max(1) as f64;
    let length = scores.iter().map(|s| (s - mean) * (s - mean)).sum::<f64>().sqrt();
    if length <= 1e-12 {
        return vec![0.0; n];
    }
    scores.iter().map(|s| (s - mean) / length).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Axis;

    #[test]
    fn values_stay_and_correlations_stay() -> Result<()> {
        let mut rng = Xoshiro256PlusPlus::seed_from_u64(1);
        let mut matrix = Array2::<f32>::zeros((4_000, 3));
        for mut row in matrix.rows_mut() {
            let z: f64 = rng.sample(StandardNormal);
            let other: f64 = rng.sample(StandardNormal);
            row[0] = z.exp() as f32;
            row[1] = (0.8 * z + 0.6 * other).max(0.0) as f32;
            row[2] = 7.0;
        }
        let reference = Reference::fit(matrix.view())?;
        let drawn = reference.draw(9);
        for place in 0..3 {
            let mut a = matrix.index_axis(Axis(1), place).to_vec();
            let mut b = drawn.index_axis(Axis(1), place).to_vec();
            a.sort_unstable_by(f32::total_cmp);
            b.sort_unstable_by(f32::total_cmp);
            assert_eq!(a, b);
        }
        let rank_correlation = |m: &Array2<f32>| -> f64 {
            let (a, b) = (normal_scores(m.column(0)), normal_scores(m.column(1)));
            a.iter().zip(&b).map(|(a, b)| a * b).sum()
        };
        let (of_data, of_draw) = (rank_correlation(&matrix), rank_correlation(&drawn));
        assert!((of_data - of_draw).abs() < 0.05, "{of_data} {of_draw}");
        assert_eq!(drawn, reference.draw(9));
        Ok(())
    }
}
