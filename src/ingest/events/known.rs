//! Texts of a column as they stand in the source, with the codes that were made of them: trimming,
//! looking for addresses and looking words up is done once a text, not once a row.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, StringArray};
use arrow::datatypes::Int32Type;

use super::super::cell::Cells;
use super::super::words::{Interner, NONE};

/// The texts of one column, and their codes.
#[derive(Default)]
pub struct KnownTexts {
    texts: Interner,
    codes: Vec<u32>,
    /// The dictionary that the column came with last, and the codes of its words.
    dictionary: Option<(ArrayRef, Vec<u32>)>,
}

impl KnownTexts {
    /// The code of every row, by what `code` makes of a text; [`NONE`] for an empty cell.
    pub fn codes(
        &mut self,
        cells: &Cells<'_>,
        array: Option<&ArrayRef>,
        rows: usize,
        code: &mut dyn FnMut(&str) -> u32,
    ) -> Vec<u32> {
        match (cells, array.and_then(|array| array.as_dictionary_opt::<Int32Type>())) {
            (Cells::Absent, _) => vec![NONE; rows],
            (Cells::Word(keys, texts), Some(array)) => {
                let codes = self.of_dictionary(array.values(), texts, code);
                keys.iter().map(|key| key.map_or(NONE, |key| codes[key as usize])).collect()
            }
            (Cells::Text(texts), _) => {
                (0..rows).map(|row| self.of_text(texts, row, code)).collect()
            }
            _ => (0..rows).map(|row| cells.text(row).map_or(NONE, |text| code(&text))).collect(),
        }
    }

    fn of_text(
        &mut self,
        texts: &StringArray,
        row: usize,
        code: &mut dyn FnMut(&str) -> u32,
    ) -> u32 {
        if texts.is_null(row) {
            return NONE;
        }
        let known = self.texts.code(texts.value(row)) as usize;
        if known == self.codes.len() {
            self.codes.push(Cells::Text(texts).text(row).map_or(NONE, |text| code(&text)));
        }
        self.codes[known]
    }

    fn of_dictionary(
        &mut self,
        values: &ArrayRef,
        texts: &StringArray,
        code: &mut dyn FnMut(&str) -> u32,
    ) -> &[u32] {
        let is_known =
            |known: &ArrayRef| std::ptr::addr_eq(Arc::as_ptr(known), Arc::as_ptr(values));
        let known = self.dictionary.take().filter(|(known, _)| is_known(known));
        let known = known.unwrap_or_else(|| {
            let codes = (0..texts.len()).map(|at| self.of_text(texts, at, code)).collect();
            (Arc::clone(values), codes)
        });
        &self.dictionary.insert(known).1
    }
}
