//! Rank correlations, ties included.

use rayon::prelude::*;

use crate::error::Result;

use super::input;
use super::ranking;

/// Spearman's rank correlation: Pearson's of the mid-ranks.
///
/// `None` if either side has fewer than two distinct values.
///
/// # Errors
/// If the slices differ in length, or a number is not finite.
pub fn spearman(predicted: &[f64], actual: &[f64]) -> Result<Option<f64>> {
    input::paired(predicted, actual)?;
    let (x, y) = (doubled_ranks(predicted), doubled_ranks(actual));
    // Doubled mid-ranks, centred, are whole numbers: the sums below are exact.
    let product = |a: &[i64], b: &[i64]| -> i128 {
        a.iter().zip(b).map(|(a, b)| i128::from(*a) * i128::from(*b)).sum()
    };
    let (xx, yy) = (product(&x, &x), product(&y, &y));
    if xx == 0 || yy == 0 {
        return Ok(None);
    }
    Ok(Some((product(&x, &y) as f64 / (xx as f64 * yy as f64).sqrt()).clamp(-1.0, 1.0)))
}

/// Twice each row's mid-rank less n + 1, twice the mean rank.
fn doubled_ranks(values: &[f64]) -> Vec<i64> {
    let order = ranking::descending(values);
    let (mut ranks, mut before) = (vec![0; values.len()], 0);
    for run in ranking::ties(&order, values) {
        let doubled = (2 * before + run.len()) as i64 - values.len() as i64;
        run.iter().for_each(|row| ranks[*row] = doubled);
        before += run.len();
    }
    ranks.iter_mut().for_each(|rank| *rank = -*rank);
    ranks
}

/// Kendall's τ-b, by counting the exchanges of a merge sort (Knight 1966, *JASA* 61, 436-439).
///
/// `None` if either side has fewer than two distinct values. Errors as of [`spearman`].
pub fn kendall_tau_b(predicted: &[f64], actual: &[f64]) -> Result<Option<f64>> {
    input::paired(predicted, actual)?;
    // Ranks stand for values: equal where these are, without -0 beside 0.
    let (x, y) = (doubled_ranks(predicted), doubled_ranks(actual));
    let mut pairs: Vec<(i64, i64)> = x.into_iter().zip(y).collect();
    pairs.par_sort_unstable();
    let all = couples(pairs.len());
    let tied_x = couples_within(&pairs, |a, b| a.0 == b.0);
    let tied_both = couples_within(&pairs, |a, b| a == b);
    let mut y: Vec<i64> = pairs.iter().map(|pair| pair.1).collect();
    let exchanges = sort_counting(&mut y);
    let tied_y = couples_within(&y, |a, b| a == b);
    let (free_x, free_y) = (all - tied_x, all - tied_y);
    if free_x == 0 || free_y == 0 {
        return Ok(None);
    }
    let surplus = all - tied_x - tied_y + tied_both - 2 * exchanges;
    Ok(Some((surplus as f64 / (free_x as f64 * free_y as f64).sqrt()).clamp(-1.0, 1.0)))
}

fn couples(n: usize) -> i64 {
    n as i64 * (n as i64 - 1) / 2
}

fn couples_within<T>(sorted: &[T], same: impl Fn(&T, &T) -> bool) -> i64 {
    sorted.chunk_by(same).map(|run| couples(run.len())).sum()
}

/// Sorts, and counts the pairs that stood the wrong way round.
fn sort_counting(values: &mut [i64]) -> i64 {
    let mut spare = values.to_vec();
    let (mut width, mut exchanges) = (1, 0);
    while width < values.len() {
        for (from, to) in values.chunks(2 * width).zip(spare.chunks_mut(2 * width)) {
            let (left, right) = from.split_at(width.min(from.len()));
            exchanges += merge(left, right, to);
        }
        values.copy_from_slice(&spare);
        width *= 2;
    }
    exchanges
}

/// Merges two sorted runs into `to`; counts how many of the left each of the right passes.
fn merge(left: &[i64], right: &[i64], to: &mut [i64]) -> i64 {
    let (mut l, mut r, mut passed) = (0, 0, 0);
    for slot in to {
        if r == right.len() || (l < left.len() && left[l] <= right[r]) {
            *slot = left[l];
            l += 1;
        } else {
            *slot = right[r];
            r += 1;
            passed += (left.len() - l) as i64;
        }
    }
    passed
}
