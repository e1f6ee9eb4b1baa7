//! How a model is fitted: checked once.

use crate::error::{Error, Result};

use super::design::Design;
use super::model::LogisticModel;
use super::newton::Problem;

/// Unchecked parameters; [`check`](LogisticParams::check) them to fit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LogisticParams {
    /// Strength of the penalty, relative to the number of rows: what is minimised is the mean loss of a
    /// row + l2/2 Σβ², over coefficients of standardised columns; the intercept is free. So twice the
    /// same rows, or twice their weights, give the same model. In scikit-learn's terms C = 1 / (l2 ×
    /// rows). 0 is no penalty.
    pub l2: f64,
    /// Most Newton steps.
    pub max_iterations: usize,
    /// The fit ends when no entry of the gradient of the mean loss exceeds this.
    pub tolerance: f64,
}

impl Default for LogisticParams {
    fn default() -> Self {
        LogisticParams { l2: 1e-4, max_iterations: 100, tolerance: 1e-10 }
    }
}

impl LogisticParams {
    /// The defaults with another penalty.
    pub fn with_l2(l2: f64) -> Self {
        LogisticParams { l2, ..LogisticParams::default() }
    }

    /// Checks the values.
    ///
    /// # Errors
    /// If `l2` is negative or not finite, there is no iteration, or the tolerance is not above 0.
    pub fn check(self) -> Result<LogisticValidParams> {
        if !(self.l2.is_finite() && self.l2 >= 0.0) {
            return Err(Error::settings(format!("l2 = {}", self.l2))
                .hint("the penalty is a number, not below 0, such as 0.0001"));
        }
        if self.max_iterations == 0 {
            return Err(Error::settings("there must be at least one iteration")
                .hint("100 are enough for most data"));
        }
        if !(self.tolerance.is_finite() && self.tolerance > 0.0) {
            return Err(Error::settings(format!("tolerance = {}", self.tolerance))
                .hint("the tolerance is a small number above 0, such as 1e-10"));
        }
        Ok(LogisticValidParams(self))
    }
}

/// Checked parameters.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LogisticValidParams(LogisticParams);

impl LogisticValidParams {
    pub fn get(&self) -> &LogisticParams {
        &self.0
    }

    /// Fits by Newton's method. A constant column gets the coefficient 0.
    ///
    /// The same rows in the same order give the same bits on any number of threads.
    ///
    /// # Errors
    /// Without penalty: if a column is a combination of others, or columns separate the classes, so
    /// that no largest likelihood exists. With one: if the fit does not end in `max_iterations`.
    ///
    /// # Cost
    /// Time: rows × columns² for each of about eight steps. Memory: 64 matrices of columns².
    pub fn fit(&self, design: &Design<'_>) -> Result<LogisticModel> {
        let targets = design.targets();
        let problem = Problem {
            names: design.columns(),
            values: design.values().reborrow(),
            targets: &targets,
            weights: design.weights(),
        };
        let fitted = problem.solve(&self.0)?;
        Ok(LogisticModel::new(design.columns(), &fitted, self.0.l2, targets.len()))
    }
}
