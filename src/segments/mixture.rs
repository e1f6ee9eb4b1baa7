//! Soft membership: a mixture of normal distributions, through linfa, guarded.
//!
//! Each cluster is a normal distribution with a mean and a full covariance (Dempster, Laird & Rubin
//! 1977); a row belongs to each with a probability. Columns are brought to standard deviation 1 for the
//! fit, so that what linfa adds to every variance means the same whatever the columns' units.

use linfa::traits::Fit;
use linfa::{DatasetBase, ParamGuard};
use linfa_clustering::{GaussianMixtureModel, GmmError};
use ndarray::{Array1, Array2, ArrayView1, ArrayView2, Axis, Zip};
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::SeedableRng;
use rayon::prelude::*;

use crate::error::{Error, Result};

use super::kmeans::distinct_rows;
use super::silhouette::sample;

/// Rows that the distributions are fitted on, at most: linfa starts with ten runs of its own k-means.
/// The probabilities are those of all rows.
const FIT_ROWS: usize = 20_000;

/// What is added to every variance, of columns with variance 1.
const REGULARISATION: f64 = 1e-6;

/// A share of a column's variance that is not explained by the other columns, below which a component
/// is said to be flat: what is left is mostly what was added.
const FLAT: f64 = 10.0 * REGULARISATION;

/// Unchecked parameters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MixtureParams {
    pub clusters: usize,
    pub seed: u64,
    pub max_iterations: u64,
    /// Stops when the mean log-likelihood of a row changes by less.
    pub tolerance: f64,
}

/// Checked parameters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MixtureValidParams(MixtureParams);

/// A fitted mixture.
#[derive(Debug, Clone, PartialEq)]
pub struct Mixture {
    /// Shape (clusters, features).
    pub means: Array2<f64>,
    /// Share of each cluster.
    pub weights: Array1<f64>,
    /// The most probable cluster of each row.
    pub labels: Vec<usize>,
    /// Shape (rows, clusters); each row adds up to 1.
    pub probabilities: Array2<f64>,
    /// Mean over rows of the logarithm of the mixture's density, natural logarithm.
    pub log_likelihood: f64,
    /// Rows that it was fitted on.
    pub fitted_rows: usize,
}

impl MixtureParams {
    pub fn new(clusters: usize, seed: u64) -> Self {
        MixtureParams { clusters, seed, max_iterations: 300, tolerance: 1e-4 }
    }

    /// # Errors
    /// If a number is out of range.
    pub fn check(self) -> Result<MixtureValidParams> {
        if self.clusters == 0 {
            return Err(Error::settings("k == 0, must be at least 1"));
        }
        if self.max_iterations == 0 {
            return Err(Error::settings("there must be at least one iteration")
                .hint("300 are enough for most data"));
        }
        if !(self.tolerance > 0.0 && self.tolerance.is_finite()) {
            return Err(Error::settings("the tolerance of a mixture must be a number above 0")
                .with_value(self.tolerance.to_string())
                .hint("0.0001 suits most data"));
        }
        Ok(MixtureValidParams(self))
    }
}

impl MixtureValidParams {
    /// Fits on `matrix`, shape (rows, features); `names` are the features' names for messages.
    ///
    /// # Errors
    /// If a value is not finite, there are fewer different rows than clusters, a component is flat (its
    /// covariance is singular), or the steps do not settle.
    ///
    /// # Cost
    /// Time: rows × features² × clusters an iteration, on at most 20,000 rows. Memory: a few copies of
    /// those, and rows × clusters.
    pub fn fit(&self, matrix: ArrayView2<'_, f32>, names: &[String]) -> Result<Mixture> {
        self.check_rows(matrix)?;
        let standard = Standard::of(matrix);
        let rows = sample(matrix.nrows(), FIT_ROWS, self.0.seed);
        let fitted = standard.apply(matrix.select(Axis(0), &rows).view());
        let model = GaussianMixtureModel::params_with_rng(
            self.0.clusters,
            Xoshiro256PlusPlus::seed_from_u64(self.0.seed),
        )
        .max_n_iterations(self.0.max_iterations)
        .tolerance(self.0.tolerance)
        .reg_covariance(REGULARISATION)
        .check()
        .and_then(|params| params.fit(&DatasetBase::from(fitted)))
        .map_err(|error| self.explained(error))?;
        let components = Component::all(&model, names)?;
        Ok(self.judge(matrix, &standard, &components, rows.len()))
    }

    fn check_rows(&self, matrix: ArrayView2<'_, f32>) -> Result<()> {
        let k = self.0.clusters;
        if matrix.ncols() == 0 {
            return Err(Error::data("no feature to cluster on"));
        }
        if matrix.iter().any(|v| !v.is_finite()) {
            return Err(Error::data("a value that is not a finite number"));
        }
        let distinct = distinct_rows(matrix, k);
        if distinct < k {
            return Err(Error::data(format!(
                "k == {k}, but the rows hold only {distinct} different points"
            ))
            .hint(format!("choose k up to {distinct}, or add features")));
        }
        Ok(())
    }

    fn explained(&self, error: GmmError) -> Error {
        let k = self.0.clusters;
        match error {
            GmmError::LinalgError(_) | GmmError::EmptyCluster(_) => {
                Error::data(format!("with k == {k} the covariance of a component is singular"))
                    .hint(WHAT_TO_DO)
            }
            GmmError::NotConverged(_) => Error::data(format!(
                "the mixture did not settle within {} iterations",
                self.0.max_iterations
            ))
            .hint(
                "allow more iterations or a larger tolerance; if that does not help, use k-means",
            ),
            // The density of a row that is some 38 standard deviations from all components is zero.
            error => Error::data("the mixture broke down: a row is too far from all others")
                .hint("bend the columns (asinh), take the furthest rows out, or use k-means")
                .caused_by(error),
        }
    }

    fn judge(
        &self,
        matrix: ArrayView2<'_, f32>,
        standard: &Standard,
        components: &[Component],
        fitted_rows: usize,
    ) -> Mixture {
        let rows: Vec<ArrayView1<'_, f32>> = matrix.rows().into_iter().collect();
        let judged: Vec<(Vec<f64>, f64)> =
            rows.par_iter().map(|row| posterior(&standard.row(*row), components)).collect();
        let shape = (rows.len(), components.len());
        let probabilities = Array2::from_shape_fn(shape, |(row, c)| judged[row].0[c]);
        let first = |best: usize, row: &[f64], c: usize| if row[c] > row[best] { c } else { best };
        let label = |(row, _): &(Vec<f64>, f64)| (1..row.len()).fold(0, |b, c| first(b, row, c));
        let change: f64 = standard.spread.iter().map(|s| s.ln()).sum();
        let sum: f64 = judged.iter().map(|(_, density)| density - change).sum();
        Mixture {
            means: standard.back(components),
            weights: components.iter().map(|c| c.weight).collect(),
            labels: judged.iter().map(label).collect(),
            probabilities,
            log_likelihood: sum / rows.len() as f64,
            fitted_rows,
        }
    }
}

const WHAT_TO_DO: &str = "leave out columns that follow from others or hardly vary, ask for fewer \
                          clusters, or use k-means, which needs no covariance";

/// The columns' means and standard deviations; 1 where a column is constant.
struct Standard {
    center: Array1<f64>,
    spread: Array1<f64>,
}

impl Standard {
    fn of(matrix: ArrayView2<'_, f32>) -> Self {
        let n = matrix.nrows() as f64;
        let columns = matrix.columns().into_iter();
        let (center, spread): (Vec<f64>, Vec<f64>) = columns
            .map(|column| {
                let mean = column.iter().map(|v| f64::from(*v)).sum::<f64>() / n;
                let squares: f64 = column.iter().map(|v| (f64::from(*v) - mean).powi(2)).sum();
                let spread = (squares / n).sqrt();
                (mean, if spread > 0.0 { spread } else { 1.0 })
            })
            .unzip();
        Standard { center: center.into(), spread: spread.into() }
    }

    fn row(&self, row: ArrayView1<'_, f32>) -> Vec<f64> {
        let columns = self.center.iter().zip(&self.spread);
        row.iter().zip(columns).map(|(v, (c, s))| (f64::from(*v) - c) / s).collect()
    }

    fn apply(&self, matrix: ArrayView2<'_, f32>) -> Array2<f64> {
        let mut wide = matrix.mapv(f64::from);
        for mut row in wide.rows_mut() {
            Zip::from(&mut row)
                .and(&self.center)
                .and(&self.spread)
                .for_each(|v, c, s| *v = (*v - c) / s);
        }
        wide
    }

    fn back(&self, components: &[Component]) -> Array2<f64> {
        let shape = (components.len(), self.center.len());
        Array2::from_shape_fn(shape, |(c, j)| {
            components[c].mean[j] * self.spread[j] + self.center[j]
        })
    }
}

/// One normal distribution.
struct Component {
    weight: f64,
    mean: Vec<f64>,
    /// Lower triangle of the covariance's Cholesky factor.
    factor: Array2<f64>,
    /// Logarithm of weight and of all of the density that is the same for every row.
    constant: f64,
}

impl Component {
    fn all(model: &GaussianMixtureModel<f64>, names: &[String]) -> Result<Vec<Self>> {
        let covariances = model.covariances().outer_iter();
        let parts = model.weights().iter().zip(model.means().rows()).zip(covariances).enumerate();
        parts
            .map(|(number, ((weight, mean), covariance))| {
                let factor =
                    factor(covariance).map_err(|column| flat(number, names.get(column)))?;
                let log_root: f64 = factor.diag().iter().map(|v| v.ln()).sum();
                let half_turns = mean.len() as f64 * std::f64::consts::TAU.ln() / 2.0;
                let constant = weight.ln() - half_turns - log_root;
                Ok(Component { weight: *weight, mean: mean.to_vec(), factor, constant })
            })
            .collect()
    }

    /// Logarithm of weight times density.
    fn density(&self, row: &[f64]) -> f64 {
        let mut away = Vec::with_capacity(row.len());
        for (j, (value, mean)) in row.iter().zip(&self.mean).enumerate() {
            let known: f64 = away.iter().zip(self.factor.row(j)).map(|(a, f)| a * f).sum();
            away.push((value - mean - known) / self.factor[[j, j]]);
        }
        self.constant - away.iter().map(|a| a * a).sum::<f64>() / 2.0
    }
}

fn flat(number: usize, column: Option<&String>) -> Error {
    let error = Error::data(format!("the covariance of component {} is singular", number + 1));
    let error = match column {
        Some(name) => error.at_column(name.as_str()),
        None => error,
    };
    error.hint(WHAT_TO_DO)
}

/// The lower Cholesky factor, or the first column that follows from those before it.
fn factor(covariance: ArrayView2<'_, f64>) -> Result<Array2<f64>, usize> {
    let n = covariance.nrows();
    let mut factor = Array2::<f64>::zeros((n, n));
    for j in 0..n {
        for i in j..n {
            let known: f64 = (0..j).map(|m| factor[[i, m]] * factor[[j, m]]).sum();
            let left = covariance[[i, j]] - known;
            if i > j {
                factor[[i, j]] = left / factor[[j, j]];
            } else if left > FLAT {
                factor[[j, j]] = left.sqrt();
            } else {
                return Err(j);
            }
        }
    }
    Ok(factor)
}

/// The probabilities of all components, and the logarithm of the mixture's density.
fn posterior(row: &[f64], components: &[Component]) -> (Vec<f64>, f64) {
    let densities: Vec<f64> = components.iter().map(|c| c.density(row)).collect();
    let largest = densities.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let shares: Vec<f64> = densities.iter().map(|d| (d - largest).exp()).collect();
    let sum: f64 = shares.iter().sum();
    (shares.iter().map(|share| share / sum).collect(), largest + sum.ln())
}
