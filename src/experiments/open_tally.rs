//! The tally of rows that arrive in parts, whose arms and levels become known on the way.

use std::collections::BTreeMap;

use super::grid::Recode;
use super::lake::UNKNOWN_LEVEL;
use super::part::{Part, refuse_many_arms, refuse_many_levels};
use super::spec::{MetricSpec, SegmentColumn, TallySpec};
use super::tally::Tally;
use crate::error::Result;

/// Sums whose arms, levels and kinds of metric are settled when all rows are there.
#[derive(Debug)]
pub struct OpenTally {
    metrics: Vec<String>,
    part: Part,
    arms: Names,
    levels: Vec<Names>,
}

/// Names, coded in order of arrival.
#[derive(Debug, Clone, Default)]
struct Names(BTreeMap<String, u32>);

impl Names {
    fn code(&mut self, name: &str) -> u32 {
        if let Some(code) = self.0.get(name) {
            return *code;
        }
        let code = self.0.len() as u32;
        self.0.insert(name.to_owned(), code);
        code
    }

    fn sorted(&self) -> Vec<String> {
        self.0.keys().cloned().collect()
    }

    /// By code, the position in sorted order.
    fn ranks(&self) -> Vec<u32> {
        let mut ranks = vec![0; self.0.len()];
        for (rank, code) in self.0.values().enumerate() {
            ranks[*code as usize] = rank as u32;
        }
        ranks
    }
}

impl OpenTally {
    pub fn new(metrics: &[String], segments: usize) -> Self {
        OpenTally {
            metrics: metrics.to_vec(),
            part: Part::new(metrics.to_vec(), segments),
            arms: Names::default(),
            levels: vec![Names::default(); segments],
        }
    }

    pub fn rows(&self) -> u64 {
        self.part.rows()
    }

    /// Adds a part. `arms` and `levels` (by segment column) are the names behind its codes, each of
    /// some row.
    pub fn absorb<'a>(
        &mut self,
        part: &Part,
        arms: impl Iterator<Item = &'a str>,
        levels: impl Iterator<Item = Vec<&'a str>>,
    ) {
        let arms: Vec<u32> = arms.map(|name| self.arms.code(name)).collect();
        let mut codes = Vec::new();
        for ((names, known), grid) in levels.zip(&mut self.levels).zip(part.grids()) {
            let has_unknown =
                grid.as_ref().is_some_and(|grid| grid.filled().any(|(level, _)| level == 0));
            let unknown = if has_unknown { known.code(UNKNOWN_LEVEL) } else { 0 };
            let names = names.into_iter().map(|name| known.code(name));
            codes.push(std::iter::once(unknown).chain(names).collect::<Vec<u32>>());
        }
        self.part.merge(part, &Recode::By { arms: &arms, levels: &codes });
    }

    /// The tally: arms and levels in the order of their names; a metric is a proportion if every
    /// value is 0 or 1. `segments` are the names of the segment columns.
    ///
    /// # Errors
    ///
    /// A settings error with fewer than two arms, or too many arms or levels.
    pub fn close(self, segments: &[String]) -> Result<Tally> {
        for (name, levels) in segments.iter().zip(&self.levels) {
            refuse_many_levels(name, levels.0.len())?;
        }
        refuse_many_arms(self.arms.0.len())?;
        let arms = self.arms.ranks();
        // In this part every level has a name; the one before the first is not used.
        let levels = |names: &Names| std::iter::once(0).chain(names.ranks()).collect();
        let levels: Vec<Vec<u32>> = self.levels.iter().map(levels).collect();
        let mut sorted = Part::new(self.metrics.clone(), self.levels.len());
        sorted.merge(&self.part, &Recode::By { arms: &arms, levels: &levels });
        let metrics = self.metrics.iter().enumerate().map(|(place, name)| {
            if sorted.is_zero_one(place) {
                MetricSpec::proportion(name.clone())
            } else {
                MetricSpec::mean(name.clone())
            }
        });
        let columns = segments
            .iter()
            .zip(&self.levels)
            .map(|(name, levels)| SegmentColumn { name: name.clone(), levels: levels.sorted() });
        let spec = TallySpec::new(self.arms.sorted(), metrics.collect(), columns.collect())?;
        Ok(Tally::of(spec, &sorted))
    }
}
