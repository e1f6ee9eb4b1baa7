//! Predicted counts and amounts against what came.

use serde::Serialize;

use crate::error::Result;

use super::gains::{Gains, Ties, group_ends};
use super::input;
use super::sums;

/// Mean |predicted - actual|. `None` without rows.
///
/// # Errors
/// If the slices differ in length, or a number is not finite.
pub fn mean_absolute_error(predicted: &[f64], actual: &[f64]) -> Result<Option<f64>> {
    input::paired(predicted, actual)?;
    Ok(sums::mean(actual.len(), None, |row| (predicted[row] - actual[row]).abs()))
}

/// √ of the mean (predicted - actual)². `None` and errors as of [`mean_absolute_error`].
pub fn root_mean_squared_error(predicted: &[f64], actual: &[f64]) -> Result<Option<f64>> {
    input::paired(predicted, actual)?;
    let mean = sums::mean(actual.len(), None, |row| (predicted[row] - actual[row]).powi(2));
    Ok(mean.map(f64::sqrt))
}

/// Total predicted over total actual: 1 is no bias, below 1 too little was predicted.
///
/// `None` if the actual total is not above zero. Errors as of [`mean_absolute_error`].
pub fn total_ratio(predicted: &[f64], actual: &[f64]) -> Result<Option<f64>> {
    input::paired(predicted, actual)?;
    let total = sums::sum(actual.len(), |row| actual[row]);
    Ok((total > 0.0).then(|| sums::sum(predicted.len(), |row| predicted[row]) / total))
}

/// One tenth of the contacts, by falling prediction.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct DecileMeans {
    /// 1 holds the largest predictions.
    pub decile: usize,
    pub contacts: u64,
    pub mean_predicted: f64,
    pub mean_actual: f64,
}

/// Mean predicted and actual by tenths of the prediction; equal predictions that a cut parts share
/// their outcomes. With fewer than ten contacts there are as many groups as contacts, without any none.
///
/// # Errors
/// As of [`mean_absolute_error`].
pub fn decile_means(predicted: &[f64], actual: &[f64]) -> Result<Vec<DecileMeans>> {
    input::paired(predicted, actual)?;
    let of_predicted = Gains::new(predicted, predicted, Ties::Shared);
    let of_actual = Gains::new(actual, predicted, Ties::Shared);
    let mut start = 0;
    let row = |(k, end): (usize, usize)| {
        let (from, to, contacts) = (start as f64, end as f64, end - start);
        start = end;
        let mean = |gains: &Gains| (gains.at(to) - gains.at(from)) / contacts as f64;
        DecileMeans {
            decile: k + 1,
            contacts: contacts as u64,
            mean_predicted: mean(&of_predicted),
            mean_actual: mean(&of_actual),
        }
    };
    Ok(group_ends(actual.len(), 10).into_iter().enumerate().map(row).collect())
}
