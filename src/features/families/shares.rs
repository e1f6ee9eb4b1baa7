//! How often each word occurs, and what such counts say: the main one, its share, the entropy.

use super::super::Word;

/// Counts by word, in the order of the words' texts.
#[derive(Debug, Clone, Default)]
pub struct Shares {
    counts: Vec<(Word, u64)>,
}

impl Shares {
    /// Counts `word` once; an empty cell is not a word.
    pub fn add(&mut self, word: Word) {
        if !word.is_some() {
            return;
        }
        match self.counts.binary_search_by_key(&word, |(known, _)| *known) {
            Ok(place) => self.counts[place].1 += 1,
            Err(place) => self.counts.insert(place, (word, 1)),
        }
    }

    pub fn counts(&self) -> &[(Word, u64)] {
        &self.counts
    }

    /// How many different words there are.
    pub fn different(&self) -> usize {
        self.counts.len()
    }

    pub fn total(&self) -> u64 {
        self.counts.iter().map(|(_, count)| count).sum()
    }

    /// The most frequent word and its count; of equally frequent ones the first in text order.
    pub fn top(&self) -> Option<(Word, u64)> {
        // `max_by_key` takes the last of equals.
        self.counts.iter().rev().copied().max_by_key(|(_, count)| *count)
    }

    pub fn top_share(&self) -> Option<f64> {
        self.top().map(|(_, count)| count as f64 / self.total() as f64)
    }

    /// Shannon's entropy in bits: -sum p log2 p. `None` without words.
    pub fn entropy(&self) -> Option<f64> {
        let total = self.total() as f64;
        let bits = self.counts.iter().map(|(_, count)| {
            let share = *count as f64 / total;
            -share * share.log2()
        });
        // One word alone gives -0.
        (!self.counts.is_empty()).then(|| bits.sum::<f64>().max(0.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_equals_is_the_main_one_and_two_halves_are_a_bit() {
        let mut shares = Shares::default();
        assert_eq!((shares.top(), shares.entropy(), shares.top_share()), (None, None, None));
        for word in [Word(4), Word::NONE, Word(2), Word(2), Word(4)] {
            shares.add(word);
        }
        assert_eq!(shares.top(), Some((Word(2), 2)));
        assert_eq!((shares.different(), shares.total()), (2, 4));
        assert_eq!((shares.top_share(), shares.entropy()), (Some(0.5), Some(1.0)));
        let mut one = Shares::default();
        one.add(Word(0));
        assert!(one.entropy().is_some_and(|bits| bits == 0.0 && bits.is_sign_positive()));
    }
}
