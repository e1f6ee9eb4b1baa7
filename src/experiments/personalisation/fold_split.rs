//! A cell's recipients, dealt into folds.

use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;
use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::super::counts::Counts;

/// Deals the recipients of a cell into folds of the same size, give or take one, as shuffling them
/// would: given the sizes, the successes by fold are multivariate hypergeometric.
pub(super) fn fold_split(
    cell: &Counts,
    folds: usize,
    seed: u64,
    segment: &str,
    arm: &str,
) -> Vec<Counts> {
    let mut rng = generator(seed, segment, arm);
    let sizes = sizes(cell.n(), folds, &mut rng);
    let rarer = cell.successes().min(cell.failures());
    let dealt = deal(rarer, &sizes, &mut rng);
    let part = |(size, rare): (&u64, u64)| {
        let successes = if rarer == cell.successes() { rare } else { size - rare };
        Counts::new(*size, successes).unwrap_or_default()
    };
    sizes.iter().zip(dealt).map(part).collect()
}

/// The length keeps `ab` + `c` apart from `a` + `bc`.
fn generator(seed: u64, segment: &str, arm: &str) -> Xoshiro256PlusPlus {
    let name = format!("{}:{segment}{arm}", segment.len());
    Xoshiro256PlusPlus::seed_from_u64(xxh3_64_with_seed(name.as_bytes(), seed))
}

/// Which folds get one more than the others is drawn, so that no fold is the largest in all cells.
fn sizes(n: u64, folds: usize, rng: &mut Xoshiro256PlusPlus) -> Vec<u64> {
    let (each, left) = (n / folds as u64, n % folds as u64);
    let mut sizes: Vec<u64> = (0..folds as u64).map(|i| each + u64::from(i < left)).collect();
    sizes.shuffle(rng);
    sizes
}

/// One by one onto a free seat, every seat being as likely as any other.
fn deal(items: u64, seats: &[u64], rng: &mut Xoshiro256PlusPlus) -> Vec<u64> {
    let mut free = seats.to_vec();
    for left in (1..=seats.iter().sum::<u64>()).rev().take(items as usize) {
        let mut seat = rng.gen_range(0..left);
        for fold in &mut free {
            if seat < *fold {
                *fold -= 1;
                break;
            }
            seat -= *fold;
        }
    }
    seats.iter().zip(free).map(|(all, free)| all - free).collect()
}
