//! Means of values that are cut off above.

use serde::Serialize;

use super::effect::{Effect, NoEstimate};
use super::level::Level;
use super::means::{Sample, compare_means};
use super::moments::Moments;
use super::sorted_values::SortedValues;
use crate::error::{Error, Result};

/// Where to cut: at a quantile of both arms together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WinsorParams {
    share: f64,
    zeros_count: bool,
}

impl WinsorParams {
    /// Cuts at the quantile `share` of the values that are not zero.
    ///
    /// # Errors
    ///
    /// A settings error if `share` does not lie above a half and below 1.
    pub fn new(share: f64) -> Result<Self> {
        if share > 0.5 && share < 1.0 {
            return Ok(WinsorParams { share, zeros_count: false });
        }
        Err(Error::settings("values are cut off between their median and their largest")
            .with_value(share.to_string())
            .hint("write 0.999 to cut off the uppermost of a thousand"))
    }

    /// The quantile of all values, zeros too.
    #[must_use]
    pub fn of_all_values(mut self) -> Self {
        self.zeros_count = true;
        self
    }
}

impl Default for WinsorParams {
    /// The 99.9th percentile of the values that are not zero.
    fn default() -> Self {
        WinsorParams { share: 0.999, zeros_count: false }
    }
}

/// The comparison of the capped means, with the plain one beside it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WinsorComparison {
    /// Larger values count as this one; `None` if there was no value to find it from.
    pub cap: Option<f64>,
    /// Rows above the cap, control and treatment.
    pub capped_rows: (u64, u64),
    /// Of the capped means: a smaller question than that of the uncapped ones.
    pub effect: Effect,
    pub uncapped: Effect,
}

/// Compares means of values that are cut off at one cap for both arms, found without regard to the arm, so
/// that it cannot favour either. Only large values are cut. Cost: one pass over the sorted values.
///
/// # Errors
///
/// [`NoEstimate`] if an arm has no row, or only one.
pub fn compare_winsorised(
    control: &SortedValues,
    treatment: &SortedValues,
    params: WinsorParams,
    level: Level,
) -> Result<WinsorComparison, NoEstimate> {
    let cap = cap(control, treatment, params);
    let sample = |values: &SortedValues, cap: f64| {
        let mut moments = Moments::default();
        values.values().iter().for_each(|value| moments.add(value.min(cap)));
        Sample::from(&moments)
    };
    let compare = |cap| compare_means(&sample(control, cap), &sample(treatment, cap), level);
    let above = |values: &SortedValues, cap: f64| {
        (values.len() - values.values().partition_point(|value| *value <= cap)) as u64
    };
    let uncapped = compare(f64::INFINITY)?;
    let mut effect = cap.map_or_else(|| Ok(uncapped.clone()), compare)?;
    if !effect.degenerate {
        effect.difference.method = "welch-t of capped values";
        effect.p_method = "welch t test of capped values";
    }
    let capped_rows = cap.map_or((0, 0), |cap| (above(control, cap), above(treatment, cap)));
    Ok(WinsorComparison { cap, capped_rows, effect, uncapped })
}

fn cap(control: &SortedValues, treatment: &SortedValues, params: WinsorParams) -> Option<f64> {
    let both = control.values().iter().chain(treatment.values());
    let counted = both.filter(|value| params.zeros_count || **value != 0.0);
    let cap = SortedValues::new(counted.copied().collect()).ok()?.quantile(params.share)?;
    // Where most values are refunds, zero is none of the large ones.
    Some(if params.zeros_count { cap } else { cap.max(0.0) })
}
