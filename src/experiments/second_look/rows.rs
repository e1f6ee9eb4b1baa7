//! Columns by recipient.

use super::super::moments::Moments;
use super::super::pair_moments::PairMoments;
use super::super::part::{FINITE, unfit};
use super::super::sorted_values::SortedValues;
use super::super::units::Levels;
use crate::error::{Error, Kind, Result};

/// Arms and named columns of numbers, one entry a recipient; NaN where missing.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Rows {
    arms: Levels,
    columns: Vec<(String, Vec<f64>)>,
}

impl Rows {
    /// # Errors
    ///
    /// An internal error if the columns differ in length.
    pub fn new(arms: Levels, columns: Vec<(String, Vec<f64>)>) -> Result<Self> {
        if columns.iter().any(|(_, values)| values.len() != arms.codes.len()) {
            return Err(Error::internal("columns of different length"));
        }
        Ok(Rows { arms, columns })
    }

    pub(super) fn arms(&self) -> &[String] {
        &self.arms.names
    }

    fn column(&self, name: &str) -> Result<&[f64]> {
        let known = || self.columns.iter().map(|(name, _)| name.as_str());
        let found = self.columns.iter().find(|(column, _)| column == name);
        found
            .map(|(_, values)| values.as_slice())
            .ok_or_else(|| Error::unknown(Kind::Settings, "column", name, known()))
    }

    /// A column's values in one arm, without those that are missing.
    pub(super) fn sorted(&self, column: &str, arm: usize) -> Result<SortedValues> {
        let rows = self.arms.codes.iter().zip(self.column(column)?);
        let of_arm = rows.filter(|(code, value)| **code as usize == arm && !value.is_nan());
        SortedValues::new(of_arm.map(|(_, value)| *value).collect())
    }

    /// The joint sums of two columns in every arm, of rows that have a y; a missing x stands at the mean of
    /// all that are there. Also how many x were missing.
    pub(super) fn filled(&self, x: &str, y: &str) -> Result<(Vec<PairMoments>, u64)> {
        let (column, x, y) = (x, self.column(x)?, self.column(y)?);
        let mut known = Moments::default();
        for value in x.iter().filter(|value| !value.is_nan()) {
            if !Moments::holds(*value) {
                return Err(unfit(column, *value, FINITE));
            }
            known.add(*value);
        }
        let mean = known.mean().unwrap_or(0.0);
        let mut missing = 0;
        let sums = self.sums(x, y, |x| {
            missing += u64::from(x.is_nan());
            Some(if x.is_nan() { mean } else { x })
        })?;
        Ok((sums, missing))
    }

    /// The joint sums of two columns in every arm, of rows that have both.
    pub(super) fn both(&self, x: &str, y: &str) -> Result<Vec<PairMoments>> {
        self.sums(self.column(x)?, self.column(y)?, |x| (!x.is_nan()).then_some(x))
    }

    fn sums(
        &self,
        x: &[f64],
        y: &[f64],
        mut usable: impl FnMut(f64) -> Option<f64>,
    ) -> Result<Vec<PairMoments>> {
        let mut sums = vec![PairMoments::default(); self.arms.names.len()];
        for ((code, x), y) in self.arms.codes.iter().zip(x).zip(y) {
            if y.is_nan() {
                continue;
            }
            if let (Some(x), Some(sums)) = (usable(*x), sums.get_mut(*code as usize)) {
                sums.add(x, *y)?;
            }
        }
        Ok(sums)
    }
}

#[cfg(test)]
impl Rows {
    /// The same rows, the last one first.
    pub(super) fn reversed(mut self) -> Self {
        self.arms.codes.reverse();
        self.columns.iter_mut().for_each(|(_, values)| values.reverse());
        self
    }
}
