//! An experiment's sums by fold, segment and arm: what personalisation is computed from.

use std::collections::HashSet;

use super::super::counts::Counts;
use super::super::spec::MetricKind;
use super::cell_sums::CellSums;
use super::cell_table::CellTable;
use super::fold_split::fold_split;
use crate::error::{Error, Result};

/// One metric of a randomised experiment, by fold, segment and arm.
#[derive(Debug, Clone, PartialEq)]
pub struct PolicyCells {
    kind: MetricKind,
    segments: Vec<String>,
    arms: Vec<String>,
    seed: Option<u64>,
    folds: Vec<Vec<Vec<CellSums>>>,
}

impl PolicyCells {
    /// Ten folds, of which the first two only teach: later policies know nearly everybody, four
    /// fifths of the recipients are used to value, and a fifth is enough to start from. Everything
    /// works from sums, so that more folds than the usual five cost nothing that is felt.
    pub const FOLDS: usize = 10;
    const MOST_FOLDS: usize = 100;

    /// A rate, from its counts by segment and arm, split into folds at random.
    ///
    /// Recipients of one cell with the same outcome are exchangeable, so that drawing how many of
    /// them fall into each fold is the same as drawing recipients. The folds of a cell have the
    /// same sizes (give or take one) but not the same rates: were the successes split evenly, the
    /// the folds learnt from would know the rates of those to come, and valuing there would be no test.
    /// The draw of a cell depends on the seed and on its names, not on its place. Linear in the
    /// rarer outcome.
    ///
    /// # Errors
    ///
    /// A settings error for fewer than 2 or more than 100 folds, fewer than two arms, no segment,
    /// or a name that occurs twice; a data error if the counts have another shape, or an arm has
    /// no rows at all.
    pub fn from_counts(
        segments: Vec<String>,
        arms: Vec<String>,
        counts: &[Vec<Counts>],
        folds: usize,
        seed: u64,
    ) -> Result<Self> {
        check_folds(folds)?;
        check_names(&segments, &arms)?;
        check_shape(counts, segments.len(), arms.len())?;
        let empty = vec![vec![CellSums::default(); arms.len()]; segments.len()];
        let mut sums = vec![empty; folds];
        for (s, (segment, row)) in segments.iter().zip(counts).enumerate() {
            for (a, (arm, cell)) in arms.iter().zip(row).enumerate() {
                let parts = fold_split(cell, folds, seed, segment, arm);
                for (fold, part) in sums.iter_mut().zip(parts) {
                    fold[s][a] = CellSums::from(&part);
                }
            }
        }
        Self { kind: MetricKind::Proportion, segments, arms, seed: Some(seed), folds: sums }
            .checked()
    }

    /// Any metric, from sums by fold, segment and arm.
    ///
    /// Folds must be drawn at random for each recipient, such as from a hash of the id, without
    /// regard to arm or outcome, and be in random order; all rows of a recipient belong in one fold.
    ///
    /// # Errors
    ///
    /// As [`PolicyCells::from_counts`], and a data error for a proportion whose sums are no counts.
    pub fn from_folds(
        kind: MetricKind,
        segments: Vec<String>,
        arms: Vec<String>,
        folds: Vec<Vec<Vec<CellSums>>>,
    ) -> Result<Self> {
        check_folds(folds.len())?;
        check_names(&segments, &arms)?;
        for fold in &folds {
            check_shape(fold, segments.len(), arms.len())?;
        }
        Self { kind, segments, arms, seed: None, folds }.checked()
    }

    fn checked(self) -> Result<Self> {
        let cells = || self.folds.iter().flatten().flatten();
        if self.kind == MetricKind::Proportion && cells().any(|cell| cell.counts().is_none()) {
            return Err(Error::data("a proportion whose sums are no counts")
                .hint("a proportion takes 0 or 1 only; take the metric as a mean"));
        }
        let total = self.total();
        for (a, arm) in self.arms.iter().enumerate() {
            if total.arm(a).n() == 0 {
                return Err(Error::data(format!("arm `{arm}` has no rows in any segment"))
                    .hint("leave the arm out"));
            }
        }
        Ok(self)
    }

    pub fn kind(&self) -> MetricKind {
        self.kind
    }

    pub fn segments(&self) -> &[String] {
        &self.segments
    }

    pub fn arms(&self) -> &[String] {
        &self.arms
    }

    /// The seed of the split; `None` where the folds were given.
    pub fn seed(&self) -> Option<u64> {
        self.seed
    }

    /// By fold, segment and arm.
    pub fn folds(&self) -> &[Vec<Vec<CellSums>>] {
        &self.folds
    }

    pub(super) fn total(&self) -> CellTable {
        CellTable::sum(self.folds.iter())
    }

    /// The folds before `fold`, added up.
    pub(super) fn before(&self, fold: usize) -> CellTable {
        CellTable::sum(self.folds.iter().take(fold))
    }
}

fn check_folds(folds: usize) -> Result<()> {
    if (2..=PolicyCells::MOST_FOLDS).contains(&folds) {
        return Ok(());
    }
    Err(Error::settings(format!("{folds} folds")).hint(format!(
        "between 2 and {}, such as {}",
        PolicyCells::MOST_FOLDS,
        PolicyCells::FOLDS
    )))
}

fn check_names(segments: &[String], arms: &[String]) -> Result<()> {
    if segments.is_empty() {
        return Err(Error::settings("personalisation without a segment"));
    }
    if arms.len() < 2 {
        return Err(Error::settings(format!("personalisation with {} arms", arms.len()))
            .hint("there is nothing to choose from with fewer than two"));
    }
    for (what, names) in [("segment", segments), ("arm", arms)] {
        let mut seen = HashSet::new();
        if let Some(name) = names.iter().find(|name| !seen.insert(name.as_str())) {
            return Err(Error::settings(format!("{what} `{name}` is named twice")));
        }
    }
    Ok(())
}

fn check_shape<T>(rows: &[Vec<T>], segments: usize, arms: usize) -> Result<()> {
    if rows.len() == segments && rows.iter().all(|row| row.len() == arms) {
        return Ok(());
    }
    Err(Error::data("cells that do not fit the segments and arms")
        .hint(format!("{segments} rows of {arms} cells are asked for")))
}
