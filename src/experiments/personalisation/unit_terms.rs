//! One term for each recipient, summed by cell: a mean and its standard error.

use super::super::level::Level;
use super::cell_sums::CellSums;
use crate::estimate::Estimate;

/// The recipients of one cell, whose terms are level + slope (y - middle).
#[derive(Debug, Clone, PartialEq)]
pub(super) struct CellTerms {
    pub level: f64,
    pub slope: f64,
    pub middle: f64,
    pub sums: CellSums,
}

impl CellTerms {
    fn sum(&self) -> f64 {
        self.sums.n() as f64 * self.level + self.slope * self.sums.around(self.middle)
    }

    /// Σ(term - `mean`)².
    fn squares_around(&self, mean: f64) -> f64 {
        let off = self.level - mean;
        self.sums.n() as f64 * off * off
            + 2.0 * off * self.slope * self.sums.around(self.middle)
            + self.slope * self.slope * self.sums.squares_around(self.middle)
    }
}

/// The terms of all recipients.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct UnitTerms {
    cells: Vec<CellTerms>,
}

impl UnitTerms {
    pub fn push(&mut self, cell: CellTerms) {
        self.cells.push(cell);
    }

    /// The mean term with its standard error sd/√n and a normal interval; without a standard error,
    /// and with the whole line as interval, below two recipients.
    pub fn mean(&self, level: Level, method: &'static str) -> Estimate {
        let n: f64 = self.cells.iter().map(|cell| cell.sums.n() as f64).sum();
        let point = self.cells.iter().map(CellTerms::sum).sum::<f64>() / n.max(1.0);
        let squares: f64 = self.cells.iter().map(|cell| cell.squares_around(point)).sum();
        let std_error = (n > 1.0).then(|| (squares.max(0.0) / (n - 1.0) / n).sqrt());
        let half = std_error.map_or(f64::INFINITY, |se| level.normal_critical() * se);
        let (low, high) = (point - half, point + half);
        Estimate { point, std_error, low, high, level: level.get(), method }
    }
}
