//! Rows as the kernel reads them: tiles of 64 rows, one feature after the other.
//!
//! A column whose values lie within a factor of two of each other is far from the origin for its
//! width, where differences drown in rounding; it is shifted to its middle. That subtraction is exact
//! (Sterbenz 1974), and so is the common scale, a power of two that keeps squares from running over:
//! a tile holds the very numbers of the matrix, moved.

use ndarray::ArrayView2;
use rayon::prelude::*;

use crate::error::{Error, Result};

/// Rows to a tile: a few registers of any width, and 24 features of them fit the fastest memory.
pub const TILE: usize = 64;

/// Tiles that one task works through.
const TASK: usize = 32;

/// Where the tiles' zero is, and how long their one.
#[derive(Debug, Clone, PartialEq)]
pub struct Frame {
    /// What is taken off each column.
    pub shift: Vec<f32>,
    /// What all columns are then multiplied by.
    pub factor: f32,
    /// One over it; both are powers of two.
    pub inverse: f32,
    /// The largest magnitude of each column on this scale.
    pub largest: Vec<f32>,
}

impl Frame {
    /// Looks at all values.
    ///
    /// # Errors
    /// If one is not finite.
    pub fn of(values: &[f32], features: usize) -> Result<Self> {
        let ranges = |part: &[f32]| {
            let mut ranges = Ranges::none(features);
            pulp::Arch::new().dispatch(|| ranges.widen(part));
            ranges
        };
        let parts = values.par_chunks(TASK * TILE * features).map(ranges);
        let all = parts.reduce(|| Ranges::none(features), Ranges::with);
        if all.taint.iter().any(|t| *t != 0.0) {
            return Err(Error::data("a value that is not a finite number"));
        }
        let columns = all.low.iter().zip(&all.high);
        let shift: Vec<f32> = columns.map(|(&low, &high)| middle(low, high)).collect();
        let reach =
            (0..features).map(|j| (all.low[j] - shift[j]).abs().max(all.high[j] - shift[j]));
        let reach: Vec<f32> = reach.collect();
        let factor = unit(reach.iter().copied().fold(0.0, f32::max));
        let largest = reach.iter().map(|r| r * factor).collect();
        Ok(Frame { shift, factor, inverse: factor.recip(), largest })
    }

    /// A matrix's value of `column` in this frame.
    #[inline(always)]
    pub fn inside(&self, column: usize, value: f64) -> f64 {
        (value - f64::from(self.shift[column])) * f64::from(self.factor)
    }

    /// The matrix's value of one in this frame.
    #[inline(always)]
    pub fn outside(&self, column: usize, value: f64) -> f64 {
        value * f64::from(self.inverse) + f64::from(self.shift[column])
    }

    /// Centroids, one after the other, in this frame.
    pub fn all_inside(&self, centroids: &[f64]) -> Vec<f64> {
        let columns = (0..self.shift.len()).cycle();
        columns.zip(centroids).map(|(column, v)| self.inside(column, *v)).collect()
    }
}

/// What to take off a column: nothing if its values are not within a factor of two of each other.
fn middle(low: f32, high: f32) -> f32 {
    let is_near = (low > 0.0 && high / 2.0 <= low) || (high < 0.0 && low / 2.0 >= high);
    if is_near { low + (high - low) / 2.0 } else { 0.0 }
}

/// The power of two that brings `largest` to between 1 and 2, as far as it is one.
fn unit(largest: f32) -> f32 {
    if largest == 0.0 {
        return 1.0;
    }
    let exponent = f64::from(largest).log2().floor().clamp(-126.0, 126.0);
    (-exponent).exp2() as f32
}

struct Ranges {
    low: Vec<f32>,
    high: Vec<f32>,
    /// Zero as long as all values are finite.
    taint: Vec<f32>,
}

impl Ranges {
    fn none(features: usize) -> Self {
        Ranges {
            low: vec![f32::INFINITY; features],
            high: vec![f32::NEG_INFINITY; features],
            taint: vec![0.0; features],
        }
    }

    #[inline(always)]
    fn widen(&mut self, values: &[f32]) {
        let features = self.low.len();
        let (low, high) = (&mut self.low[..features], &mut self.high[..features]);
        let taint = &mut self.taint[..features];
        for row in values.chunks_exact(features) {
            for j in 0..features {
                let value = row[j];
                low[j] = if value < low[j] { value } else { low[j] };
                high[j] = if value > high[j] { value } else { high[j] };
                taint[j] += value * 0.0;
            }
        }
    }

    fn with(mut self, other: Ranges) -> Self {
        for j in 0..self.low.len() {
            self.low[j] = self.low[j].min(other.low[j]);
            self.high[j] = self.high[j].max(other.high[j]);
            self.taint[j] += other.taint[j];
        }
        self
    }
}

/// A matrix in tiles. The last tile is filled up with zeros.
#[derive(Debug, Clone)]
pub struct Tiles {
    pub rows: usize,
    pub features: usize,
    pub frame: Frame,
    values: Vec<f32>,
    /// Lengths of the rows, rounded up.
    lengths: Vec<f32>,
}

impl Tiles {
    /// # Errors
    /// If a value is not finite.
    pub fn of(matrix: ArrayView2<'_, f32>) -> Result<Self> {
        let matrix = matrix.as_standard_layout();
        let raw = matrix.as_slice().unwrap_or_default();
        let (rows, features) = matrix.dim();
        let frame = Frame::of(raw, features)?;
        Ok(Self::within(frame, raw, rows))
    }

    /// Rows of a matrix in row order, brought into `frame`.
    pub fn within(frame: Frame, raw: &[f32], rows: usize) -> Self {
        let features = frame.shift.len();
        let size = TILE * features;
        let tiles = rows.div_ceil(TILE);
        let mut values = vec![0.0; tiles * size];
        let mut lengths = vec![0.0; tiles * TILE];
        let tasks = values.par_chunks_mut(TASK * size).zip(lengths.par_chunks_mut(TASK * TILE));
        tasks.zip(raw.par_chunks(TASK * size)).for_each(|((values, lengths), raw)| {
            pulp::Arch::new().dispatch(|| {
                let tiles = values.chunks_exact_mut(size).zip(lengths.chunks_exact_mut(TILE));
                for ((tile, lengths), raw) in tiles.zip(raw.chunks(size)) {
                    turn(&frame, raw, tile);
                    measure(tile, lengths);
                }
            });
        });
        Tiles { rows, features, frame, values, lengths }
    }

    /// The given rows, in the same frame.
    pub fn select(&self, rows: &[usize]) -> Self {
        let size = TILE * self.features;
        let tiles = rows.len().div_ceil(TILE);
        let mut values = vec![0.0; tiles * size];
        let mut lengths = vec![0.0; tiles * TILE];
        for (place, &row) in rows.iter().enumerate() {
            let tile = &mut values[place / TILE * size..][..size];
            self.copy(row, tile, place % TILE);
            lengths[place] = self.lengths[row];
        }
        let frame = self.frame.clone();
        Tiles { rows: rows.len(), features: self.features, frame, values, lengths }
    }

    /// Puts `row` at `place` of another tile.
    #[inline(always)]
    pub fn copy(&self, row: usize, tile: &mut [f32], place: usize) {
        let from = &self.values[row / TILE * TILE * self.features..][..TILE * self.features];
        for (to, from) in tile.chunks_exact_mut(TILE).zip(from.chunks_exact(TILE)) {
            to[place] = from[row % TILE];
        }
    }

    pub fn tile(&self, tile: usize) -> &[f32] {
        &self.values[tile * TILE * self.features..][..TILE * self.features]
    }

    pub fn lengths(&self, tile: usize) -> &[f32] {
        &self.lengths[tile * TILE..][..TILE]
    }

    pub fn length(&self, row: usize) -> f32 {
        self.lengths[row]
    }

    pub fn tiles(&self) -> usize {
        self.rows.div_ceil(TILE)
    }

    /// The values of one row, as they are in the matrix.
    pub fn row(&self, row: usize) -> impl Iterator<Item = f64> + '_ {
        let values = self.tile(row / TILE).iter().skip(row % TILE).step_by(TILE);
        values.enumerate().map(|(column, v)| self.frame.outside(column, f64::from(*v)))
    }
}

/// Rows into a tile.
#[inline(always)]
fn turn(frame: &Frame, raw: &[f32], tile: &mut [f32]) {
    let features = frame.shift.len();
    let shift = &frame.shift[..features];
    for (place, row) in raw.chunks_exact(features).enumerate() {
        for j in 0..features {
            tile[j * TILE + place] = (row[j] - shift[j]) * frame.factor;
        }
    }
}

/// Lengths of a tile's rows, not less than they are.
#[inline(always)]
fn measure(tile: &[f32], lengths: &mut [f32]) {
    let mut sums = [0.0f32; TILE];
    for column in tile.chunks_exact(TILE) {
        for (sum, value) in sums.iter_mut().zip(column) {
            *sum += value * value;
        }
    }
    let up = 1.0 + (tile.len() / TILE + 4) as f32 * f32::EPSILON;
    for (length, sum) in lengths.iter_mut().zip(sums) {
        *length = sum.sqrt() * up + f32::MIN_POSITIVE;
    }
}
