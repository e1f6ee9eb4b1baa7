//! Texts as codes in text order.

use arrow::array::{Array, StringArray};
use rustc_hash::FxHashMap;

use super::super::Word;

/// The texts of some dictionaries together, sorted, and where each dictionary's values are in them.
pub struct Words {
    pub texts: Vec<String>,
    /// For each dictionary, the code of each of its values.
    codes: Vec<Vec<Word>>,
}

impl Words {
    /// Merges dictionaries; `more` are texts that must have codes too.
    pub fn merge<'a>(
        dictionaries: &'a [StringArray],
        more: impl Iterator<Item = &'a str>,
    ) -> Words {
        let mut numbers: FxHashMap<&str, u32> = FxHashMap::default();
        let mut number = |text: &'a str| {
            let next = numbers.len() as u32;
            *numbers.entry(text).or_insert(next)
        };
        let met: Vec<Vec<Option<u32>>> = dictionaries
            .iter()
            .map(|values| values.iter().map(|text| text.map(&mut number)).collect())
            .collect();
        more.for_each(|text| {
            number(text);
        });
        let mut order: Vec<(&str, u32)> = numbers.into_iter().collect();
        order.sort_unstable();
        let mut code = vec![Word::NONE; order.len()];
        for (place, (_, number)) in order.iter().enumerate() {
            code[*number as usize] = Word(place as u32);
        }
        let codes = met.iter().map(|values| {
            values.iter().map(|number| number.map_or(Word::NONE, |n| code[n as usize])).collect()
        });
        Words {
            codes: codes.collect(),
            texts: order.iter().map(|(text, _)| (*text).to_owned()).collect(),
        }
    }

    /// The codes of a dictionary's values.
    pub fn codes(&self, dictionary: u32) -> &[Word] {
        &self.codes[dictionary as usize]
    }

    /// The code of `text`; [`Word::NONE`] if no row holds it.
    pub fn find(&self, text: &str) -> Word {
        let place = self.texts.binary_search_by(|known| known.as_str().cmp(text));
        place.map_or(Word::NONE, |place| Word(place as u32))
    }
}

/// True if two arrays are the same memory.
pub fn is_same(a: &StringArray, b: &StringArray) -> bool {
    a.len() == b.len()
        && a.value_data().as_ptr() == b.value_data().as_ptr()
        && a.value_offsets().as_ptr() == b.value_offsets().as_ptr()
        && a.null_count() == b.null_count()
}
