//! Rows added up by code, before their arms, levels and kinds of metric are known.

use super::grid::{Grid, Recode};
use super::moments::Moments;
use crate::error::{Error, Result};

/// A segment column with more levels than this is most likely a number or an id.
pub const MOST_LEVELS: usize = 200;

/// A variant column with more arms than this is most likely an id.
pub const MOST_ARMS: usize = 1000;

/// Sums of some rows: by arm and level, for each segment column.
///
/// Ones and the rest are counted apart, and zeros are what remains: a column of 0 and 1 costs one
/// addition a row, and whether it was a proportion is decided at the end. Parts merge to the whole
/// as [`Moments`] do.
#[derive(Debug, Clone)]
pub struct Part {
    metrics: Vec<String>,
    rows: u64,
    /// One for each segment column; without any, one with a single level. `None`: too many levels.
    grids: Vec<Option<Grid>>,
    places: Vec<u32>,
}

impl Part {
    pub fn new(metrics: Vec<String>, segments: usize) -> Self {
        let grid = Some(Grid::new(metrics.len()));
        Part { metrics, rows: 0, grids: vec![grid; segments.max(1)], places: Vec::new() }
    }

    pub fn rows(&self) -> u64 {
        self.rows
    }

    pub fn grids(&self) -> &[Option<Grid>] {
        &self.grids
    }

    /// Adds rows: for each the code of its arm, its level in each segment column (`u32::MAX` where
    /// there is none) and its value of each metric (NaN where there is none).
    ///
    /// # Errors
    ///
    /// A data error if a value is infinite or larger than [`Moments::LARGEST`], an internal one if
    /// the columns do not fit together; the part is of no use then.
    pub fn add(&mut self, arms: &[u32], levels: &[&[u32]], values: &[&[f64]]) -> Result<()> {
        let rows = arms.len();
        let has_columns =
            levels.len().max(1) == self.grids.len() && values.len() == self.metrics.len();
        if !has_columns
            || levels.iter().any(|l| l.len() != rows)
            || values.iter().any(|v| v.len() != rows)
        {
            return Err(Error::internal("the columns of an experiment do not fit together"));
        }
        self.rows += rows as u64;
        for (metric, values) in self.metrics.iter().zip(values) {
            // Looks at all rows, so that it compiles to vector instructions; NaN is not out.
            let is_out = |value: f64| value.abs() > Moments::LARGEST;
            if values.iter().fold(false, |found, value| found | is_out(*value)) {
                let value = values.iter().copied().find(|value| is_out(*value));
                return Err(unfit(metric, value.unwrap_or(f64::NAN), FINITE));
            }
        }
        for (column, slot) in self.grids.iter_mut().enumerate() {
            let Some(grid) = slot else { continue };
            let levels = levels.get(column).copied();
            if grid.place(arms, levels, &mut self.places) {
                grid.add(&self.places, values);
            } else {
                *slot = None;
            }
        }
        Ok(())
    }

    /// True if every value of the metric is 0 or 1.
    pub fn is_zero_one(&self, metric: usize) -> bool {
        self.grids.iter().flatten().all(|grid| grid.is_zero_one(metric))
    }

    /// Adds another part, whose arms and levels have other codes.
    pub fn merge(&mut self, other: &Part, codes: &Recode<'_>) {
        self.rows += other.rows;
        for (column, (slot, other)) in self.grids.iter_mut().zip(&other.grids).enumerate() {
            let fits = match (slot.as_mut(), other) {
                (Some(grid), Some(other)) => grid.merge(other, codes, column),
                _ => false,
            };
            if !fits {
                *slot = None;
            }
        }
    }
}

pub const ZERO_OR_ONE: &str = "a proportion takes 0 or 1 only";
pub const FINITE: &str = "a mean takes finite numbers only";

/// The error of a value that a metric cannot take.
pub fn unfit(metric: &str, value: f64, needs: &str) -> Error {
    Error::data(format!("metric `{metric}` cannot take this value"))
        .with_value(value.to_string())
        .hint(needs)
}

pub fn refuse_many_levels(column: &str, levels: usize) -> Result<()> {
    if levels <= MOST_LEVELS {
        return Ok(());
    }
    Err(Error::settings(format!("{levels} different values are too many segments"))
        .at_column(column)
        .hint("cut it into a few bands first, or leave it out"))
}

pub fn refuse_many_arms(arms: usize) -> Result<()> {
    if arms <= MOST_ARMS {
        return Ok(());
    }
    Err(Error::settings(format!("{arms} different values are too many variants"))
        .hint("name the column of the variants, not one of ids"))
}
