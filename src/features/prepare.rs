//! From raw features to the numbers that distances are computed on: transform, fill, scale.
//!
//! Fitted once and stored with the model, so that a new contact is prepared exactly as the old ones.

use ndarray::{Array2, ArrayView1};
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

use super::{FeatureSpec, FeatureTable, Missing, Unit};

/// How a column is bent before scaling.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Transform {
    None,
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
    pub center: f64,
    pub spread: f64,
}

/// A fitted preparation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Preparation {
    pub columns: Vec<PreparedColumn>,
    /// Features left out because they are the same for everybody.
    pub constant: Vec<String>,
}

/// The prepared matrix, shape (contacts, columns of the preparation).
#[derive(Debug, Clone)]
pub struct Prepared {
    pub preparation: Preparation,
    pub matrix: Array2<f64>,
}

impl Preparation {
    /// Fits on `table` by the features' own nature: counts, days, money and seconds are bent, shares
    /// are not; all are scaled to standard deviation 1.
    pub fn fit(table: &FeatureTable) -> Result<Prepared> {
        let columns = table.specs.iter().zip(table.values.columns());
        let columns = columns.map(|(spec, values)| {
            let transform = transform_of(spec.unit);
            fit_column(&spec.name, values, transform, Scale::Standard, fill(spec, values))
        });
        Self::collect(columns.collect::<Result<_>>()?, table.values.view())
    }

    /// Fits on plain columns with one transform and scale for all.
    pub fn fit_matrix(
        names: &[String],
        values: ndarray::ArrayView2<'_, f64>,
        transform: Transform,
        scale: Scale,
    ) -> Result<Prepared> {
        let columns = names.iter().zip(values.columns());
        let columns = columns
            .map(|(name, values)| fit_column(name, values, transform, scale, median_of(values)));
        Self::collect(columns.collect::<Result<_>>()?, values)
    }

    fn collect(
        columns: Vec<PreparedColumn>,
        values: ndarray::ArrayView2<'_, f64>,
    ) -> Result<Prepared> {
        let keep: Vec<usize> = (0..columns.len()).filter(|&c| columns[c].spread > 0.0).collect();
        if keep.is_empty() {
            return Err(Error::data("every feature is the same for everybody")
                .hint("there is nothing to tell contacts apart by; add features or contacts"));
        }
        let constant = columns.iter().filter(|c| c.spread <= 0.0).map(|c| c.name.clone()).collect();
        let columns: Vec<PreparedColumn> = keep.iter().map(|&c| columns[c].clone()).collect();
        let preparation = Preparation { columns, constant };
        let mut matrix = values.select(ndarray::Axis(1), &keep);
        for (column, mut values) in preparation.columns.iter().zip(matrix.columns_mut()) {
            values.mapv_inplace(|v| column.prepare(v));
        }
        Ok(Prepared { preparation, matrix })
    }
}

/// Prepared values are rounded to a grid of a billionth: their last bits depend on the unit of the raw
/// values, and must not decide which cluster a contact falls into.
const GRID: f64 = (1u64 << 30) as f64;

impl PreparedColumn {
    /// A raw value (NaN if missing) on the prepared scale.
    pub fn prepare(&self, value: f64) -> f64 {
        let value = if value.is_nan() { self.fill } else { value };
        let prepared = (bend(value, self.transform, self.unit) - self.center) / self.spread;
        (prepared * GRID).round() / GRID
    }
}

fn transform_of(unit: Unit) -> Transform {
    match unit {
        Unit::Count | Unit::Days | Unit::MinorUnits | Unit::Seconds => Transform::Asinh,
        Unit::Share
        | Unit::Hour
        | Unit::Trend
        | Unit::Bits
        | Unit::Flag
        | Unit::Number
        | Unit::Label => Transform::None,
    }
}

/// A time since something that never happened is longer than any that was seen; everything else that
/// is missing is put where it pulls least, at the median.
fn fill(spec: &FeatureSpec, values: ArrayView1<'_, f64>) -> f64 {
    if spec.missing == Missing::Never && spec.unit == Unit::Days {
        let longest = values.iter().copied().filter(|v| !v.is_nan()).fold(f64::NAN, f64::max);
        return if longest.is_nan() { 0.0 } else { longest };
    }
    median_of(values)
}

fn median_of(values: ArrayView1<'_, f64>) -> f64 {
    let mut present: Vec<f64> = values.iter().copied().filter(|v| !v.is_nan()).collect();
    quantile(&mut present, 0.5).unwrap_or(0.0)
}

fn fit_column(
    name: &str,
    values: ArrayView1<'_, f64>,
    transform: Transform,
    scale: Scale,
    fill: f64,
) -> Result<PreparedColumn> {
    if values.iter().any(|v| v.is_infinite()) {
        return Err(Error::data("an infinite value").at_column(name));
    }
    let unit = match transform {
        Transform::None => 1.0,
        Transform::Asinh => {
            let sizes = values.iter().map(|v| v.abs()).filter(|v| *v > 0.0);
            quantile(&mut sizes.collect::<Vec<_>>(), 0.5).unwrap_or(1.0)
        }
    };
    let filled = values.iter().map(|v| if v.is_nan() { fill } else { *v });
    let bent: Vec<f64> = filled.map(|v| bend(v, transform, unit)).collect();
    let (center, spread) = center_and_spread(bent, scale);
    Ok(PreparedColumn { name: name.to_owned(), transform, unit, fill, center, spread })
}

fn bend(value: f64, transform: Transform, unit: f64) -> f64 {
    match transform {
        Transform::None => value,
        Transform::Asinh => (value / unit).asinh(),
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

/// Quantile by linear interpolation (type 7 of Hyndman & Fan 1996); `None` without values.
fn quantile(values: &mut [f64], p: f64) -> Option<f64> {
    values.sort_unstable_by(f64::total_cmp);
    let last = values.len().checked_sub(1)?;
    let place = p * last as f64;
    let (low, part) = (place.floor() as usize, place.fract());
    let high = values[(low + 1).min(last)];
    Some(values[low] + part * (high - values[low]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn pounds_and_pence_prepare_alike() -> Result<()> {
        let pounds = array![[12.5], [0.0], [-3.0], [999.0], [f64::NAN]];
        let pence = pounds.mapv(|v| v * 100.0);
        let names = ["spend".to_owned()];
        for scale in [Scale::Standard, Scale::Robust] {
            let a = Preparation::fit_matrix(&names, pounds.view(), Transform::Asinh, scale)?;
            let b = Preparation::fit_matrix(&names, pence.view(), Transform::Asinh, scale)?;
            let worst = (&a.matrix - &b.matrix).mapv(f64::abs).fold(0.0, |m, v| f64::max(m, *v));
            assert!(worst < 1e-12, "{worst}");
        }
        Ok(())
    }

    #[test]
    fn constant_columns_are_left_out_and_named() -> Result<()> {
        let values = array![[1.0, 7.0], [2.0, 7.0], [3.0, 7.0]];
        let names = ["a".to_owned(), "b".to_owned()];
        let fitted =
            Preparation::fit_matrix(&names, values.view(), Transform::None, Scale::Standard)?;
        assert_eq!(fitted.preparation.constant, ["b"]);
        assert_eq!(fitted.matrix.ncols(), 1);
        let all = array![[7.0], [7.0]];
        let error = Preparation::fit_matrix(&names[..1], all.view(), Transform::None, Scale::None);
        assert!(error.is_err());
        Ok(())
    }
}
