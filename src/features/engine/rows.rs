//! The rows of each group, kept as the batches in which they came: nothing is copied until a group is
//! measured.

use std::sync::Arc;

use arrow::array::StringArray;
use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, Int8Array, Int32Array, Int64Array};
use arrow::datatypes::{Int8Type, Int32Type, Int64Type};
use datafusion::common::internal_err;
use datafusion::error::Result;
use datafusion::logical_expr::EmitTo;

use super::words::is_same;
use super::{Layout, Slot};

/// Dictionaries that are looked at for one that is known already: columns of a batch take turns.
const RECENT: usize = 16;

/// The keys of a column of words, and the number of its dictionary.
pub struct Keys {
    pub keys: Int32Array,
    pub dictionary: u32,
}

/// The columns of a batch, by slot.
pub struct Batch {
    pub origin: Int8Array,
    pub us: Int64Array,
    pub words: Vec<Option<Keys>>,
    pub numbers: [Option<Int64Array>; 2],
    pub flag: Option<BooleanArray>,
    pub text: Option<StringArray>,
    /// The columns as they came.
    pub columns: Vec<ArrayRef>,
}

/// Neighbouring rows of a batch that belong to one group and come from one table.
#[derive(Debug, Clone, Copy)]
pub struct Run {
    pub group: u32,
    pub batch: u32,
    pub start: u32,
    pub rows: u32,
}

/// All rows, by group.
pub struct Rows {
    pub layout: Arc<Layout>,
    pub batches: Vec<Arc<Batch>>,
    pub dictionaries: Vec<StringArray>,
    pub groups: usize,
    runs: Vec<Run>,
    bytes: usize,
}

impl Rows {
    pub fn new(layout: Arc<Layout>) -> Self {
        let dictionaries = vec![StringArray::from(Vec::<&str>::new())];
        Rows { layout, batches: Vec::new(), dictionaries, groups: 0, runs: Vec::new(), bytes: 0 }
    }

    /// Adds the rows of a batch that pass `filter`, each to its group.
    pub fn push(
        &mut self,
        columns: &[ArrayRef],
        groups: &[usize],
        filter: Option<&BooleanArray>,
        total: usize,
    ) -> Result<()> {
        let batch = self.batch(columns)?;
        let passes = |row: usize| filter.is_none_or(|f| f.is_valid(row) && f.value(row));
        let origins = batch.origin.values();
        let number = self.batches.len() as u32;
        let mut start = 0;
        while start < groups.len() {
            let (group, origin) = (groups[start], origins[start]);
            let mut end = start + 1;
            if passes(start) {
                let same = |row: usize| groups[row] == group && origins[row] == origin;
                while end < groups.len() && same(end) && passes(end) {
                    end += 1;
                }
                let (group, rows) = (group as u32, (end - start) as u32);
                self.runs.push(Run { group, batch: number, start: start as u32, rows });
            }
            start = end;
        }
        self.bytes += columns.iter().map(|c| c.get_buffer_memory_size()).sum::<usize>();
        self.batches.push(Arc::new(batch));
        self.groups = self.groups.max(total);
        Ok(())
    }

    fn batch(&mut self, columns: &[ArrayRef]) -> Result<Batch> {
        let layout = Arc::clone(&self.layout);
        if columns.len() != layout.slots.len() {
            return internal_err!("timelines have other columns than were asked for");
        }
        let (origin, us) = (columns[0].as_primitive::<Int8Type>(), columns[1].as_primitive());
        let words = layout.slots.iter().map(|s| if let Slot::Word(n) = s { n + 1 } else { 0 });
        let mut batch = Batch {
            origin: origin.clone(),
            us: us.clone(),
            words: (0..words.max().unwrap_or(0)).map(|_| None).collect(),
            numbers: [None, None],
            flag: None,
            text: None,
            columns: columns.to_vec(),
        };
        for (slot, column) in layout.slots.iter().zip(columns) {
            match *slot {
                Slot::Origin | Slot::Time => {}
                Slot::Word(place) => batch.words[place] = self.keys(column),
                Slot::Number(place) => {
                    batch.numbers[place] = Some(column.as_primitive::<Int64Type>().clone());
                }
                Slot::Flag => batch.flag = Some(column.as_boolean().clone()),
                Slot::Text => batch.text = Some(column.as_string::<i32>().clone()),
            }
        }
        Ok(batch)
    }

    /// The column's keys; `None` if all cells are empty.
    fn keys(&mut self, column: &ArrayRef) -> Option<Keys> {
        let column = column.as_dictionary::<Int32Type>();
        if column.keys().null_count() == column.len() {
            return None;
        }
        let values = column.values().as_string::<i32>();
        let recent = self.dictionaries.iter().enumerate().rev().take(RECENT);
        let known = recent.into_iter().find(|(_, known)| is_same(known, values)).map(|(n, _)| n);
        let dictionary = known.unwrap_or_else(|| {
            self.dictionaries.push(values.clone());
            self.dictionaries.len() - 1
        });
        Some(Keys { keys: column.keys().clone(), dictionary: dictionary as u32 })
    }

    /// Takes out the groups that are to be emitted; the others move to the front.
    pub fn take(&mut self, emit: EmitTo) -> Rows {
        let mut taken = Rows::new(Arc::clone(&self.layout));
        match emit {
            EmitTo::All => std::mem::swap(&mut taken, self),
            EmitTo::First(groups) => {
                taken.batches.clone_from(&self.batches);
                taken.dictionaries.clone_from(&self.dictionaries);
                taken.groups = groups;
                let is_taken = |run: &Run| (run.group as usize) < groups;
                taken.runs = self.runs.iter().copied().filter(is_taken).collect();
                self.runs.retain(|run| !is_taken(run));
                self.runs.iter_mut().for_each(|run| run.group -= groups as u32);
                self.groups -= groups;
            }
        }
        taken
    }

    /// The runs of all groups, and where each group's begin: group g has runs `starts[g]..starts[g + 1]`.
    pub fn by_group(&self) -> (Vec<Run>, Vec<usize>) {
        let mut starts = vec![0; self.groups + 1];
        self.runs.iter().for_each(|run| starts[run.group as usize + 1] += 1);
        for group in 0..self.groups {
            starts[group + 1] += starts[group];
        }
        let mut next = starts.clone();
        let mut sorted = vec![Run { group: 0, batch: 0, start: 0, rows: 0 }; self.runs.len()];
        for run in &self.runs {
            let place = &mut next[run.group as usize];
            sorted[*place] = *run;
            *place += 1;
        }
        (sorted, starts)
    }

    /// Bytes held, batches counted as if nobody shared them.
    pub fn size(&self) -> usize {
        self.bytes + self.runs.capacity() * std::mem::size_of::<Run>()
    }
}
