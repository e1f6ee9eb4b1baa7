//! The sums of rows by arm and level.

use super::counts::Counts;
use super::moments::Moments;
use super::part::{MOST_ARMS, MOST_LEVELS};

/// Cells by level and arm. Level 0 has the rows without one, code `c` is level `c + 1`.
#[derive(Debug, Clone)]
pub struct Grid {
    /// Arms that there is room for, a power of two.
    stride: usize,
    rows: Vec<u64>,
    metrics: Vec<Column>,
}

/// One metric, by cell: how many rows have 1, how many nothing, and the sums of those that have
/// neither 0 nor 1.
#[derive(Debug, Clone, Default)]
struct Column {
    ones: Vec<u64>,
    missing: Vec<u64>,
    rest: Vec<Moments>,
}

/// One metric in one cell.
#[derive(Debug, Clone, Copy)]
pub struct OpenCell {
    /// Zeros and ones.
    pub counts: Counts,
    /// All other values.
    pub rest: Moments,
    pub missing: u64,
}

/// The codes of another part's arms and levels.
#[derive(Debug)]
pub enum Recode<'a> {
    Same,
    /// By code; levels by segment column, with what stands for no level first.
    By {
        arms: &'a [u32],
        levels: &'a [Vec<u32>],
    },
}

impl Grid {
    pub fn new(metrics: usize) -> Self {
        Grid { stride: 4, rows: Vec::new(), metrics: vec![Column::default(); metrics] }
    }

    /// Sets `places` to the cells of some rows; false if there are too many arms or levels.
    pub fn place(&mut self, arms: &[u32], levels: Option<&[u32]>, places: &mut Vec<u32>) -> bool {
        let most = |codes: &[u32]| codes.iter().map(|c| c.wrapping_add(1)).max().unwrap_or(0);
        if !self.make_room(most(arms) as usize, most(levels.unwrap_or(&[])) as usize + 1) {
            return false;
        }
        let stride = self.stride as u32;
        places.clear();
        match levels {
            None => places.extend_from_slice(arms),
            Some(levels) => {
                let cells = arms.iter().zip(levels);
                places.extend(cells.map(|(arm, level)| level.wrapping_add(1) * stride + arm));
            }
        }
        true
    }

    fn make_room(&mut self, arms: usize, levels: usize) -> bool {
        if arms > MOST_ARMS || levels > MOST_LEVELS + 2 {
            return false;
        }
        if arms > self.stride {
            self.widen(arms.next_power_of_two());
        }
        self.resize(self.rows.len().max(levels * self.stride));
        true
    }

    fn resize(&mut self, cells: usize) {
        self.rows.resize(cells, 0);
        for column in &mut self.metrics {
            column.ones.resize(cells, 0);
            column.missing.resize(cells, 0);
            column.rest.resize(cells, Moments::default());
        }
    }

    /// Lays the cells out anew for more arms.
    fn widen(&mut self, stride: usize) {
        let mut wide = Grid { stride, ..Grid::new(self.metrics.len()) };
        wide.resize(self.rows.len() / self.stride * stride);
        for (level, arm) in self.filled() {
            wide.absorb(level * stride + arm, self, level * self.stride + arm);
        }
        *self = wide;
    }

    /// Level and arm of the cells with rows.
    pub fn filled(&self) -> impl Iterator<Item = (usize, usize)> {
        let cells = self.rows.iter().enumerate().filter(|(_, rows)| **rows > 0);
        cells.map(|(cell, _)| (cell / self.stride, cell % self.stride))
    }

    fn absorb(&mut self, cell: usize, other: &Grid, from: usize) {
        self.rows[cell] += other.rows[from];
        for (column, other) in self.metrics.iter_mut().zip(&other.metrics) {
            column.ones[cell] += other.ones[from];
            column.missing[cell] += other.missing[from];
            if other.rest[from].n() > 0 {
                column.rest[cell].merge(&other.rest[from]);
            }
        }
    }

    /// Adds rows whose cells are known.
    pub fn add(&mut self, places: &[u32], values: &[&[f64]]) {
        for &place in places {
            self.rows[place as usize] += 1;
        }
        for (column, values) in self.metrics.iter_mut().zip(values) {
            column.add(places, values);
        }
    }

    /// False if there are too many arms or levels together.
    pub fn merge(&mut self, other: &Grid, codes: &Recode<'_>, column: usize) -> bool {
        for (level, arm) in other.filled() {
            let (to_level, to_arm) = match codes {
                Recode::Same => (level, arm),
                Recode::By { arms, levels } => {
                    let level = levels.get(column).map_or(level, |l| l[level] as usize + 1);
                    (level, arms[arm] as usize)
                }
            };
            if !self.make_room(to_arm + 1, to_level + 1) {
                return false;
            }
            self.absorb(to_level * self.stride + to_arm, other, level * other.stride + arm);
        }
        true
    }

    pub fn rows(&self, level: usize, arm: usize) -> u64 {
        self.cell(level, arm).map_or(0, |cell| self.rows[cell])
    }

    fn cell(&self, level: usize, arm: usize) -> Option<usize> {
        let cell = level * self.stride + arm;
        (arm < self.stride && cell < self.rows.len()).then_some(cell)
    }

    /// One metric in one cell; empty where no row was.
    pub fn open_cell(&self, level: usize, arm: usize, metric: usize) -> OpenCell {
        let empty = OpenCell { counts: Counts::default(), rest: Moments::default(), missing: 0 };
        let Some(cell) = self.cell(level, arm) else { return empty };
        let Column { ones, missing, rest } = &self.metrics[metric];
        let (missing, rest) = (missing[cell], rest[cell]);
        let counts = Counts::counted(self.rows[cell] - missing - rest.n(), ones[cell]);
        OpenCell { counts, rest, missing }
    }

    /// True if every value of the metric is 0 or 1.
    pub fn is_zero_one(&self, metric: usize) -> bool {
        self.metrics[metric].rest.iter().all(|rest| rest.n() == 0)
    }

    pub fn levels(&self) -> usize {
        self.rows.len() / self.stride
    }
}

impl Column {
    fn add(&mut self, places: &[u32], values: &[f64]) {
        // Without a way out of the loop, so that it compiles to vector instructions.
        let is_odd = |odd: bool, v: &f64| odd | ((*v != 0.0) & (*v != 1.0));
        if !values.iter().fold(false, is_odd) {
            for (place, value) in places.iter().zip(values) {
                self.ones[*place as usize] += u64::from(*value == 1.0);
            }
            return;
        }
        for (place, value) in places.iter().zip(values) {
            let place = *place as usize;
            match *value {
                0.0 => {}
                1.0 => self.ones[place] += 1,
                value if value.is_nan() => self.missing[place] += 1,
                value => self.rest[place].add(value),
            }
        }
    }
}
