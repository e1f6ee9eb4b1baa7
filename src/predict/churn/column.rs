//! Columns of the churn model, from raw values to numbers that a regression can take.

use ndarray::Array2;
use serde::{Deserialize, Serialize};

use super::super::logistic::exact;

/// What a column's values measure, for whoever shows them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// Counts, days, shares.
    Plain,
    /// Money in minor units.
    MinorUnits,
    /// Probabilities, kept as their logits.
    Logit,
}

/// A raw column over some contacts; NaN where missing.
#[derive(Debug, Clone, PartialEq)]
pub struct RawColumn {
    pub name: String,
    /// What it is, as reasons are worded: "days since the last order".
    pub words: String,
    pub values: Vec<f64>,
    /// Counts, days and money have long tails, and are bent like a logarithm.
    pub has_tail: bool,
    /// A time since something that never happened is longer than any that was seen; anything else that
    /// is missing is put at the median.
    pub is_longest_if_missing: bool,
    pub measure: Measure,
}

impl RawColumn {
    pub fn new(name: &str, words: &str, values: Vec<f64>) -> Self {
        RawColumn {
            name: name.to_owned(),
            words: words.to_owned(),
            values,
            has_tail: true,
            is_longest_if_missing: false,
            measure: Measure::Plain,
        }
    }

    /// Says what the values measure.
    #[must_use]
    pub fn measured(mut self, measure: Measure) -> Self {
        self.measure = measure;
        self
    }

    /// A share, a flag or a logit: taken as it is.
    #[must_use]
    pub fn straight(mut self) -> Self {
        self.has_tail = false;
        self
    }
}

/// How one column is prepared, learnt from the contacts that the model is trained on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Prepared {
    name: String,
    /// Divisor before bending: the median magnitude, so that the unit of money does not matter. 0 where
    /// the column is not bent.
    #[serde(with = "exact")]
    unit: f64,
    #[serde(with = "exact")]
    fill: f64,
    /// Values are kept within what was seen in training.
    #[serde(with = "exact")]
    low: f64,
    #[serde(with = "exact")]
    high: f64,
    /// A second column says whether the value is missing.
    has_flag: bool,
}

/// A fitted preparation of all columns. Numbers are stored as text, so that columns read back are prepared
/// with the same bits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Stored")]
pub struct ColumnsModel {
    columns: Vec<Prepared>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    columns: Vec<Prepared>,
}

impl TryFrom<Stored> for ColumnsModel {
    type Error = String;

    fn try_from(Stored { columns }: Stored) -> Result<Self, String> {
        match columns.iter().find(|column| column.low > column.high) {
            Some(column) => Err(format!("column `{}` ends before it begins", column.name)),
            None => Ok(ColumnsModel { columns }),
        }
    }
}

impl ColumnsModel {
    /// Learns from `columns`; the order is kept.
    pub fn fit(columns: &[RawColumn]) -> Self {
        ColumnsModel { columns: columns.iter().map(prepare).collect() }
    }

    /// Names of the raw columns.
    pub fn raw_names(&self) -> Vec<String> {
        self.columns.iter().map(|column| column.name.clone()).collect()
    }

    /// Names of the raw columns that were there for every contact of the training.
    pub(super) fn always_there(&self) -> Vec<&str> {
        let always = self.columns.iter().filter(|c| !c.has_flag && c.low < c.high);
        always.map(|column| column.name.as_str()).collect()
    }

    /// The raw column that each column of [`ColumnsModel::apply`] is made from, by its place.
    pub fn origins(&self) -> Vec<usize> {
        let times = |(place, column): (usize, &Prepared)| {
            std::iter::repeat_n(place, 1 + usize::from(column.has_flag))
        };
        self.columns.iter().enumerate().flat_map(times).collect()
    }

    /// Names of the columns that [`ColumnsModel::apply`] makes.
    pub fn names(&self) -> Vec<String> {
        let names = |column: &Prepared| {
            let flag = column.has_flag.then(|| format!("{} missing", column.name));
            std::iter::once(column.name.clone()).chain(flag)
        };
        self.columns.iter().flat_map(names).collect()
    }

    /// Prepares rows of the same raw columns; shape (rows, names).
    pub fn apply(&self, raw: &[RawColumn]) -> Array2<f64> {
        let rows = raw.first().map_or(0, |column| column.values.len());
        let width = self.columns.iter().map(|c| 1 + usize::from(c.has_flag)).sum();
        let mut matrix = Array2::zeros((rows, width));
        let mut place = 0;
        for (column, raw) in self.columns.iter().zip(raw) {
            for (row, value) in raw.values.iter().enumerate() {
                matrix[(row, place)] = column.value(*value);
                if column.has_flag {
                    matrix[(row, place + 1)] = f64::from(u8::from(value.is_nan()));
                }
            }
            place += 1 + usize::from(column.has_flag);
        }
        matrix
    }
}

impl Prepared {
    fn value(&self, raw: f64) -> f64 {
        let value = if raw.is_nan() { self.fill } else { raw };
        bend(value.clamp(self.low, self.high), self.unit)
    }
}

fn bend(value: f64, unit: f64) -> f64 {
    if unit > 0.0 { (value / unit).asinh() } else { value }
}

fn prepare(raw: &RawColumn) -> Prepared {
    let mut present: Vec<f64> = raw.values.iter().copied().filter(|v| v.is_finite()).collect();
    present.sort_unstable_by(f64::total_cmp);
    let (low, high) = match (present.first(), present.last()) {
        (Some(low), Some(high)) => (*low, *high),
        _ => (0.0, 0.0),
    };
    let mut sizes: Vec<f64> = present.iter().map(|v| v.abs()).filter(|v| *v > 0.0).collect();
    sizes.sort_unstable_by(f64::total_cmp);
    let unit = if raw.has_tail { middle(&sizes).unwrap_or(1.0) } else { 0.0 };
    let fill = if raw.is_longest_if_missing { high } else { middle(&present).unwrap_or(0.0) };
    Prepared {
        name: raw.name.clone(),
        unit,
        fill,
        low,
        high,
        has_flag: !present.is_empty() && present.len() < raw.values.len(),
    }
}

/// The lower median of sorted values.
fn middle(sorted: &[f64]) -> Option<f64> {
    sorted.get(sorted.len().saturating_sub(1) / 2).copied()
}
