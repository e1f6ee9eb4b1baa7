//! The best rising step function: recalibration by pooling adjacent violators.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

use super::design::check_weights;
use super::exact;

/// A rising function of a score, straight between its thresholds and level beyond them (Zadrozny &
/// Elkan 2002; thresholds as scikit-learn's). It has as many numbers as the data wants: with fewer than
/// some ten thousand rows of each class, two numbers ([`LogitRecalibration`]) do better.
///
/// [`LogitRecalibration`]: super::LogitRecalibration
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Stored")]
pub struct IsotonicCalibration {
    #[serde(with = "exact")]
    inputs: Vec<f64>,
    #[serde(with = "exact")]
    outputs: Vec<f64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    #[serde(with = "exact")]
    inputs: Vec<f64>,
    #[serde(with = "exact")]
    outputs: Vec<f64>,
}

impl TryFrom<Stored> for IsotonicCalibration {
    type Error = String;

    fn try_from(stored: Stored) -> Result<Self, String> {
        let Stored { inputs, outputs } = stored;
        let rises = inputs.windows(2).all(|pair| pair[0] < pair[1])
            && outputs.windows(2).all(|pair| pair[0] <= pair[1]);
        if inputs.is_empty() || inputs.len() != outputs.len() || !rises {
            return Err("the thresholds of a calibration do not rise".to_owned());
        }
        Ok(IsotonicCalibration { inputs, outputs })
    }
}

/// Rows of adjacent scores with one mean.
#[derive(Debug, Clone, Copy)]
struct Block {
    low: f64,
    high: f64,
    weight: f64,
    events: f64,
}

impl Block {
    fn mean(&self) -> f64 {
        self.events / self.weight
    }

    fn joined(self, next: Block) -> Block {
        Block {
            low: self.low,
            high: next.high,
            weight: self.weight + next.weight,
            events: self.events + next.events,
        }
    }
}

impl IsotonicCalibration {
    /// Fits to labels and finite scores; rows of equal score count as one, rows of weight 0 not at all.
    ///
    /// # Errors
    /// If a score is not finite, a weight is negative or not finite, or there is one class only.
    pub fn fit(labels: &[bool], scores: &[f64], weights: Option<&[f64]>) -> Result<Self> {
        check_weights(labels, weights)?;
        if scores.len() != labels.len() {
            let (given, rows) = (scores.len(), labels.len());
            return Err(Error::internal(format!("{given} scores for {rows} labels"))
                .hint("pass one score a label"));
        }
        if let Some(row) = scores.iter().position(|score| !score.is_finite()) {
            return Err(Error::data(format!("the score of row {row} is {}", scores[row]))
                .hint("leave out rows without a score"));
        }
        let mut blocks: Vec<Block> = Vec::new();
        for mut block in distinct(labels, scores, weights) {
            while let Some(last) = blocks.pop_if(|last| last.mean() >= block.mean()) {
                block = last.joined(block);
            }
            blocks.push(block);
        }
        let mut fitted = IsotonicCalibration { inputs: Vec::new(), outputs: Vec::new() };
        for block in &blocks {
            fitted.inputs.push(block.low);
            fitted.outputs.push(block.mean());
            if block.high > block.low {
                fitted.inputs.push(block.high);
                fitted.outputs.push(block.mean());
            }
        }
        Ok(fitted)
    }

    /// The scores at which the function bends, and its values there; both rise.
    pub fn thresholds(&self) -> (&[f64], &[f64]) {
        (&self.inputs, &self.outputs)
    }

    /// The probability that belongs to `score`; not a number for a score that is none.
    pub fn predict(&self, score: f64) -> f64 {
        if score.is_nan() {
            return f64::NAN;
        }
        let next = self.inputs.partition_point(|input| *input < score);
        let at = |k: usize| (self.inputs[k], self.outputs[k]);
        if next == 0 {
            return self.outputs[0];
        }
        if next == self.inputs.len() {
            return self.outputs[next - 1];
        }
        let ((x0, y0), (x1, y1)) = (at(next - 1), at(next));
        if score == x1 {
            return y1;
        }
        (y0 + (y1 - y0) * ((score - x0) / (x1 - x0))).clamp(y0, y1)
    }
}

/// One block for every distinct score with any weight, rising.
fn distinct(labels: &[bool], scores: &[f64], weights: Option<&[f64]>) -> Vec<Block> {
    let weight = |row: usize| weights.map_or(1.0, |w| w[row]);
    let mut rows: Vec<usize> = (0..labels.len()).filter(|row| weight(*row) > 0.0).collect();
    let rising = |a: f64, b: f64| a.partial_cmp(&b).unwrap_or(std::cmp::Ordering::Equal);
    rows.sort_unstable_by(|&a, &b| rising(scores[a], scores[b]).then(a.cmp(&b)));
    let block = |run: &[usize]| {
        let score = scores[run[0]];
        let total = run.iter().map(|row| weight(*row)).sum();
        let events = run.iter().filter(|row| labels[**row]).map(|row| weight(*row)).sum();
        Block { low: score, high: score, weight: total, events }
    };
    rows.chunk_by(|&a, &b| scores[a] == scores[b]).map(block).collect()
}
