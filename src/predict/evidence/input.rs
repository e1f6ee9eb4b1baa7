//! What every measure asks of its slices before it computes anything.

use crate::error::{Error, Result};

/// Two slices that describe the same rows.
pub(super) fn same_length(what: &str, one: usize, other: usize) -> Result<()> {
    if one == other {
        return Ok(());
    }
    Err(Error::internal(format!("{what}: {one} rows on one side, {other} on the other"))
        .hint("pass slices with one entry a row, in the same order"))
}

/// Every value is a finite number.
pub(super) fn finite(what: &str, values: &[f64]) -> Result<()> {
    match values.iter().position(|value| !value.is_finite()) {
        None => Ok(()),
        Some(row) => Err(Error::data(format!("{what} of row {row} is {}", values[row]))
            .hint("leave out rows without a value before they are measured")),
    }
}

/// Every value is a probability.
pub(super) fn probabilities(values: &[f64]) -> Result<()> {
    match values.iter().position(|value| !(0.0..=1.0).contains(value)) {
        None => Ok(()),
        Some(row) => {
            Err(Error::data(format!("the predicted probability of row {row} is {}", values[row]))
                .hint("a probability lies between 0 and 1"))
        }
    }
}

/// Weights, if there are any, fit the rows, are finite and not negative.
pub(super) fn weights(rows: usize, weights: Option<&[f64]>) -> Result<()> {
    let Some(weights) = weights else { return Ok(()) };
    same_length("weights", rows, weights.len())?;
    match weights.iter().position(|w| !(w.is_finite() && *w >= 0.0)) {
        None => Ok(()),
        Some(row) => Err(Error::data(format!("the weight of row {row} is {}", weights[row]))
            .hint("a weight is a finite number, not below 0")),
    }
}

/// Labels with a finite score each.
pub(super) fn scored(labels: &[bool], scores: &[f64]) -> Result<()> {
    same_length("labels and scores", labels.len(), scores.len())?;
    finite("the score", scores)
}

/// Labels with a probability each.
pub(super) fn predicted(labels: &[bool], probabilities: &[f64]) -> Result<()> {
    same_length("labels and probabilities", labels.len(), probabilities.len())?;
    self::probabilities(probabilities)
}

/// Finite predictions with a finite outcome each.
pub(super) fn paired(predicted: &[f64], actual: &[f64]) -> Result<()> {
    same_length("predictions and outcomes", predicted.len(), actual.len())?;
    finite("the prediction", predicted)?;
    finite("the outcome", actual)
}
