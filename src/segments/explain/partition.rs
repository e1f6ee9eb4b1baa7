//! Who teaches a rule and who is held out, by the hash of the id.
//!
//! A contact's side follows from its id and the seed alone: neither the order of the rows nor who else
//! is there moves anybody from one side to the other.

use xxhash_rust::xxh3::xxh3_64_with_seed;

/// The rows of both sides.
#[derive(Debug)]
pub(super) struct Partition {
    /// By hash, so that the first of them are a random sample.
    pub training: Vec<usize>,
    /// By row.
    pub is_held_out: Vec<bool>,
}

impl Partition {
    pub(super) fn new(ids: &[String], seed: u64, held_out_share: f64) -> Self {
        let hashes: Vec<u64> =
            ids.iter().map(|id| xxh3_64_with_seed(id.as_bytes(), seed)).collect();
        // The leading 53 bits as a number in [0, 1).
        let place = |hash: u64| (hash >> 11) as f64 / (1u64 << 53) as f64;
        let is_held_out: Vec<bool> =
            hashes.iter().map(|hash| place(*hash) < held_out_share).collect();
        let mut training: Vec<usize> = (0..ids.len()).filter(|row| !is_held_out[*row]).collect();
        training.sort_by(|a, b| hashes[*a].cmp(&hashes[*b]).then_with(|| ids[*a].cmp(&ids[*b])));
        Partition { training, is_held_out }
    }
}
