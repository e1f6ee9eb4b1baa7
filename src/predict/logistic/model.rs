//! The fitted model: it scores rows, and says what made each score.

use ndarray::ArrayView2;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

use super::exact;
use super::newton::Fitted;
use super::scaling::Scale;

/// One column of the model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelColumn {
    pub name: String,
    #[serde(with = "exact")]
    pub mean: f64,
    /// 0 if the column was constant.
    #[serde(with = "exact")]
    pub sd: f64,
    /// Log-odds a standard deviation; 0 if the column was constant.
    #[serde(with = "exact")]
    pub coefficient: f64,
}

impl ModelColumn {
    /// Log-odds that `value` adds or takes, against the column's mean.
    fn contribution(&self, value: f64) -> f64 {
        self.coefficient * Scale { mean: self.mean, sd: self.sd }.standardised(value)
    }
}

/// logit P(label) = intercept + Σ coefficient × (value - mean) / sd. Numbers are stored as text, so that
/// a model read back scores with the same bits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Stored")]
pub struct LogisticModel {
    #[serde(with = "exact")]
    intercept: f64,
    columns: Vec<ModelColumn>,
    /// The penalty it was fitted with, and on how many rows.
    #[serde(with = "exact")]
    l2: f64,
    rows: usize,
    iterations: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    #[serde(with = "exact")]
    intercept: f64,
    columns: Vec<ModelColumn>,
    #[serde(with = "exact")]
    l2: f64,
    rows: usize,
    iterations: usize,
}

impl TryFrom<Stored> for LogisticModel {
    type Error = String;

    fn try_from(stored: Stored) -> Result<Self, String> {
        if let Some(column) = stored.columns.iter().find(|c| c.sd < 0.0) {
            return Err(format!("column `{}` has a negative spread", column.name));
        }
        let Stored { intercept, columns, l2, rows, iterations } = stored;
        Ok(LogisticModel { intercept, columns, l2, rows, iterations })
    }
}

impl LogisticModel {
    pub(super) fn new(names: &[String], fitted: &Fitted, l2: f64, rows: usize) -> Self {
        let parts = names.iter().zip(&fitted.scales).zip(&fitted.coefficients);
        let columns = parts.map(|((name, scale), &coefficient)| ModelColumn {
            name: name.clone(),
            mean: scale.mean,
            sd: scale.sd,
            coefficient,
        });
        let (intercept, iterations) = (fitted.intercept, fitted.iterations);
        LogisticModel { intercept, columns: columns.collect(), l2, rows, iterations }
    }

    /// Log-odds of a row in which every column is at its mean.
    pub fn intercept(&self) -> f64 {
        self.intercept
    }

    pub fn columns(&self) -> &[ModelColumn] {
        &self.columns
    }

    /// Log-odds a standard deviation, in the order of the columns.
    pub fn coefficients(&self) -> Vec<f64> {
        self.columns.iter().map(|column| column.coefficient).collect()
    }

    pub fn l2(&self) -> f64 {
        self.l2
    }

    /// Rows that the model was fitted on.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Newton steps that the fit took.
    pub fn iterations(&self) -> usize {
        self.iterations
    }

    /// What each column adds to the log-odds of `row`: coefficient × (value - mean) / sd. With the
    /// intercept they add up to [`logit`](Self::logit): the reasons of a score.
    ///
    /// # Errors
    /// If `row` has not one finite value a column.
    pub fn contributions(&self, row: &[f64]) -> Result<Vec<f64>> {
        self.check(row)?;
        Ok(self.columns.iter().zip(row).map(|(c, value)| c.contribution(*value)).collect())
    }

    /// The log-odds of `row`.
    ///
    /// # Errors
    /// As of [`contributions`](Self::contributions); also if values are so large that these cancel
    /// without a meaning.
    pub fn logit(&self, row: &[f64]) -> Result<f64> {
        self.check(row)?;
        let parts = self.columns.iter().zip(row).map(|(c, value)| c.contribution(*value));
        let logit = self.intercept + parts.sum::<f64>();
        if logit.is_nan() {
            return Err(Error::data("a row to score is too far from all that the model has seen")
                .hint("check the units of its columns"));
        }
        Ok(logit)
    }

    /// P(label) of `row`. Errors as of [`logit`](Self::logit).
    pub fn predict(&self, row: &[f64]) -> Result<f64> {
        self.logit(row).map(sigmoid)
    }

    /// P(label) of every row of `values`, shape (rows, columns); the bits of
    /// [`predict`](Self::predict).
    ///
    /// # Errors
    /// As of [`logit`](Self::logit), for the first such row.
    pub fn predict_all(&self, values: ArrayView2<'_, f64>) -> Result<Vec<f64>> {
        let row = |r: usize| match values.row(r).as_slice() {
            Some(row) => self.predict(row),
            None => self.predict(&values.row(r).to_vec()),
        };
        let scored: Vec<Result<f64>> = (0..values.nrows()).into_par_iter().map(row).collect();
        scored.into_iter().collect()
    }

    fn check(&self, row: &[f64]) -> Result<()> {
        if row.len() != self.columns.len() {
            let (given, wanted) = (row.len(), self.columns.len());
            return Err(Error::internal(format!("{given} values for a model of {wanted} columns"))
                .hint("pass the columns that the model was fitted on, in their order"));
        }
        match row.iter().position(|value| !value.is_finite()) {
            None => Ok(()),
            Some(at) => Err(Error::data("a row to score has no finite number")
                .at_column(&self.columns[at].name)
                .with_value(row[at].to_string())
                .hint("replace missing values as for the fit")),
        }
    }
}

/// 1 / (1 + e^-x), with full relative precision at both ends.
pub(super) fn sigmoid(logit: f64) -> f64 {
    let small = (-logit.abs()).exp();
    if logit >= 0.0 { 1.0 / (1.0 + small) } else { small / (1.0 + small) }
}
