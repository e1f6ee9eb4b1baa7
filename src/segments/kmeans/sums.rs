//! Sums of rows that do not depend on their order.
//!
//! Values are added as multiples of a power of two that is fine enough to be lost among the digits of
//! f32: integers, whose sum is the same in any order, over any number of threads, and after any number
//! of rows have been put in and taken out again.

use rayon::prelude::*;

use super::tiles::{TILE, Tiles};

/// Added to a multiple of one, this puts it in a float's lowest bits.
const MAGIC: f64 = 6_755_399_441_055_744.0;

/// The grids of the columns.
#[derive(Debug, Clone)]
pub struct Grid {
    /// One over each column's grid.
    scales: Vec<f64>,
    /// What a column's values stay below, in its grid.
    reach: f64,
}

impl Grid {
    /// The finest grids on which a value stays below 2^51 and the sum of all rows below 2^62.
    pub fn of(tiles: &Tiles) -> Self {
        let bits = 62 - (usize::BITS - tiles.rows.leading_zeros()) as i32;
        let bits = bits.min(51);
        let scale = |largest: &f32| {
            let exponent = f64::from(largest.max(f32::MIN_POSITIVE)).log2().floor() as i32 + 1;
            f64::from(bits - exponent).exp2()
        };
        let scales = tiles.frame.largest.iter().map(scale).collect();
        Grid { scales, reach: f64::from(bits).exp2() }
    }
}

/// Sums and counts of the rows of each cluster.
#[derive(Debug, Clone)]
pub struct Sums {
    features: usize,
    bits: Vec<u64>,
    pub counts: Vec<i64>,
    /// Rows whose cluster changed.
    pub moved: usize,
}

impl Sums {
    pub fn new(clusters: usize, features: usize) -> Self {
        Sums { features, bits: vec![0; clusters * features], counts: vec![0; clusters], moved: 0 }
    }

    /// Puts the row at `place` of `tile` into a cluster.
    #[inline(always)]
    pub fn put(&mut self, grid: &Grid, tile: &[f32], place: usize, cluster: usize) {
        self.counts[cluster] += 1;
        let sums = &mut self.bits[cluster * self.features..][..self.features];
        for ((sum, column), grid) in sums.iter_mut().zip(tile.chunks_exact(TILE)).zip(&grid.scales)
        {
            *sum = sum.wrapping_add((f64::from(column[place]) * grid + MAGIC).to_bits());
        }
    }

    /// Takes it out again.
    #[inline(always)]
    pub fn take(&mut self, grid: &Grid, tile: &[f32], place: usize, cluster: usize) {
        self.counts[cluster] -= 1;
        let sums = &mut self.bits[cluster * self.features..][..self.features];
        for ((sum, column), grid) in sums.iter_mut().zip(tile.chunks_exact(TILE)).zip(&grid.scales)
        {
            *sum = sum.wrapping_sub((f64::from(column[place]) * grid + MAGIC).to_bits());
        }
    }

    pub fn add(&mut self, other: &Sums) {
        self.bits.iter_mut().zip(&other.bits).for_each(|(a, b)| *a = a.wrapping_add(*b));
        self.counts.iter_mut().zip(&other.counts).for_each(|(a, b)| *a += b);
        self.moved += other.moved;
    }

    pub fn with(mut self, other: Sums) -> Self {
        self.add(&other);
        self
    }

    /// Writes the mean of `cluster`, which must have rows.
    pub fn mean(&self, grid: &Grid, cluster: usize, mean: &mut [f64]) {
        let count = self.counts[cluster];
        let magic = MAGIC.to_bits().wrapping_mul(count as u64);
        let sums = &self.bits[cluster * self.features..][..self.features];
        for ((mean, bits), grid) in mean.iter_mut().zip(sums).zip(&grid.scales) {
            *mean = bits.wrapping_sub(magic) as i64 as f64 / grid / count as f64;
        }
    }
}

/// The sum of numbers from 0 on, the same in any order, and right to the last digit of a float.
pub fn total(values: &[f64]) -> f64 {
    let largest = values.iter().copied().fold(0.0, f64::max);
    if largest == 0.0 || !largest.is_finite() {
        return largest;
    }
    let rows = usize::BITS - values.len().leading_zeros();
    let scale = f64::from(125 - rows as i32 - largest.log2().floor() as i32).exp2();
    let part = |values: &[f64]| values.iter().map(|v| (v * scale) as i128).sum::<i128>();
    values.par_chunks(1 << 16).map(part).sum::<i128>() as f64 / scale
}

/// The mean over columns of their variances, in the tiles' frame.
pub fn mean_variance(tiles: &Tiles) -> f64 {
    let grid = Grid::of(tiles);
    let none = || vec![(0u64, 0u64); tiles.features];
    let sums = (0..tiles.tiles()).into_par_iter().fold(none, |mut sums, tile| {
        let rows = TILE.min(tiles.rows - tile * TILE);
        pulp::Arch::new().dispatch(|| add_powers(tiles.tile(tile), rows, &grid, &mut sums));
        sums
    });
    let add = |a: (u64, u64), b: (u64, u64)| (a.0.wrapping_add(b.0), a.1.wrapping_add(b.1));
    let sums = sums.reduce(none, |a, b| a.into_iter().zip(b).map(|(a, b)| add(a, b)).collect());
    let magic = MAGIC.to_bits().wrapping_mul(tiles.rows as u64);
    let mean = |bits: u64| bits.wrapping_sub(magic) as i64 as f64 / tiles.rows as f64;
    let variances = sums.iter().zip(&grid.scales).map(|((values, squares), scale)| {
        let square = mean(*squares) / (scale * scale / grid.reach);
        (square - (mean(*values) / scale).powi(2)).max(0.0)
    });
    variances.sum::<f64>() / tiles.features as f64
}

/// Adds the values of a tile's columns, and their squares.
#[inline(always)]
fn add_powers(tile: &[f32], rows: usize, grid: &Grid, sums: &mut [(u64, u64)]) {
    let columns = tile.chunks_exact(TILE).zip(&grid.scales);
    for ((column, scale), (values, squares)) in columns.zip(sums) {
        let square_scale = scale * scale / grid.reach;
        for value in column[..rows].iter().map(|v| f64::from(*v)) {
            *values = values.wrapping_add((value * scale + MAGIC).to_bits());
            *squares = squares.wrapping_add((value * value * square_scale + MAGIC).to_bits());
        }
    }
}
