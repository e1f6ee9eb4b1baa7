//! Newton's method on the penalised mean loss, with halved steps.

use ndarray::ArrayView2;

use crate::error::{Error, Result};

use super::cholesky::Cholesky;
use super::objective::{Derivatives, Objective};
use super::params::LogisticParams;
use super::scaling::{Scale, scales};

/// Checked rows, with targets in [0, 1] that are not all 0 or all 1.
#[derive(Debug)]
pub(super) struct Problem<'a> {
    pub names: &'a [String],
    pub values: ArrayView2<'a, f64>,
    pub targets: &'a [f64],
    pub weights: Option<&'a [f64]>,
}

/// The minimum.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Fitted {
    pub scales: Vec<Scale>,
    pub intercept: f64,
    /// Of all columns, standardised; 0 where a column is constant.
    pub coefficients: Vec<f64>,
    /// Of the intercept and the active coefficients: inverse second derivatives over the weight.
    pub covariance: Vec<Vec<f64>>,
    pub iterations: usize,
}

/// A column keeps less than this of its variance next to others: a combination of them.
const COLLINEAR: f64 = 1e-11;
/// In standard deviations of a column: a Newton step below it is the last one.
const SMALL_STEP: f64 = 1e-6;
/// A Newton step above it at a slope of nearly zero leads to infinity.
const LARGE_STEP: f64 = 1e-2;
const HALVINGS: usize = 40;

impl Problem<'_> {
    pub(super) fn solve(&self, params: &LogisticParams) -> Result<Fitted> {
        let scales = scales(self.values, self.weights);
        if let Some(column) = scales.iter().position(|s| !(s.mean.is_finite() && s.sd.is_finite()))
        {
            return Err(Error::data("the numbers are too large to have a mean and a spread")
                .at_column(&self.names[column])
                .hint("take logarithms of what grows without bound"));
        }
        let active: Vec<usize> = (0..scales.len()).filter(|&c| scales[c].sd > 0.0).collect();
        let objective = Objective {
            values: self.values.reborrow(),
            scales: &scales,
            active: &active,
            targets: self.targets,
            weights: self.weights,
            l2: params.l2,
        };
        let descent = Descent { objective: &objective, params, names: self.names };
        let minimum = descent.run(self.base_logit())?;
        let mut coefficients = vec![0.0; scales.len()];
        active.iter().zip(&minimum.point[1..]).for_each(|(&column, b)| coefficients[column] = *b);
        let (intercept, iterations) = (minimum.point[0], minimum.iterations);
        let covariance = minimum.covariance;
        Ok(Fitted { intercept, coefficients, covariance, iterations, scales })
    }

    /// The logit of the mean target, where every coefficient is zero.
    fn base_logit(&self) -> f64 {
        let weight = |row: usize| self.weights.map_or(1.0, |w| w[row]);
        let (mut ones, mut zeros) = (0.0, 0.0);
        for (row, target) in self.targets.iter().enumerate() {
            ones += weight(row) * target;
            zeros += weight(row) * (1.0 - target);
        }
        (ones / zeros).ln()
    }
}

struct Descent<'a> {
    objective: &'a Objective<'a>,
    params: &'a LogisticParams,
    names: &'a [String],
}

struct Minimum {
    point: Vec<f64>,
    covariance: Vec<Vec<f64>>,
    iterations: usize,
}

impl Descent<'_> {
    fn run(&self, intercept: f64) -> Result<Minimum> {
        let m = self.objective.parameters();
        let mut point = vec![0.0; m];
        point[0] = intercept;
        let mut here = self.objective.at(&point);
        // At coefficients of zero the second derivatives are those of the correlations.
        if self.params.l2 == 0.0 {
            Cholesky::new(&here.hessian, m, COLLINEAR).map_err(|row| self.collinear(row))?;
        }
        for iterations in 1..=self.params.max_iterations {
            let factors =
                Cholesky::new(&here.hessian, m, f64::EPSILON).map_err(|row| self.singular(row))?;
            let step = factors.solve(&here.gradient);
            let size = step.iter().fold(0.0, |most: f64, s| most.max(s.abs()));
            let is_flat = here.largest_slope() <= self.params.tolerance;
            if is_flat && size <= SMALL_STEP {
                point.iter_mut().zip(&step).for_each(|(p, s)| *p -= s);
                return self.minimum(point, iterations);
            }
            if is_flat && size > LARGE_STEP && self.params.l2 == 0.0 {
                return Err(separated());
            }
            match self.descend(&point, &here, &step) {
                Some(next) => (point, here) = next,
                // With a penalty there is one minimum, and rounding hides what is left of the way.
                None if is_flat && self.params.l2 > 0.0 => return self.minimum(point, iterations),
                None => break,
            }
        }
        Err(self.unfinished(&here))
    }

    fn minimum(&self, point: Vec<f64>, iterations: usize) -> Result<Minimum> {
        let here = self.objective.at(&point);
        let factors = Cholesky::new(&here.hessian, point.len(), f64::EPSILON)
            .map_err(|row| self.singular(row))?;
        let scale = |column: Vec<f64>| column.iter().map(|v| v / here.weight).collect();
        let covariance = factors.inverse().into_iter().map(scale).collect();
        Ok(Minimum { point, covariance, iterations })
    }

    /// The whole step, or the largest half of a half of it that lowers the loss.
    fn descend(
        &self,
        point: &[f64],
        here: &Derivatives,
        step: &[f64],
    ) -> Option<(Vec<f64>, Derivatives)> {
        let mut share = 1.0;
        for _ in 0..HALVINGS {
            let moved: Vec<f64> = point.iter().zip(step).map(|(p, s)| p - share * s).collect();
            let there = self.objective.at(&moved);
            // Near the minimum the loss differs by rounding alone; then the slope decides.
            let is_level = (there.loss - here.loss).abs() <= 1e-14 * here.loss;
            let is_flatter = there.largest_slope() < here.largest_slope();
            if there.loss < here.loss || (is_level && is_flatter) {
                return Some((moved, there));
            }
            share /= 2.0;
        }
        None
    }

    fn name(&self, row: usize) -> &str {
        let column = row.checked_sub(1).and_then(|k| self.objective.active.get(k));
        column.map_or("intercept", |&c| self.names[c].as_str())
    }

    fn collinear(&self, row: usize) -> Error {
        Error::data("without a penalty a column must not be a combination of earlier ones")
            .at_column(self.name(row))
            .hint("leave the column out, or set l2 above 0")
    }

    fn singular(&self, row: usize) -> Error {
        if self.params.l2 == 0.0 {
            return separated();
        }
        Error::data(format!("l2 = {} is too small to tell columns apart", self.params.l2))
            .at_column(self.name(row))
            .hint("raise l2, or leave the column out")
    }

    fn unfinished(&self, here: &Derivatives) -> Error {
        let (slope, most) = (here.largest_slope(), self.params.max_iterations);
        Error::data(format!("the fit did not end in {most} iterations (slope {slope:.1e})"))
            .hint("raise l2, or take logarithms of columns with a few very large values")
    }
}

fn separated() -> Error {
    Error::data(
        "columns separate the classes, at least in part: without a penalty the likelihood grows \
         for ever as coefficients do, and there is no best model",
    )
    .hint("set l2 above 0, or leave out the column that gives the label away")
}
