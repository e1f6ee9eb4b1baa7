//! Starting centroids: k-means++ (Arthur & Vassilvitskii 2007), the best of a few draws at each step.

use rand::Rng;
use rand_xoshiro::Xoshiro256PlusPlus;

use super::tiles::{TILE, Tiles};

/// Draws `clusters` rows, each with a chance in proportion to its squared distance to those drawn
/// before; of 2 + ln k draws the one that leaves the smallest sum of squares is kept. Returns their
/// values, one row after the other. Where fewer rows differ, the last ones repeat.
///
/// # Cost
/// Time: rows × features × clusters × (2 + ln k). Memory: rows × (2 + ln k).
pub fn seeds(tiles: &Tiles, clusters: usize, rng: &mut Xoshiro256PlusPlus) -> Vec<f64> {
    let draws = 2 + (clusters as f64).ln() as usize;
    let mut chosen = vec![rng.gen_range(0..tiles.rows)];
    let mut nearest = vec![f32::INFINITY; tiles.rows];
    let mut sum = approach(tiles, chosen[0], &mut nearest);
    let mut trial = nearest.clone();
    while chosen.len() < clusters {
        let mut best: Option<(usize, f64, Vec<f32>)> = None;
        for _ in 0..draws {
            let row = draw(&nearest, rng.gen_range(0.0..1.0) * sum);
            trial.copy_from_slice(&nearest);
            let left = approach(tiles, row, &mut trial);
            if best.as_ref().is_none_or(|best| left < best.1) {
                let spare = best.map_or_else(|| vec![0.0; tiles.rows], |best| best.2);
                best = Some((row, left, std::mem::replace(&mut trial, spare)));
            }
        }
        let Some((row, left, after)) = best else { break };
        chosen.push(row);
        sum = left;
        trial = std::mem::replace(&mut nearest, after);
    }
    chosen.iter().flat_map(|row| tiles.row(*row)).collect()
}

/// Brings squared distances down to those to `row` where they are less; returns their sum.
fn approach(tiles: &Tiles, row: usize, nearest: &mut [f32]) -> f64 {
    let tile = tiles.tile(row / TILE);
    let center: Vec<f32> = tile.iter().skip(row % TILE).step_by(TILE).copied().collect();
    let mut sum = 0.0;
    for (tile, nearest) in nearest.chunks_mut(TILE).enumerate() {
        let mut squares = [0.0; TILE];
        pulp::Arch::new().dispatch(|| squares_to(&center, tiles.tile(tile), &mut squares));
        for (nearest, square) in nearest.iter_mut().zip(squares) {
            *nearest = nearest.min(square);
            sum += f64::from(*nearest);
        }
    }
    sum
}

#[inline(always)]
fn squares_to(center: &[f32], tile: &[f32], squares: &mut [f32; TILE]) {
    for (column, center) in tile.chunks_exact(TILE).zip(center) {
        for (square, value) in squares.iter_mut().zip(column) {
            *square += (value - center) * (value - center);
        }
    }
}

/// The row at which the running sum passes `place`.
fn draw(weights: &[f32], place: f64) -> usize {
    let mut sum = 0.0;
    for (row, weight) in weights.iter().enumerate() {
        sum += f64::from(*weight);
        if sum > place {
            return row;
        }
    }
    weights.len() - 1
}
