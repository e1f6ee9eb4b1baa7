//! Proper scores of predicted probabilities: logarithmic loss and Brier's score.

use serde::Serialize;

use crate::error::Result;

use super::input;
use super::normal;
use super::sums;

/// Probabilities nearer to 0 or 1 than this are moved here before their logarithm is taken.
const CLIP: f64 = 1e-15;

/// Mean -ln P(label), natural logarithm; probabilities are clipped to [1e-15, 1 - 1e-15].
///
/// `None` without rows (or without weight).
///
/// # Errors
/// If the slices differ in length, a probability lies outside [0, 1], or a weight is negative or not
/// finite.
pub fn log_loss(
    labels: &[bool],
    probabilities: &[f64],
    weights: Option<&[f64]>,
) -> Result<Option<f64>> {
    input::predicted(labels, probabilities)?;
    input::weights(labels.len(), weights)?;
    Ok(sums::mean(labels.len(), weights, |row| {
        let p = probabilities[row].clamp(CLIP, 1.0 - CLIP);
        if labels[row] { -p.ln() } else { -(-p).ln_1p() }
    }))
}

/// Brier's score: the mean of (probability - label)². `None` and errors as of [`log_loss`].
pub fn brier(
    labels: &[bool],
    probabilities: &[f64],
    weights: Option<&[f64]>,
) -> Result<Option<f64>> {
    input::predicted(labels, probabilities)?;
    input::weights(labels.len(), weights)?;
    Ok(sums::mean(labels.len(), weights, |row| {
        let gap = probabilities[row] - f64::from(labels[row]);
        gap * gap
    }))
}

/// 1 - Brier / (Brier of predicting everybody's share of positives). Above 0: better than that share.
///
/// `None` if one class has no row (or no weight).
///
/// # Errors
/// As of [`log_loss`].
pub fn brier_skill(
    labels: &[bool],
    probabilities: &[f64],
    weights: Option<&[f64]>,
) -> Result<Option<f64>> {
    let score = brier(labels, probabilities, weights)?;
    let base = sums::mean(labels.len(), weights, |row| f64::from(labels[row]));
    let reference = base.map(|share| share * (1.0 - share)).filter(|r| *r > 0.0);
    Ok(score.zip(reference).map(|(score, reference)| 1.0 - score / reference))
}

/// A statistic that is standard normal if all is well, with its two-sided p-value.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ZTest {
    pub z: f64,
    pub p: f64,
}

/// Spiegelhalter's test that labels are drawn with the predicted probabilities (Spiegelhalter 1986,
/// *Statistics in Medicine* 5, 421-433): z = Σ(y - p)(1 - 2p) / √Σ(1 - 2p)² p(1 - p).
///
/// `None` without rows, or if every probability is 0, ½ or 1, which leaves no variance.
///
/// # Errors
/// As of [`log_loss`].
pub fn spiegelhalter(labels: &[bool], probabilities: &[f64]) -> Result<Option<ZTest>> {
    input::predicted(labels, probabilities)?;
    let term = |row: usize| {
        let p: f64 = probabilities[row];
        (p, 1.0 - 2.0 * p, f64::from(labels[row]))
    };
    let variance = sums::sum(labels.len(), |row| {
        let (p, lean, _) = term(row);
        lean * lean * p * (1.0 - p)
    });
    if variance <= 0.0 {
        return Ok(None);
    }
    let excess = sums::sum(labels.len(), |row| {
        let (p, lean, y) = term(row);
        (y - p) * lean
    });
    let z = excess / variance.sqrt();
    Ok(Some(ZTest { z, p: normal::two_sided(z) }))
}
