//! What Brier's score is made of.

use serde::Serialize;

use crate::error::Result;

use super::bins::Binning;
use super::input;
use super::loss;

/// Murphy's decomposition: Brier = reliability - resolution + uncertainty + within bins.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct BrierParts {
    pub brier: f64,
    /// Mean squared gap of predicted and observed share in a bin; 0 is best.
    pub reliability: f64,
    /// Variance of the observed shares over bins; the larger, the better bins tell rows apart.
    pub resolution: f64,
    /// Variance of the labels, which no prediction changes.
    pub uncertainty: f64,
    /// What probabilities that differ within a bin add; 0 with a bin for every distinct probability.
    pub within_bins: f64,
}

/// Splits Brier's score over `binning` (Murphy 1973, *Journal of Applied Meteorology* 12, 595-600; the
/// part within bins: Stephenson, Coelho & Jolliffe 2008).
///
/// `None` without rows.
///
/// # Errors
/// If the slices differ in length, a probability lies outside [0, 1], or there are no bins.
pub fn brier_parts(
    labels: &[bool],
    probabilities: &[f64],
    binning: Binning,
) -> Result<Option<BrierParts>> {
    input::predicted(labels, probabilities)?;
    let bins = binning.bins(labels, probabilities)?;
    let Some(brier) = loss::brier(labels, probabilities, None)? else { return Ok(None) };
    let rows = labels.len() as f64;
    let base = bins.iter().map(|bin| bin.events).sum::<u64>() as f64 / rows;
    let (mut reliability, mut resolution, mut within_bins) = (0.0, 0.0, 0.0);
    for bin in &bins {
        let (weight, observed) = (bin.rows as f64 / rows, bin.observed());
        reliability += weight * (bin.mean - observed).powi(2);
        resolution += weight * (observed - base).powi(2);
        within_bins += bin.within / rows;
    }
    let uncertainty = base * (1.0 - base);
    Ok(Some(BrierParts { brier, reliability, resolution, uncertainty, within_bins }))
}
