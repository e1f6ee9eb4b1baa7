//! New places for clusters without rows.
//!
//! Each moves to the row that is furthest from its own centroid, as scikit-learn's do, and that row
//! leaves its old cluster. Of equally far rows the one with the smallest values is taken, so that the
//! order of rows decides nothing; no row of a kind is taken twice, and no cluster gives its last one.

use super::lloyd::Lloyd;
use super::tiles::TILE;

impl Lloyd<'_> {
    /// Fills clusters without rows; true if any was.
    pub fn fill(&mut self) -> bool {
        let empty: Vec<usize> =
            (0..self.clusters()).filter(|c| self.sums.counts[*c] == 0).collect();
        if empty.is_empty() {
            return false;
        }
        let mut squares = self.squares();
        let mut is_filled = false;
        for cluster in empty {
            let Some(row) = self.furthest(&squares) else { break };
            self.give(row, cluster);
            is_filled = true;
            let values: Vec<f64> = self.tiles.row(row).collect();
            let far = squares[row];
            for (other, square) in squares.iter_mut().enumerate() {
                if *square == far && self.tiles.row(other).eq(values.iter().copied()) {
                    *square = 0.0;
                }
            }
        }
        is_filled
    }

    fn furthest(&self, squares: &[f64]) -> Option<usize> {
        let is_free = |row: &usize| self.sums.counts[self.labels[*row] as usize] > 1;
        let rows = (0..squares.len()).filter(|row| squares[*row] > 0.0).filter(is_free);
        rows.reduce(|best, row| {
            let further = squares[row].total_cmp(&squares[best]);
            let smaller = || self.tiles.row(row).lt(self.tiles.row(best));
            if further.is_gt() || (further.is_eq() && smaller()) { row } else { best }
        })
    }

    fn give(&mut self, row: usize, cluster: usize) {
        let (tile, place) = (self.tiles.tile(row / TILE), row % TILE);
        self.sums.take(&self.grid, tile, place, self.labels[row] as usize);
        self.sums.put(&self.grid, tile, place, cluster);
        self.labels[row] = cluster as u32;
        // Nothing is known of its distances any more.
        self.upper[row] = f32::INFINITY;
    }
}
