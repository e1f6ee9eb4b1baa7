//! A number with its uncertainty: the only form in which a statistic travels to a report.

use serde::Serialize;

/// A point estimate with its standard error, interval, level and method.
///
/// Bounds may be infinite where the method says so (a ratio over a control with no successes);
/// JSON has no infinity, so infinite and undefined numbers are written as `null`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Estimate {
    pub point: f64,
    /// `None` where the method has none (score intervals are not built from one).
    pub std_error: Option<f64>,
    pub low: f64,
    pub high: f64,
    /// Confidence level of the interval, in (0, 1).
    pub level: f64,
    /// Name of the interval's method, as the report shows it.
    pub method: &'static str,
}

impl Estimate {
    /// True if the interval leaves out `value`.
    pub fn excludes(&self, value: f64) -> bool {
        value < self.low || value > self.high
    }
}
