//! Normal critical values, p-values and the Wilson interval.

use crate::error::{Error, Result};
use crate::estimate::Estimate;
use crate::numeric::tail;

/// The two-sided critical value of a confidence level, 1.96 at 0.95.
///
/// # Errors
/// If the level does not lie strictly between 0 and 1.
pub(super) fn critical(level: f64) -> Result<f64> {
    if level > 0.0 && level < 1.0 {
        return Ok(tail::normal_critical(1.0 - level));
    }
    Err(Error::settings(format!("{level} is not a confidence level"))
        .hint("a confidence level lies between 0 and 1, such as 0.95"))
}

/// P(|Z| ≥ |z|) of the standard normal.
pub(super) fn two_sided(z: f64) -> f64 {
    tail::normal(z).p
}

/// The Wilson (score) interval of a share; `n` is at least 1.
pub(super) fn wilson(events: u64, n: u64, level: f64) -> Result<Estimate> {
    let z = critical(level)?;
    let (x, rows) = (events as f64, n as f64);
    let share = x / rows;
    let spread = z * (x * (rows - x) / rows + z * z / 4.0).sqrt();
    let bound = |sign: f64| ((x + z * z / 2.0 + sign * spread) / (rows + z * z)).clamp(0.0, 1.0);
    // At the edges the formula gives the edge itself, up to rounding.
    let low = if events == 0 { 0.0 } else { bound(-1.0) };
    let high = if events == n { 1.0 } else { bound(1.0) };
    Ok(Estimate { point: share, std_error: None, low, high, level, method: "Wilson" })
}
