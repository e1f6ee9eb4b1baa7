//! What a reader of the numbers should know before relying on them.

use std::fmt;

use serde::Serialize;

use super::arms::smallest_expected;
use super::counts::Counts;
use super::moments::Moments;

/// A limit of the data, with the numbers that show it.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "warning")]
pub enum Warning {
    /// The arms have not the sizes that were planned.
    SampleRatioMismatch { p: f64, alpha: f64 },
    /// The sample-ratio check itself is weak here.
    WeakRatioCheck { note: String },
    /// So few successes (or failures) that one more would move the rate noticeably.
    FewConversions { metric: String, arm: String, successes: u64, failures: u64 },
    /// The chi-squared test of all arms is rough below an expected count of 5.
    SmallExpectedCounts { metric: String, smallest: f64 },
    /// n < 355 skewness²: the t interval may miss its level (Kohavi et al. 2014, rule 7).
    SkewedMean { metric: String, arm: String, n: u64, skewness: f64, needed: u64 },
    /// Rows without a value, left out.
    MissingValues { metric: String, arm: String, missing: u64 },
    /// What a readout usually tells, or was asked for, and does not.
    NotRead { what: String, why: String },
    /// Neither arm varies: the p-value is a definition, not a measurement.
    NoSpread { metric: String, arm: String },
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Warning::SampleRatioMismatch { p, alpha } => {
                write!(f, "the arms have not the planned sizes (p = {p:.1e}, below {alpha})")
            }
            Warning::WeakRatioCheck { note } => f.write_str(note),
            Warning::FewConversions { metric, arm, successes, failures } => {
                write!(f, "`{metric}` in `{arm}`: only {successes} successes, {failures} failures")
            }
            Warning::SmallExpectedCounts { metric, smallest } => {
                write!(f, "`{metric}`: an expected count of {smallest:.1}, too few for chi-squared")
            }
            Warning::SkewedMean { metric, arm, n, skewness, needed } => write!(
                f,
                "`{metric}` in `{arm}` is skewed ({skewness:.1}): {n} rows, {needed} are needed \
                 for its interval to hold"
            ),
            Warning::MissingValues { metric, arm, missing } => {
                write!(f, "`{metric}` in `{arm}`: {missing} rows without a value, left out")
            }
            Warning::NotRead { what, why } => write!(f, "{what}: not told, {why}"),
            Warning::NoSpread { metric, arm } => {
                write!(f, "`{metric}`: no spread at all in `{arm}` or the control")
            }
        }
    }
}

impl Warning {
    pub(super) fn few_conversions(metric: &str, arm: &str, counts: &Counts) -> Option<Warning> {
        const FEW: u64 = 10;
        let (successes, failures) = (counts.successes(), counts.failures());
        (counts.n() > 0 && successes.min(failures) < FEW).then(|| Warning::FewConversions {
            metric: metric.to_owned(),
            arm: arm.to_owned(),
            successes,
            failures,
        })
    }

    pub(super) fn small_expected(metric: &str, arms: &[Counts]) -> Option<Warning> {
        const SMALL: f64 = 5.0;
        let smallest = smallest_expected(arms).filter(|smallest| *smallest < SMALL)?;
        Some(Warning::SmallExpectedCounts { metric: metric.to_owned(), smallest })
    }

    pub(super) fn skewed_mean(metric: &str, arm: &str, moments: &Moments) -> Option<Warning> {
        let (skewness, needed) = (moments.skewness()?, moments.rows_for_t()?);
        (moments.n() < needed).then(|| Warning::SkewedMean {
            metric: metric.to_owned(),
            arm: arm.to_owned(),
            n: moments.n(),
            skewness,
            needed,
        })
    }

    pub(super) fn missing_values(metric: &str, arm: &str, missing: u64) -> Option<Warning> {
        (missing > 0).then(|| Warning::MissingValues {
            metric: metric.to_owned(),
            arm: arm.to_owned(),
            missing,
        })
    }
}
