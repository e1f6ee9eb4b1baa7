//! Experiment units as plain columns: the form in which a flat file and the lake both arrive.

use super::{MetricSpec, SegmentColumn, Tally, TallySpec};
use crate::error::{Error, Result};

/// One row a unit. All columns have the same length.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Units {
    pub arms: Levels,
    pub metrics: Vec<MetricValues>,
    pub segments: Vec<(String, Levels)>,
}

/// A column of labels, coded by their position in `names`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Levels {
    pub names: Vec<String>,
    pub codes: Vec<u32>,
}

/// A metric's values; NaN where missing.
#[derive(Debug, Clone, PartialEq)]
pub struct MetricValues {
    pub name: String,
    /// `None`: a proportion if every value is 0 or 1, else a mean.
    pub is_proportion: Option<bool>,
    pub values: Vec<f64>,
}

/// A segment column with more levels than this is most likely a number or an id.
const MOST_LEVELS: usize = 200;

impl Units {
    /// Adds the rows up.
    pub fn tally(&self) -> Result<Tally> {
        if let Some((name, levels)) =
            self.segments.iter().find(|(_, levels)| levels.names.len() > MOST_LEVELS)
        {
            let count = levels.names.len();
            return Err(Error::settings(format!("{count} different values are too many segments"))
                .at_column(name.clone())
                .hint("cut it into a few bands first, or leave it out"));
        }
        let mut tally = Tally::new(self.spec()?);
        let mut values = vec![0.0; self.metrics.len()];
        let mut levels = vec![0; self.segments.len()];
        for row in 0..self.arms.codes.len() {
            for (value, metric) in values.iter_mut().zip(&self.metrics) {
                *value = metric.values[row];
            }
            for (level, (_, column)) in levels.iter_mut().zip(&self.segments) {
                *level = column.codes[row] as usize;
            }
            tally.add(self.arms.codes[row] as usize, &levels, &values)?;
        }
        Ok(tally)
    }

    fn spec(&self) -> Result<TallySpec> {
        let metrics = self.metrics.iter().map(|metric| {
            if metric.is_proportion.unwrap_or_else(|| is_zero_one(&metric.values)) {
                MetricSpec::proportion(metric.name.clone())
            } else {
                MetricSpec::mean(metric.name.clone())
            }
        });
        let segments = self.segments.iter().map(|(name, levels)| SegmentColumn {
            name: name.clone(),
            levels: levels.names.clone(),
        });
        TallySpec::new(self.arms.names.clone(), metrics.collect(), segments.collect())
    }
}

fn is_zero_one(values: &[f64]) -> bool {
    values.iter().all(|v| v.is_nan() || *v == 0.0 || *v == 1.0)
}
