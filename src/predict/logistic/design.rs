//! What a model is fitted to, checked once.

use ndarray::ArrayView2;

use crate::error::{Error, Result};

/// Rows of named columns with a label each, and perhaps a weight.
#[derive(Debug, Clone, Copy)]
pub struct Design<'a> {
    columns: &'a [String],
    values: ArrayView2<'a, f64>,
    labels: &'a [bool],
    weights: Option<&'a [f64]>,
}

impl<'a> Design<'a> {
    /// Checks the parts against each other. `values` has shape (rows, columns).
    ///
    /// # Errors
    /// If there are no rows, a value is not finite (the error names its column), a weight is negative
    /// or not finite, or all rows with any weight have one label.
    pub fn new(
        columns: &'a [String],
        values: ArrayView2<'a, f64>,
        labels: &'a [bool],
        weights: Option<&'a [f64]>,
    ) -> Result<Self> {
        let design = Design { columns, values, labels, weights };
        design.check_shape()?;
        design.check_values()?;
        check_weights(labels, weights)?;
        Ok(design)
    }

    fn check_shape(&self) -> Result<()> {
        let (rows, columns) = self.values.dim();
        if columns != self.columns.len() || rows != self.labels.len() {
            let (names, labels) = (self.columns.len(), self.labels.len());
            let message =
                format!("{rows} × {columns} values with {names} column names and {labels} labels");
            return Err(Error::internal(message)
                .hint("pass one name a column and one label a row, in the same order"));
        }
        Ok(())
    }

    fn check_values(&self) -> Result<()> {
        for (name, column) in self.columns.iter().zip(self.values.columns()) {
            if let Some(row) = column.iter().position(|value| !value.is_finite()) {
                return Err(Error::data(format!("row {row} has no finite number"))
                    .at_column(name)
                    .with_value(column[row].to_string())
                    .hint("replace missing values before the model is fitted"));
            }
        }
        Ok(())
    }

    pub(super) fn columns(&self) -> &'a [String] {
        self.columns
    }

    pub(super) fn values(&self) -> ArrayView2<'a, f64> {
        self.values
    }

    pub(super) fn weights(&self) -> Option<&'a [f64]> {
        self.weights
    }

    /// Labels as numbers.
    pub(super) fn targets(&self) -> Vec<f64> {
        self.labels.iter().map(|label| f64::from(*label)).collect()
    }
}

/// Rows, weights that can be used, and both labels.
pub(super) fn check_weights(labels: &[bool], weights: Option<&[f64]>) -> Result<()> {
    if labels.is_empty() {
        return Err(Error::data("there are no rows to fit a model to")
            .hint("choose an earlier cutoff, or a longer history"));
    }
    let weights_of = |label: bool| match weights {
        None => labels.iter().filter(|l| **l == label).count() as f64,
        Some(w) => labels.iter().zip(w).filter(|(l, _)| **l == label).map(|(_, w)| w).sum(),
    };
    if let Some(weights) = weights {
        if weights.len() != labels.len() {
            let (given, rows) = (weights.len(), labels.len());
            return Err(Error::internal(format!("{given} weights for {rows} rows"))
                .hint("pass one weight a row"));
        }
        if let Some(row) = weights.iter().position(|w| !(w.is_finite() && *w >= 0.0)) {
            return Err(Error::data(format!("the weight of row {row} is {}", weights[row]))
                .hint("a weight is a finite number, not below 0"));
        }
    }
    let (positives, negatives) = (weights_of(true), weights_of(false));
    if positives > 0.0 && negatives > 0.0 {
        return Ok(());
    }
    let only = if positives > 0.0 { "positive" } else { "negative" };
    Err(Error::data(format!("all {} rows are {only}; a model needs both classes", labels.len()))
        .hint("choose another horizon or cutoff, at which some customers do and some do not"))
}
