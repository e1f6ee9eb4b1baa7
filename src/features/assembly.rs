//! Measured ranges of contacts put together into one table.

use std::collections::HashMap;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::datatypes::{Float64Type, UInt32Type};
use ndarray::Array2;
use rayon::slice::ParallelSliceMut;

use crate::error::{Error, Result};

use super::attributes::Attributes;
use super::{FeatureSpec, FeatureTable, Labels, Presence, Unit};

/// The columns before the numbers: the id and what the rows hold.
const BEFORE_NUMBERS: usize = 2;

/// A table in the making. Batches may come in any order.
pub struct Assembly {
    /// Measured features, then what the contacts' own rows say.
    specs: Vec<FeatureSpec>,
    /// How many of `specs` are measured.
    measured: usize,
    label_specs: Vec<FeatureSpec>,
    ids: Vec<String>,
    /// Row by row.
    values: Vec<f64>,
    labels: Vec<Coding>,
    presence: Presence,
}

/// Texts as numbers in the order in which they were met.
#[derive(Default)]
struct Coding {
    numbers: HashMap<String, u32>,
    codes: Vec<Option<u32>>,
}

impl Assembly {
    pub fn new(specs: Vec<FeatureSpec>, label_specs: Vec<FeatureSpec>) -> Self {
        let labels = label_specs.iter().map(|_| Coding::default()).collect();
        let (measured, ids, values) = (specs.len(), Vec::new(), Vec::new());
        let presence = Presence::default();
        Assembly { specs, measured, label_specs, ids, values, labels, presence }
    }

    /// Leaves room for what the contacts' own rows say, and for that many contacts.
    pub fn reserve(&mut self, described: &Described) {
        self.specs.extend(described.number_specs.iter().cloned());
        self.values.reserve_exact(described.ids.len() * self.specs.len());
    }

    /// Adds the measured contacts of a batch: its last column is what the engine's function returned.
    pub fn add(&mut self, batch: &RecordBatch) {
        let measured = batch.column(batch.num_columns() - 1).as_struct();
        let columns = measured.columns();
        let ids = columns[0].as_string::<i32>();
        // A group without an id is of a contact that is not known yet.
        let known: Vec<usize> = (0..ids.len()).filter(|row| ids.is_valid(*row)).collect();
        self.ids.extend(known.iter().map(|row| ids.value(*row).to_owned()));
        let presence = columns[1].as_primitive::<UInt32Type>().values().iter();
        self.presence = presence.fold(self.presence, |all, of| all.or(Presence(*of)));
        let (first, width) = (self.values.len(), self.specs.len());
        self.values.resize(first + known.len() * width, f64::NAN);
        let labels_from = BEFORE_NUMBERS + self.measured;
        for (column, array) in columns[BEFORE_NUMBERS..labels_from].iter().enumerate() {
            let array = array.as_primitive::<Float64Type>().values();
            for (place, row) in known.iter().enumerate() {
                self.values[first + place * width + column] = array[*row];
            }
        }
        for (coding, array) in self.labels.iter_mut().zip(&columns[labels_from..]) {
            let array = array.as_string::<i32>();
            known
                .iter()
                .for_each(|row| coding.push(array.is_valid(*row).then(|| array.value(*row))));
        }
    }

    /// The table, in order of ids. Features whose needs the shop's data do not meet are missing.
    pub fn finish(mut self, described: Option<Described>) -> Result<FeatureTable> {
        let width = self.specs.len();
        let mut order: Vec<usize> = (0..self.ids.len()).collect();
        order.par_sort_unstable_by(|a, b| self.ids[*a].cmp(&self.ids[*b]));
        let mut labels: Vec<Labels> =
            self.labels.into_iter().map(|coding| coding.finish(&order)).collect();
        self.ids = order.iter().map(|row| std::mem::take(&mut self.ids[*row])).collect();
        permute(&mut self.values, width, order);
        let unmet = |spec: &FeatureSpec| !self.presence.meets(spec.requires);
        let unmet: Vec<usize> = (0..width).filter(|c| unmet(&self.specs[*c])).collect();
        for row in self.values.chunks_mut(width.max(1)) {
            unmet.iter().for_each(|column| row[*column] = f64::NAN);
        }
        if let Some(described) = described {
            if described.ids != self.ids {
                return Err(Error::internal("other contacts are described than measured"));
            }
            for (place, column) in described.numbers.iter().enumerate() {
                let cells = self.values.iter_mut().skip(self.measured + place).step_by(width);
                cells.zip(column).for_each(|(cell, value)| *cell = *value);
            }
            self.label_specs.extend(described.label_specs);
            labels.extend(described.labels);
        }
        let values = Array2::from_shape_vec((self.ids.len(), width), self.values)
            .map_err(|e| Error::internal("a feature table has holes").caused_by(e))?;
        Ok(FeatureTable::new(self.ids, self.specs, values, self.label_specs, labels))
    }
}

/// What the contacts' own rows say, of what is asked for.
pub struct Described {
    ids: Vec<String>,
    number_specs: Vec<FeatureSpec>,
    numbers: Vec<Vec<f64>>,
    label_specs: Vec<FeatureSpec>,
    labels: Vec<Labels>,
}

impl Described {
    pub fn new(attributes: Attributes, is_wanted: &dyn Fn(&FeatureSpec) -> bool) -> Self {
        let (labels, numbers): (Vec<_>, Vec<_>) =
            attributes.specs.into_iter().partition(|spec| spec.unit == Unit::Label);
        let numbers = numbers.into_iter().zip(attributes.numbers);
        let labels = labels.into_iter().zip(attributes.labels);
        let (number_specs, numbers) = numbers.filter(|(spec, _)| is_wanted(spec)).unzip();
        let wanted = labels.filter(|(spec, _)| is_wanted(spec));
        let (label_specs, labels) =
            wanted.map(|(spec, l)| (spec, Labels { codes: l.codes, texts: l.texts })).unzip();
        Described { ids: attributes.ids, number_specs, numbers, label_specs, labels }
    }
}

impl Coding {
    fn push(&mut self, text: Option<&str>) {
        let code = text.map(|text| match self.numbers.get(text) {
            Some(known) => *known,
            None => {
                let next = self.numbers.len() as u32;
                self.numbers.insert(text.to_owned(), next);
                next
            }
        });
        self.codes.push(code);
    }

    fn finish(self, order: &[usize]) -> Labels {
        let mut texts: Vec<(String, u32)> = self.numbers.into_iter().collect();
        texts.sort();
        let mut places = vec![0; texts.len()];
        texts.iter().enumerate().for_each(|(place, (_, n))| places[*n as usize] = place as u32);
        let code = |row: &usize| self.codes[*row].map(|number| places[number as usize]);
        Labels {
            codes: order.iter().map(code).collect(),
            texts: texts.into_iter().map(|(text, _)| text).collect(),
        }
    }
}

/// Puts row `order[n]` at place n, in place: a second copy of all values would double the memory.
fn permute(values: &mut [f64], width: usize, mut order: Vec<usize>) {
    let mut held = vec![0.0; width];
    for start in 0..order.len() {
        if order[start] == start {
            continue;
        }
        held.copy_from_slice(&values[start * width..(start + 1) * width]);
        let mut place = start;
        loop {
            let from = std::mem::replace(&mut order[place], place);
            if from == start {
                values[place * width..(place + 1) * width].copy_from_slice(&held);
                break;
            }
            values.copy_within(from * width..(from + 1) * width, place * width);
            place = from;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_put_in_order_in_place() {
        let mut values: Vec<f64> = (0..10).map(f64::from).collect();
        permute(&mut values, 2, vec![3, 0, 2, 4, 1]);
        assert_eq!(values, [6.0, 7.0, 0.0, 1.0, 4.0, 5.0, 8.0, 9.0, 2.0, 3.0]);
    }
}
