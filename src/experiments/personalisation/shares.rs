//! How likely each arm was in each segment.

use super::cell_table::CellTable;

/// Assignment shares by segment and arm: planned ones, or those observed over all folds.
///
/// Those of one fold alone would be undefined where a small cell has no rows in the fold.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Shares {
    by_cell: Vec<Vec<f64>>,
}

impl Shares {
    pub fn new(total: &CellTable, planned: Option<&[f64]>) -> Self {
        let observed =
            |s: usize, a: usize| total.cell(s, a).n() as f64 / total.segment_n(s).max(1) as f64;
        let row = |(s, cells): (usize, &Vec<_>)| match planned {
            Some(shares) => shares.to_vec(),
            None => (0..cells.len()).map(|a| observed(s, a)).collect(),
        };
        Shares { by_cell: total.rows().iter().enumerate().map(row).collect() }
    }

    /// 1 / share; zero for an arm that the segment never got, whose rows there are none of.
    pub fn weight(&self, segment: usize, arm: usize) -> f64 {
        let share = self.by_cell.get(segment).and_then(|row| row.get(arm)).copied();
        share.filter(|share| *share > 0.0).map_or(0.0, f64::recip)
    }
}
