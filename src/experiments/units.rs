//! Experiment units as plain columns: the form in which the lake's rows arrive.

use rayon::prelude::*;

use super::grid::Recode;
use super::part::{Part, ZERO_OR_ONE, refuse_many_arms, refuse_many_levels, unfit};
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

/// Rows that are added up at once; fixed, so that results do not depend on the threads.
const CHUNK_ROWS: usize = 1 << 18;

impl Units {
    /// Adds the rows up.
    ///
    /// # Errors
    ///
    /// A settings error with too many levels or arms, or too few; a data error for a value that its
    /// metric cannot take; an internal one where columns and codes do not fit together.
    pub fn tally(&self) -> Result<Tally> {
        for (name, levels) in &self.segments {
            refuse_many_levels(name, levels.names.len())?;
        }
        refuse_many_arms(self.arms.names.len())?;
        self.check_shape()?;
        let mut part = self.empty();
        let starts: Vec<usize> = (0..self.arms.codes.len()).step_by(CHUNK_ROWS).collect();
        let parts: Vec<Result<Part>> = starts.into_par_iter().map(|at| self.part(at)).collect();
        for chunk in parts {
            part.merge(&chunk?, &Recode::Same);
        }
        Ok(Tally::of(self.spec(&part)?, &part))
    }

    fn check_shape(&self) -> Result<()> {
        let rows = self.arms.codes.len();
        let fits = |levels: &Levels| {
            levels.codes.len() == rows
                && levels.codes.iter().all(|code| (*code as usize) < levels.names.len())
        };
        let levels = std::iter::once(&self.arms).chain(self.segments.iter().map(|(_, l)| l));
        if self.metrics.iter().all(|m| m.values.len() == rows) && levels.into_iter().all(fits) {
            return Ok(());
        }
        Err(Error::internal("the columns of an experiment do not fit together"))
    }

    fn empty(&self) -> Part {
        let metrics = self.metrics.iter().map(|metric| metric.name.clone());
        Part::new(metrics.collect(), self.segments.len())
    }

    fn part(&self, start: usize) -> Result<Part> {
        let rows = start..(start + CHUNK_ROWS).min(self.arms.codes.len());
        let levels: Vec<&[u32]> =
            self.segments.iter().map(|(_, levels)| &levels.codes[rows.clone()]).collect();
        let values: Vec<&[f64]> =
            self.metrics.iter().map(|metric| &metric.values[rows.clone()]).collect();
        let mut part = self.empty();
        part.add(&self.arms.codes[rows], &levels, &values)?;
        Ok(part)
    }

    fn spec(&self, part: &Part) -> Result<TallySpec> {
        let metric = |(place, metric): (usize, &MetricValues)| {
            let is_zero_one = part.is_zero_one(place);
            let name = metric.name.clone();
            match metric.is_proportion {
                Some(true) if !is_zero_one => Err(metric.not_a_proportion()),
                Some(false) => Ok(MetricSpec::mean(name)),
                _ if is_zero_one => Ok(MetricSpec::proportion(name)),
                _ => Ok(MetricSpec::mean(name)),
            }
        };
        let metrics = self.metrics.iter().enumerate().map(metric).collect::<Result<_>>()?;
        let segments = self.segments.iter().map(|(name, levels)| SegmentColumn {
            name: name.clone(),
            levels: levels.names.clone(),
        });
        TallySpec::new(self.arms.names.clone(), metrics, segments.collect())
    }
}

impl MetricValues {
    fn not_a_proportion(&self) -> Error {
        let odd = |v: &&f64| !(v.is_nan() || **v == 0.0 || **v == 1.0);
        let value = self.values.iter().find(odd).copied().unwrap_or(f64::NAN);
        unfit(&self.name, value, ZERO_OR_ONE)
    }
}
