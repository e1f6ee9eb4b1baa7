//! Two numbers that put probabilities right.

use ndarray::ArrayView2;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

use super::design::check_weights;
use super::exact;
use super::model::sigmoid;
use super::newton::{Fitted, Problem};
use super::params::LogisticParams;

/// Probabilities nearer to 0 or 1 than this are moved here before their logit is taken.
const CLIP: f64 = 1e-15;

/// logit P(label) = intercept + slope × logit(p): Cox's recalibration (Cox 1958), without penalty.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogitRecalibration {
    #[serde(with = "exact")]
    slope: f64,
    #[serde(with = "exact")]
    intercept: f64,
    #[serde(with = "exact")]
    slope_std_error: f64,
    #[serde(with = "exact")]
    intercept_std_error: f64,
}

impl LogitRecalibration {
    /// Fits to labels and the probabilities that were predicted for them. Weights count rows.
    ///
    /// # Errors
    /// If a probability lies outside [0, 1] or a weight is negative or not finite; if there is one class
    /// only, one probability for all, or a threshold separates the classes.
    pub fn fit(labels: &[bool], p: &[f64], weights: Option<&[f64]>) -> Result<Self> {
        check_probabilities(p)?;
        let logits: Vec<f64> = p.iter().map(|p| logit(*p)).collect();
        let targets: Vec<f64> = labels.iter().map(|label| f64::from(*label)).collect();
        let line = Line::fit(labels, &targets, &logits, weights, "logit of the probability")?;
        Ok(LogitRecalibration {
            slope: line.slope,
            intercept: line.intercept,
            slope_std_error: line.slope_std_error,
            intercept_std_error: line.intercept_std_error,
        })
    }

    /// The recalibrated probability; `p` is clipped to [1e-15, 1 - 1e-15].
    pub fn recalibrate(&self, p: f64) -> f64 {
        sigmoid(self.intercept + self.slope * logit(p))
    }

    /// Below 1: predictions were too extreme. Below 0: they pointed the wrong way.
    pub fn slope(&self) -> f64 {
        self.slope
    }

    pub fn intercept(&self) -> f64 {
        self.intercept
    }

    pub fn slope_std_error(&self) -> f64 {
        self.slope_std_error
    }

    pub fn intercept_std_error(&self) -> f64 {
        self.intercept_std_error
    }
}

/// Platt's sigmoid of any score, 1 / (1 + exp(a × score + b)), fitted to smoothed targets: (N₊ + 1) /
/// (N₊ + 2) for positives and 1 / (N₋ + 2) for negatives (Platt 1999). They keep it finite even where
/// the score separates the classes.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlattSigmoid {
    #[serde(with = "exact")]
    a: f64,
    #[serde(with = "exact")]
    b: f64,
}

impl PlattSigmoid {
    /// Fits to labels and finite scores. N₊ and N₋ are sums of weights where there are any.
    ///
    /// # Errors
    /// If a score is not finite or a weight is negative or not finite; if there is one class only, or
    /// one score for all.
    pub fn fit(labels: &[bool], scores: &[f64], weights: Option<&[f64]>) -> Result<Self> {
        check_weights(labels, weights)?;
        let weight = |row: usize| weights.map_or(1.0, |w| w[row]);
        let (mut positives, mut negatives) = (0.0, 0.0);
        for (row, label) in labels.iter().enumerate() {
            *(if *label { &mut positives } else { &mut negatives }) += weight(row);
        }
        let (high, low) = ((positives + 1.0) / (positives + 2.0), 1.0 / (negatives + 2.0));
        let targets: Vec<f64> = labels.iter().map(|l| if *l { high } else { low }).collect();
        let line = Line::fit(labels, &targets, scores, weights, "score")?;
        Ok(PlattSigmoid { a: -line.slope, b: -line.intercept })
    }

    /// The probability that belongs to `score`.
    pub fn predict(&self, score: f64) -> f64 {
        sigmoid(-(self.a * score + self.b))
    }

    /// Negative where a larger score makes the label likelier.
    pub fn a(&self) -> f64 {
        self.a
    }

    pub fn b(&self) -> f64 {
        self.b
    }
}

/// A logistic regression on one column, on that column's own scale.
struct Line {
    slope: f64,
    intercept: f64,
    slope_std_error: f64,
    intercept_std_error: f64,
}

impl Line {
    fn fit(
        labels: &[bool],
        targets: &[f64],
        column: &[f64],
        weights: Option<&[f64]>,
        name: &str,
    ) -> Result<Line> {
        check_weights(labels, weights)?;
        if column.len() != labels.len() {
            let (given, rows) = (column.len(), labels.len());
            return Err(Error::internal(format!("{given} scores for {rows} labels"))
                .hint("pass one score a label"));
        }
        if let Some(row) = column.iter().position(|value| !value.is_finite()) {
            return Err(Error::data(format!("the {name} of row {row} is {}", column[row]))
                .hint("leave out rows without a score"));
        }
        let values = ArrayView2::from_shape((column.len(), 1), column)
            .map_err(|e| Error::internal("one column has no shape").caused_by(e))?;
        let names = [name.to_owned()];
        let problem = Problem { names: &names, values, targets, weights };
        Line::unscaled(&problem.solve(&LogisticParams::with_l2(0.0))?, name)
    }

    fn unscaled(fitted: &Fitted, name: &str) -> Result<Line> {
        let ([slope], [scale], [first, second]) =
            (&fitted.coefficients[..], &fitted.scales[..], &fitted.covariance[..])
        else {
            return Err(Error::data(format!("the {name} is the same for all rows"))
                .hint("there is nothing to calibrate; use the share of positives"));
        };
        let shift = scale.mean / scale.sd;
        let variance = first[0] - 2.0 * shift * first[1] + shift * shift * second[1];
        Ok(Line {
            slope: slope / scale.sd,
            intercept: fitted.intercept - slope * shift,
            slope_std_error: second[1].sqrt() / scale.sd,
            intercept_std_error: variance.max(0.0).sqrt(),
        })
    }
}

pub(super) fn check_probabilities(p: &[f64]) -> Result<()> {
    match p.iter().position(|p| !(0.0..=1.0).contains(p)) {
        None => Ok(()),
        Some(row) => Err(Error::data(format!("the probability of row {row} is {}", p[row]))
            .hint("a probability lies between 0 and 1")),
    }
}

fn logit(p: f64) -> f64 {
    let p = p.clamp(CLIP, 1.0 - CLIP);
    p.ln() - (-p).ln_1p()
}
