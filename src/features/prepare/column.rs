//! One column, from its raw values to the standard scale: bend, fill, clip, scale.

use ndarray::ArrayView1;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::features::{FeatureSpec, Missing, Unit};

/// How a column is bent before scaling.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Transform {
    None,
    /// ln(1 + |x| / s) with the sign of x, s as below.
    Log1p,
    /// asinh(x / s), s the median of the column's non-zero magnitudes. Like a logarithm for large
    /// values, linear near zero, defined for refunds below zero; and because s carries the unit, pounds
    /// and pence give the same result.
    Asinh,
}

/// How a column is brought to a common scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scale {
    None,
    /// Mean 0, standard deviation 1.
    Standard,
    /// Median 0, interquartile range 1.
    Robust,
}

/// One fitted column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PreparedColumn {
    pub name: String,
    pub transform: Transform,
    /// The divisor s of the transform; 1 where there is none.
    pub unit: f64,
    /// What stands for a missing value, on the raw scale.
    pub fill: f64,
    /// Bent values are kept within these; `None` where nothing is clipped.
    pub low: Option<f64>,
    pub high: Option<f64>,
    pub center: f64,
    /// 0 for a column that is the same for everybody.
    pub spread: f64,
    /// What the standard value is multiplied with before distances are taken.
    pub weight: f64,
}

/// How one column is to be prepared.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct ColumnParams {
    pub transform: Transform,
    pub scale: Scale,
    /// Share of values clipped at each end.
    pub winsorise: f64,
    pub fill: f64,
}

/// Prepared values are rounded to a grid of a billionth: their last bits depend on the unit of the raw
/// values, and must not decide which cluster a contact falls into.
pub(super) const GRID: f64 = (1u64 << 30) as f64;

impl PreparedColumn {
    /// A raw value (NaN if missing) on the standard scale, without its weight.
    pub fn standard(&self, value: f64) -> f64 {
        let value = if value.is_nan() { self.fill } else { value };
        let bent = clip(bend(value, self.transform, self.unit), self.low, self.high);
        ((bent - self.center) / self.spread * GRID).round() / GRID
    }

    /// The raw value that has this standard value.
    pub fn raw(&self, standard: f64) -> f64 {
        unbend(standard * self.spread + self.center, self.transform, self.unit)
    }
}

/// Whether a column of this unit is bent, and clipped: shares and flags have no long tail.
pub(super) fn has_tail(unit: Unit) -> bool {
    matches!(unit, Unit::Count | Unit::Days | Unit::MinorUnits | Unit::Seconds)
}

/// A time since something that never happened is longer than any that was seen; everything else that
/// is missing is put where it pulls least, at the median.
pub(super) fn fill(spec: &FeatureSpec, values: ArrayView1<'_, f64>) -> f64 {
    if spec.missing == Missing::Never && spec.unit == Unit::Days {
        let longest = values.iter().copied().filter(|v| !v.is_nan()).fold(f64::NAN, f64::max);
        return if longest.is_nan() { 0.0 } else { longest };
    }
    median_of(values)
}

pub(super) fn median_of(values: ArrayView1<'_, f64>) -> f64 {
    let mut present: Vec<f64> = values.iter().copied().filter(|v| !v.is_nan()).collect();
    quantile(&mut present, 0.5).unwrap_or(0.0)
}

pub(super) fn fit_column(
    name: &str,
    values: ArrayView1<'_, f64>,
    params: ColumnParams,
) -> Result<PreparedColumn> {
    let ColumnParams { transform, scale, winsorise, fill } = params;
    if values.iter().any(|v| v.is_infinite()) {
        return Err(Error::data("an infinite value").at_column(name));
    }
    let unit = match transform {
        Transform::None => 1.0,
        Transform::Log1p | Transform::Asinh => {
            let sizes = values.iter().map(|v| v.abs()).filter(|v| *v > 0.0);
            quantile(&mut sizes.collect::<Vec<_>>(), 0.5).unwrap_or(1.0)
        }
    };
    let filled = values.iter().map(|v| if v.is_nan() { fill } else { *v });
    let mut bent: Vec<f64> = filled.map(|v| bend(v, transform, unit)).collect();
    let (low, high) = limits(&mut bent.clone(), winsorise);
    bent.iter_mut().for_each(|v| *v = clip(*v, low, high));
    let (center, spread) = center_and_spread(bent, scale);
    Ok(PreparedColumn {
        name: name.to_owned(),
        transform,
        unit,
        fill,
        low,
        high,
        center,
        spread,
        weight: 1.0,
    })
}

/// The values between which a share of `winsorise` at each end is put (Tukey 1962). A column that would
/// be left without spread is not clipped: its rare values are all there is to it.
fn limits(bent: &mut [f64], winsorise: f64) -> (Option<f64>, Option<f64>) {
    if winsorise <= 0.0 {
        return (None, None);
    }
    let (low, high) = (quantile(bent, winsorise), quantile(bent, 1.0 - winsorise));
    if low < high { (low, high) } else { (None, None) }
}

fn clip(value: f64, low: Option<f64>, high: Option<f64>) -> f64 {
    let value = low.map_or(value, |low| value.max(low));
    high.map_or(value, |high| value.min(high))
}

fn bend(value: f64, transform: Transform, unit: f64) -> f64 {
    match transform {
        Transform::None => value,
        Transform::Log1p => (value / unit).abs().ln_1p().copysign(value),
        Transform::Asinh => (value / unit).asinh(),
    }
}

fn unbend(value: f64, transform: Transform, unit: f64) -> f64 {
    match transform {
        Transform::None => value,
        Transform::Log1p => (value.abs().exp_m1() * unit).copysign(value),
        Transform::Asinh => value.sinh() * unit,
    }
}

/// A spread of 0 means a constant column, judged before rounding can make one look alive.
fn center_and_spread(mut values: Vec<f64>, scale: Scale) -> (f64, f64) {
    let n = values.len() as f64;
    let (low, high) =
        values.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(*v), h.max(*v)));
    if values.is_empty() || low == high {
        return (0.0, 0.0);
    }
    match scale {
        Scale::None => (0.0, 1.0),
        Scale::Standard => {
            let mean = values.iter().sum::<f64>() / n;
            let squares = values.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>();
            (mean, (squares / n).sqrt())
        }
        Scale::Robust => {
            let mut at = |p| quantile(&mut values, p).unwrap_or(0.0);
            let (q1, median, q3) = (at(0.25), at(0.5), at(0.75));
            // More than half the contacts alike: the range stands in, so that the column still counts.
            let spread = if q3 > q1 { q3 - q1 } else { high - low };
            (median, spread)
        }
    }
}

/// Quantile by linear interpolation (type 7 of Hyndman & Fan 1996); `None` without values. Puts
/// `values` in another order.
fn quantile(values: &mut [f64], p: f64) -> Option<f64> {
    let last = values.len().checked_sub(1)?;
    let place = p * last as f64;
    let (low, part) = (place.floor() as usize, place.fract());
    let (_, low, above) = values.select_nth_unstable_by(low, f64::total_cmp);
    let high = above.iter().copied().min_by(f64::total_cmp).unwrap_or(*low);
    Some(*low + part * (high - *low))
}
