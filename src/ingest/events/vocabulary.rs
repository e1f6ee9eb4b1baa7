//! The words of all threads under one set of codes, in the order of their texts.

use std::sync::Arc;

use arrow::array::StringArray;

use super::super::words::{Interner, NONE};
use super::WORDS;

/// For each column of words: the sorted texts, and the rank of every thread's codes among them.
pub struct Vocabulary {
    pub texts: Vec<Arc<StringArray>>,
    ranks: Vec<Vec<Vec<u32>>>,
}

impl Vocabulary {
    /// Brings the interners of all threads together.
    pub fn new(workers: &[&[Interner; WORDS.len()]]) -> Self {
        let mut vocabulary =
            Vocabulary { texts: Vec::new(), ranks: vec![Vec::new(); workers.len()] };
        for column in 0..WORDS.len() {
            let words = workers.iter().map(|worker| &worker[column]);
            let mut texts: Vec<&str> = words.clone().flat_map(|w| w.sorted()).collect();
            texts.sort_unstable();
            texts.dedup();
            for (ranks, words) in vocabulary.ranks.iter_mut().zip(words) {
                let rank = |code| texts.binary_search(&words.text(code)).unwrap_or(0) as u32;
                ranks.push((0..words.len() as u32).map(rank).collect());
            }
            vocabulary.texts.push(Arc::new(StringArray::from(texts)));
        }
        vocabulary
    }

    /// Replaces a thread's codes of a column by their ranks.
    pub fn rank(&self, worker: usize, column: usize, codes: &mut [u32]) {
        let ranks = &self.ranks[worker][column];
        if ranks.is_empty() {
            return;
        }
        for code in codes.iter_mut().filter(|code| **code != NONE) {
            *code = ranks[*code as usize];
        }
    }
}
