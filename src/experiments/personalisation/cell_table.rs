//! The sums of some folds, by segment and arm.

use super::cell_sums::CellSums;

/// Cells by segment and arm, every segment with the same arms.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct CellTable {
    rows: Vec<Vec<CellSums>>,
}

impl CellTable {
    /// Adds up folds of one shape; without folds the table is empty.
    pub fn sum<'a>(folds: impl Iterator<Item = &'a Vec<Vec<CellSums>>>) -> Self {
        let mut folds = folds;
        let mut rows = folds.next().cloned().unwrap_or_default();
        for fold in folds {
            let cells = rows.iter_mut().flatten();
            cells.zip(fold.iter().flatten()).for_each(|(cell, more)| cell.merge(more));
        }
        CellTable { rows }
    }

    pub fn rows(&self) -> &[Vec<CellSums>] {
        &self.rows
    }

    pub fn cell(&self, segment: usize, arm: usize) -> CellSums {
        self.rows.get(segment).and_then(|row| row.get(arm)).copied().unwrap_or_default()
    }

    pub fn segment_n(&self, segment: usize) -> u64 {
        self.rows.get(segment).map_or(0, |row| row.iter().map(CellSums::n).sum())
    }

    pub fn n(&self) -> u64 {
        self.rows.iter().flatten().map(CellSums::n).sum()
    }

    /// One arm over all segments.
    pub fn arm(&self, arm: usize) -> CellSums {
        let mut total = CellSums::default();
        self.rows.iter().filter_map(|row| row.get(arm)).for_each(|cell| total.merge(cell));
        total
    }

    /// True if every arm has rows in the segment.
    pub fn is_complete(&self, segment: usize) -> bool {
        self.rows.get(segment).is_some_and(|row| row.iter().all(|cell| cell.n() > 0))
    }

    /// The segments in which every arm has rows.
    pub fn complete(&self) -> Vec<usize> {
        (0..self.rows.len()).filter(|segment| self.is_complete(*segment)).collect()
    }

    /// What to expect of a recipient: the cell's mean; without rows in the cell the arm's, and
    /// without rows of the arm that of everybody.
    pub fn expected(&self, segment: usize, arm: usize) -> f64 {
        let all = || {
            let mut total = CellSums::default();
            self.rows.iter().flatten().for_each(|cell| total.merge(cell));
            total.mean().unwrap_or(0.0)
        };
        let mean = self.cell(segment, arm).mean().or_else(|| self.arm(arm).mean());
        mean.unwrap_or_else(all)
    }
}
