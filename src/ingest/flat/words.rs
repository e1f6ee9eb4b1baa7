//! The codes of a text column, some rows at a time.

use arrow::array::{Array, Int32Array, StringArray};
use rustc_hash::FxHashMap;

use super::super::cell::Cells;
use super::super::words::{Interner, NONE};

/// A word of a dictionary that no row has used yet.
const UNUSED: u32 = u32::MAX - 1;

/// Codes words in order of first use: words that no kept row has get no code.
#[derive(Default)]
pub struct Coder {
    pub words: Interner,
    dictionary: Dictionary,
    /// The codes of whole numbers, so that each is written as text once.
    integers: FxHashMap<i64, u32>,
}

/// The codes of the words of the dictionary that the last rows came with.
#[derive(Default)]
struct Dictionary {
    texts: Option<StringArray>,
    codes: Vec<u32>,
}

impl Dictionary {
    /// Rows of one row group share a dictionary, which is then coded once.
    fn follow(&mut self, texts: &StringArray) {
        let is_same = self.texts.as_ref().is_some_and(|known| {
            known.len() == texts.len()
                && std::ptr::eq(known.value_offsets().as_ptr(), texts.value_offsets().as_ptr())
        });
        if !is_same {
            self.codes.clear();
            self.codes.resize(texts.len(), UNUSED);
            self.texts = Some(texts.clone());
        }
    }
}

impl Coder {
    /// Sets `codes` to the codes of the given rows, [`NONE`] where there is no text.
    pub fn code(&mut self, cells: &Cells<'_>, rows: &Chosen<'_>, codes: &mut Vec<u32>) {
        codes.clear();
        match cells {
            Cells::Word(keys, texts) => self.code_words(keys, texts, rows, codes),
            Cells::Integer(values) if values.null_count() == 0 => rows.each(|row| {
                let value = values.value(row);
                let code = || self.words.code(&value.to_string());
                codes.push(*self.integers.entry(value).or_insert_with(code));
            }),
            _ => rows.each(|row| {
                codes.push(cells.text(row).map_or(NONE, |text| self.words.code(&text)));
            }),
        }
    }

    fn code_words(
        &mut self,
        keys: &Int32Array,
        texts: &StringArray,
        rows: &Chosen<'_>,
        codes: &mut Vec<u32>,
    ) {
        self.dictionary.follow(texts);
        let (words, known) = (&mut self.words, &mut self.dictionary.codes);
        let cells = Cells::Text(texts);
        let mut code = |key: i32| {
            let Some(code) = known.get_mut(key as usize) else { return NONE };
            if *code == UNUSED {
                *code = cells.text(key as usize).map_or(NONE, |text| words.code(&text));
            }
            *code
        };
        match rows {
            Chosen::All(_) if keys.null_count() == 0 => {
                codes.extend(keys.values().iter().map(|&key| code(key)));
            }
            _ => rows.each(|row| {
                codes.push(if keys.is_null(row) { NONE } else { code(keys.value(row)) });
            }),
        }
    }
}

/// The rows of a batch that count.
pub enum Chosen<'a> {
    /// All of so many.
    All(usize),
    Some(&'a [u32]),
}

impl Chosen<'_> {
    fn each(&self, mut with: impl FnMut(usize)) {
        match self {
            Chosen::All(rows) => (0..*rows).for_each(with),
            Chosen::Some(rows) => rows.iter().for_each(|&row| with(row as usize)),
        }
    }
}
