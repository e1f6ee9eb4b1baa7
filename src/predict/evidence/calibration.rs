//! Do predicted probabilities come true?

use serde::Serialize;

use crate::error::Result;
use crate::estimate::Estimate;
use crate::predict::logistic::LogitRecalibration;

use super::bins::{Bin, Binning};
use super::input;
use super::normal;

/// Rows of like predicted probability, with the share of them that came true.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CalibrationBin {
    /// Edges of the bin; both are the probability itself where every one has its own bin.
    pub low: f64,
    pub high: f64,
    pub rows: u64,
    pub events: u64,
    pub mean_predicted: f64,
    /// Observed share of positives, with its Wilson interval.
    pub observed: Estimate,
}

/// Predicted against observed, bin by bin, and what it comes to.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CalibrationCurve {
    /// Bins that hold rows, lowest first.
    pub bins: Vec<CalibrationBin>,
    /// Mean |observed - predicted| over bins, weighted by rows (ECE).
    pub expected_error: f64,
    /// Largest |observed - predicted| of a bin (MCE); a bin with few rows can decide it.
    pub maximum_error: f64,
    /// Mean predicted probability and observed share over all rows.
    pub mean_predicted: f64,
    pub observed: f64,
    /// `None` where it cannot be fitted; `no_slope` says why.
    pub slope: Option<CalibrationSlope>,
    pub no_slope: Option<String>,
}

/// Cox's line: logit P(label) = intercept + slope × logit(predicted). Calibrated: slope 1, intercept 0;
/// a slope below 1 says that predictions are too extreme.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CalibrationSlope {
    pub slope: Estimate,
    pub intercept: Estimate,
}

/// The calibration curve over `binning`, with intervals at `level`.
///
/// `None` without rows.
///
/// # Errors
/// If the slices differ in length, a probability lies outside [0, 1], no bin is asked for, or `level`
/// does not lie strictly between 0 and 1.
pub fn calibration_curve(
    labels: &[bool],
    probabilities: &[f64],
    binning: Binning,
    level: f64,
) -> Result<Option<CalibrationCurve>> {
    input::predicted(labels, probabilities)?;
    normal::critical(level)?;
    let bins = binning.bins(labels, probabilities)?;
    if bins.is_empty() {
        return Ok(None);
    }
    let rows = labels.len() as f64;
    let gap = |bin: &Bin| (bin.observed() - bin.mean).abs();
    let weighted = |value: &dyn Fn(&Bin) -> f64| {
        bins.iter().map(|bin| bin.rows as f64 * value(bin)).sum::<f64>() / rows
    };
    let (slope, no_slope) = match calibration_slope(labels, probabilities, level) {
        Ok(slope) => (Some(slope), None),
        Err(error) => (None, Some(error.to_string())),
    };
    Ok(Some(CalibrationCurve {
        expected_error: weighted(&gap),
        maximum_error: bins.iter().map(gap).fold(0.0, f64::max),
        mean_predicted: weighted(&|bin| bin.mean),
        observed: bins.iter().map(|bin| bin.events).sum::<u64>() as f64 / rows,
        bins: bins.iter().map(|bin| shown(bin, level)).collect::<Result<_>>()?,
        slope,
        no_slope,
    }))
}

fn shown(bin: &Bin, level: f64) -> Result<CalibrationBin> {
    Ok(CalibrationBin {
        low: bin.low,
        high: bin.high,
        rows: bin.rows,
        events: bin.events,
        mean_predicted: bin.mean,
        observed: normal::wilson(bin.events, bin.rows, level)?,
    })
}

/// Cox's calibration slope and intercept with Wald intervals at `level` (Cox 1958, *Biometrika* 45,
/// 562-565): an unpenalised logistic regression of the labels on logit(probability). Probabilities
/// nearer to 0 or 1 than 1e-15 are moved there first.
///
/// # Errors
/// If the slices differ in length or a probability lies outside [0, 1]; and where there is no such
/// line: no rows, one class only, one probability for all, or classes that a threshold separates.
pub fn calibration_slope(
    labels: &[bool],
    probabilities: &[f64],
    level: f64,
) -> Result<CalibrationSlope> {
    input::predicted(labels, probabilities)?;
    let z = normal::critical(level)?;
    let line = LogitRecalibration::fit(labels, probabilities, None)?;
    let wald = |point: f64, error: f64| Estimate {
        point,
        std_error: Some(error),
        low: point - z * error,
        high: point + z * error,
        level,
        method: "Wald",
    };
    Ok(CalibrationSlope {
        slope: wald(line.slope(), line.slope_std_error()),
        intercept: wald(line.intercept(), line.intercept_std_error()),
    })
}

/// The expected calibration error alone: mean |observed - predicted| over bins, weighted by rows.
///
/// `None` without rows. Errors as of [`calibration_curve`].
pub fn expected_calibration_error(
    labels: &[bool],
    probabilities: &[f64],
    binning: Binning,
) -> Result<Option<f64>> {
    input::predicted(labels, probabilities)?;
    let bins = binning.bins(labels, probabilities)?;
    let total = bins.iter().map(|bin| bin.rows as f64 * (bin.observed() - bin.mean).abs());
    let total: f64 = total.sum();
    Ok((!bins.is_empty()).then(|| total / labels.len() as f64))
}
