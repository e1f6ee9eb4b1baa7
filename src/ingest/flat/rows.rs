//! Columns of a file, some rows at a time on several threads: memory does not depend on the rows.

use std::collections::BTreeMap;
use std::path::Path;

use arrow::array::Array;

use crate::error::{Error, Result};

use super::super::cell::Cells;
use super::super::quarantine::{Fault, Quarantine, Rule};
use super::super::source::{self, RawBatch};
use super::super::words::{Interner, NONE};
use super::words::{Chosen, Coder};

/// The columns to read.
#[derive(Debug, Clone, Copy)]
pub struct FlatRequest<'a> {
    pub path: &'a Path,
    /// A text column; rows without it are counted and left out.
    pub key: &'a str,
    pub texts: &'a [String],
    pub numbers: &'a [String],
}

/// Some rows, column by column; all columns have the same length.
#[derive(Debug, Clone, Copy)]
pub struct FlatRows<'a> {
    /// Codes of the words of the part that the rows belong to.
    pub keys: &'a [u32],
    /// The same, with [`NONE`] where missing.
    pub texts: &'a [Vec<u32>],
    /// NaN where missing.
    pub numbers: &'a [Vec<f64>],
}

/// What was made of one part of the file, and the words behind its codes.
pub struct FlatPart<S> {
    pub sums: S,
    pub keys: Interner,
    pub texts: Vec<Interner>,
}

/// How many rows there were, and which were not read.
#[derive(Debug, Default)]
pub struct FlatCounts {
    pub rows: u64,
    /// Rows without a key; rejected rows are not among them.
    pub without_key: u64,
    pub quarantine: Quarantine,
}

/// Gives the rows of each part of a file (a row group, or some lines) to `add`, and what `add` made
/// of them to `merge`, in the order of the file. A row with a cell that is no number is left out.
pub fn fold_rows<S: Clone + Send + Sync>(
    request: FlatRequest<'_>,
    empty: &S,
    add: &(dyn Fn(&mut S, FlatRows<'_>) -> Result<()> + Sync),
    merge: &mut (dyn FnMut(FlatPart<S>) -> Result<()> + Send),
) -> Result<FlatCounts> {
    let FlatRequest { path, key, texts, numbers } = request;
    let wanted: Vec<String> =
        std::iter::once(&key.to_owned()).chain(texts).chain(numbers).cloned().collect();
    let repeats: Vec<bool> = (0..wanted.len()).map(|column| column <= texts.len()).collect();
    let mut counts = FlatCounts::default();
    counts.quarantine.file(path);
    let new = || Part::new(&wanted, texts.len(), empty.clone());
    let add = |part: &mut Part<'_, S>, batch: RawBatch| part.push(&batch, add);
    let mut take = |part: Part<'_, S>| {
        counts.absorb(part.counts);
        let texts = part.texts.into_iter().map(|column| column.words).collect();
        merge(FlatPart { sums: part.sums, keys: part.keys.words, texts })
    };
    let threads = rayon::current_num_threads();
    source::parts(path, (&wanted, &repeats), threads, &new, &add, &mut take)?;
    if counts.rows == 0 {
        return Err(Error::data("there is a header and no rows")
            .at_file(path)
            .hint("check the export's date range and filters"));
    }
    counts.quarantine.sort();
    Ok(counts)
}

impl FlatCounts {
    fn absorb(&mut self, mut other: FlatCounts) {
        self.rows += other.rows;
        self.without_key += other.without_key;
        self.quarantine.absorb(&mut other.quarantine);
    }
}

/// A part of the file while it is read. The buffers are used again for every batch.
struct Part<'a, S> {
    /// Names of the columns: the key, texts, numbers.
    names: &'a [String],
    sums: S,
    counts: FlatCounts,
    keys: Coder,
    texts: Vec<Coder>,
    key_codes: Vec<u32>,
    codes: Vec<Vec<u32>>,
    values: Vec<Vec<f64>>,
}

/// The only file has this number in a quarantine.
const FILE: u32 = 0;

impl<'a, S> Part<'a, S> {
    fn new(names: &'a [String], texts: usize, sums: S) -> Self {
        Part {
            names,
            sums,
            counts: FlatCounts::default(),
            keys: Coder::default(),
            texts: (0..texts).map(|_| Coder::default()).collect(),
            key_codes: Vec::new(),
            codes: vec![Vec::new(); texts],
            values: vec![Vec::new(); names.len() - texts - 1],
        }
    }

    fn push(
        &mut self,
        batch: &RawBatch,
        add: &(dyn Fn(&mut S, FlatRows<'_>) -> Result<()> + Sync),
    ) -> Result<()> {
        self.counts.rows += (batch.rows() + batch.faults.len()) as u64;
        batch.faults.iter().for_each(|fault| self.counts.quarantine.add(FILE, fault.clone()));
        let cells: Vec<Cells<'_>> = batch.columns.iter().map(|c| Cells::of(c.as_ref())).collect();
        let [key, others @ ..] = cells.as_slice() else { return Ok(()) };
        let (texts, numbers) = others.split_at(self.texts.len());
        let bad = self.read_numbers(numbers, batch.rows());
        self.reject(&bad, numbers, batch);
        let mut kept = (!bad.is_empty()).then(|| {
            (0..batch.rows() as u32).filter(|row| !bad.contains_key(row)).collect::<Vec<u32>>()
        });
        self.keys.code(key, &chosen(&kept, batch), &mut self.key_codes);
        if self.key_codes.contains(&NONE) {
            kept = Some(self.drop_without_key(kept, batch.rows()));
        }
        let chosen = chosen(&kept, batch);
        for ((coder, cells), codes) in self.texts.iter_mut().zip(texts).zip(&mut self.codes) {
            coder.code(cells, &chosen, codes);
        }
        if let Chosen::Some(rows) = chosen {
            for values in &mut self.values {
                *values = rows.iter().map(|&row| values[row as usize]).collect();
            }
        }
        let rows = FlatRows { keys: &self.key_codes, texts: &self.codes, numbers: &self.values };
        add(&mut self.sums, rows)
    }

    /// Sets the values of every row, and returns the rows with a fault: its column and rule.
    fn read_numbers(&mut self, cells: &[Cells<'_>], rows: usize) -> BTreeMap<u32, (usize, Rule)> {
        let mut bad = BTreeMap::new();
        for (column, (cells, values)) in cells.iter().zip(&mut self.values).enumerate() {
            values.clear();
            if plain_numbers(cells, values) {
                continue;
            }
            values.extend((0..rows).map(|row| match cells.number(row) {
                Ok(value) => value.unwrap_or(f64::NAN),
                Err(rule) => {
                    bad.entry(row as u32).or_insert((column, rule));
                    f64::NAN
                }
            }));
        }
        bad
    }

    fn reject(
        &mut self,
        bad: &BTreeMap<u32, (usize, Rule)>,
        numbers: &[Cells<'_>],
        batch: &RawBatch,
    ) {
        for (&row, &(column, rule)) in bad {
            let row = row as usize;
            let value = numbers[column].text(row).unwrap_or_default();
            let name = &self.names[1 + self.texts.len() + column];
            self.counts.quarantine.add(FILE, Fault::new(batch.lines.of(row), name, &value, rule));
        }
    }

    /// Takes the rows without a key out of the key's codes, and returns the others.
    fn drop_without_key(&mut self, kept: Option<Vec<u32>>, rows: usize) -> Vec<u32> {
        let before = kept.unwrap_or_else(|| (0..rows as u32).collect());
        let codes = before.iter().zip(&self.key_codes);
        let kept: Vec<u32> =
            codes.filter(|(_, code)| **code != NONE).map(|(row, _)| *row).collect();
        self.counts.without_key += (before.len() - kept.len()) as u64;
        self.key_codes.retain(|code| *code != NONE);
        kept
    }
}

fn chosen<'a>(kept: &'a Option<Vec<u32>>, batch: &RawBatch) -> Chosen<'a> {
    kept.as_ref().map_or(Chosen::All(batch.rows()), |rows| Chosen::Some(rows))
}

/// Appends a column without gaps and faults at once; false if it may have some.
fn plain_numbers(cells: &Cells<'_>, values: &mut Vec<f64>) -> bool {
    match cells {
        Cells::Integer(a) if a.null_count() == 0 => {
            values.extend(a.values().iter().map(|&v| v as f64));
            true
        }
        Cells::Float(a) if a.null_count() == 0 && a.values().iter().all(|v| v.is_finite()) => {
            values.extend_from_slice(a.values());
            true
        }
        _ => false,
    }
}
