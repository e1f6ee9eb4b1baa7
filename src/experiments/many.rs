//! The sums of many experiments that share one file.

use std::collections::{BTreeMap, HashMap};

use super::counts::Counts;
use super::moments::Moments;
use super::part::{FINITE, unfit};
use super::spec::{MetricSpec, TallySpec};
use super::tally::{ArmCells, Cell, Sums, Tally};
use crate::error::{Error, Result};

/// One metric in one arm of one experiment.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Column {
    moments: Moments,
    missing: u64,
    /// Every value is 0 or 1.
    is_zero_one: bool,
}

impl Default for Column {
    fn default() -> Self {
        Column { moments: Moments::default(), missing: 0, is_zero_one: true }
    }
}

/// One arm of one experiment.
#[derive(Debug, Clone, Default, PartialEq)]
struct Arm {
    rows: u64,
    metrics: Vec<Column>,
}

impl Arm {
    fn of(metrics: usize) -> Self {
        Arm { rows: 0, metrics: vec![Column::default(); metrics] }
    }

    fn merge(&mut self, other: &Arm) {
        self.rows += other.rows;
        for (column, more) in self.metrics.iter_mut().zip(&other.metrics) {
            column.moments.merge(&more.moments);
            column.missing += more.missing;
            column.is_zero_one &= more.is_zero_one;
        }
    }
}

/// Some rows of the file, by code of experiment and arm.
#[derive(Debug, Clone, Default)]
pub struct ManyPart {
    arms: HashMap<(u32, u32), Arm>,
}

impl ManyPart {
    /// Adds rows: the codes of their experiments and arms (`none` where a row has no arm: it is left out), and
    /// a column of values for each of `metrics`, NaN where there is none.
    ///
    /// # Errors
    ///
    /// A data error for a value that no metric can take.
    pub fn add(
        &mut self,
        experiments: &[u32],
        (arms, none): (&[u32], u32),
        metrics: &[String],
        values: &[Vec<f64>],
    ) -> Result<()> {
        for (row, (experiment, arm)) in experiments.iter().zip(arms).enumerate() {
            if *arm == none {
                continue;
            }
            let new = || Arm::of(metrics.len());
            let arm = self.arms.entry((*experiment, *arm)).or_insert_with(new);
            arm.rows += 1;
            for ((column, values), metric) in arm.metrics.iter_mut().zip(values).zip(metrics) {
                let value = values[row];
                if value.is_nan() {
                    column.missing += 1;
                    continue;
                }
                if !Moments::holds(value) {
                    return Err(unfit(metric, value, FINITE));
                }
                column.is_zero_one &= value == 0.0 || value == 1.0;
                column.moments.add(value);
            }
        }
        Ok(())
    }
}

/// The sums of many experiments, by name.
#[derive(Debug, Clone)]
pub struct ManyTally {
    metrics: Vec<String>,
    experiments: BTreeMap<String, BTreeMap<String, Arm>>,
}

impl ManyTally {
    pub fn new(metrics: &[String]) -> Self {
        ManyTally { metrics: metrics.to_vec(), experiments: BTreeMap::new() }
    }

    /// Adds a part whose codes have these names. Moments merge exactly, so that the order of the parts, and
    /// of the arms in one, does not show.
    pub fn absorb(&mut self, part: &ManyPart, experiments: &[&str], arms: &[&str]) {
        for ((experiment, arm), sums) in &part.arms {
            let names = (experiments.get(*experiment as usize), arms.get(*arm as usize));
            let (Some(experiment), Some(arm)) = names else { continue };
            let of_experiment = self.experiments.entry((*experiment).to_owned()).or_default();
            let new = || Arm::of(self.metrics.len());
            of_experiment.entry((*arm).to_owned()).or_insert_with(new).merge(sums);
        }
    }

    /// A tally for each experiment, by name; arms in the order of theirs. A metric is a proportion where
    /// every value is 0 or 1.
    pub fn tallies(&self) -> impl Iterator<Item = (&str, Result<Tally>)> {
        self.experiments.iter().map(|(name, arms)| (name.as_str(), self.tally(arms)))
    }

    fn tally(&self, arms: &BTreeMap<String, Arm>) -> Result<Tally> {
        let is_proportion =
            |metric: usize| arms.values().all(|arm| arm.metrics[metric].is_zero_one);
        let kinds: Vec<bool> = (0..self.metrics.len()).map(is_proportion).collect();
        let metrics =
            self.metrics.iter().zip(&kinds).map(|(name, is_proportion)| match is_proportion {
                true => MetricSpec::proportion(name),
                false => MetricSpec::mean(name),
            });
        let spec = TallySpec::new(arms.keys().cloned().collect(), metrics.collect(), Vec::new())?;
        let cells = arms.values().map(|arm| cells(arm, &kinds)).collect::<Result<_>>()?;
        Ok(Tally::of_arms(spec, cells))
    }
}

fn cells(arm: &Arm, kinds: &[bool]) -> Result<ArmCells> {
    let cell = |(column, is_proportion): (&Column, &bool)| {
        let sums = match is_proportion {
            true => Sums::Counts(counts(&column.moments)?),
            false => Sums::Moments(Box::new(column.moments)),
        };
        Ok(Cell { sums, missing: column.missing })
    };
    let metrics = arm.metrics.iter().zip(kinds).map(cell).collect::<Result<_>>()?;
    Ok(ArmCells { rows: arm.rows, metrics })
}

/// Of values that are all 0 or 1, the sum is the number of ones.
fn counts(moments: &Moments) -> Result<Counts> {
    Counts::new(moments.n(), moments.sum() as u64)
        .map_err(|cause| Error::internal("ones that are more than the rows").caused_by(cause))
}
