//! Contacts: one row each, sorted by id; the position is the dense key.

use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, StringArray};

use crate::error::Result;
use crate::lake::schema;

use super::super::columns;
use super::super::mapping::Mapping;
use super::super::quarantine::{Fault, Rule};
use super::super::source::RawBatch;
use super::super::words::{ContactIds, WordColumn};
use super::{Intake, Rows, each_row};

/// Rows of the sources of contacts.
#[derive(Debug, Default)]
pub struct ContactRows {
    /// Names of the free attributes, over all sources.
    attributes: Vec<String>,
    rows: Vec<ContactRow>,
}

/// Fields in the order in which two rows for one contact are compared.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct ContactRow {
    created_at: Option<i64>,
    words: [Option<Box<str>>; 4],
    attributes: Vec<Option<Box<str>>>,
    contact: u32,
    file: u32,
    line: u64,
}

const WORDS: [&str; 4] = ["timezone", "country", "consent", "lifecycle_stage"];

impl ContactRows {
    pub fn push(&mut self, mapping: &Mapping, batch: &RawBatch, intake: &mut Intake<'_>) {
        let places: Vec<usize> = mapping.attributes.iter().map(|a| self.place(a)).collect();
        let contact = mapping.cells(batch, "contact");
        let created = mapping.cells(batch, "created_at");
        let words = WORDS.map(|name| mapping.cells(batch, name));
        let attributes = mapping.attribute_cells(batch);
        let rows = Rows { mapping, batch };
        each_row(batch, intake, |row, intake| {
            let id = rows.need(row, "contact", &contact)?;
            let created_at = rows.time(row, "created_at", &created)?;
            let mut values = vec![None; self.attributes.len()];
            for (place, cell) in places.iter().zip(&attributes) {
                values[*place] = cell.text(row).map(|t| Box::from(&*t));
            }
            let words = words.each_ref().map(|cell| cell.text(row).map(|t| Box::from(&*t)));
            if words[0].as_ref().is_some_and(|zone| jiff::tz::TimeZone::get(zone).is_err()) {
                return Err(rows.fault(
                    row,
                    "timezone",
                    &mapping.cells(batch, "timezone"),
                    Rule::UnknownZone,
                ));
            }
            self.rows.push(ContactRow {
                created_at,
                words,
                attributes: values,
                contact: intake.contacts.code(&id),
                file: intake.file,
                line: batch.lines.of(row),
            });
            intake.counts.accepted += 1;
            Ok(())
        });
    }

    fn place(&mut self, attribute: &str) -> usize {
        if let Some(place) = self.attributes.iter().position(|a| a == attribute) {
            return place;
        }
        self.attributes.push(attribute.to_owned());
        self.rows.iter_mut().for_each(|row| row.attributes.push(None));
        self.attributes.len() - 1
    }

    /// Merges with everybody met in other tables and assigns the dense keys.
    pub fn finish(mut self, ids: &ContactIds) -> ContactTable {
        let mut faults = Vec::new();
        self.rows.sort_unstable_by(|a, b| a.contact.cmp(&b.contact).then_with(|| b.cmp(a)));
        self.rows.dedup_by(|later, kept| {
            if later.contact != kept.contact {
                return false;
            }
            if !same_content(later, kept) {
                let id = ids.ids().text(later.contact);
                let fault = Fault::new(later.line, "contact", id, Rule::DuplicateContact);
                faults.push((later.file, fault));
            }
            true
        });
        ContactTable::new(self.attributes, self.rows, ids, faults)
    }
}

fn same_content(a: &ContactRow, b: &ContactRow) -> bool {
    (a.created_at, &a.words, &a.attributes) == (b.created_at, &b.words, &b.attributes)
}

/// The finished contacts.
pub struct ContactTable {
    /// Interned contact → dense key.
    pub keys: Vec<u32>,
    /// Second, different rows for a contact: the one with the latest `created_at` was kept.
    pub faults: Vec<(u32, Fault)>,
    /// Contacts without a row of their own, known from events, orders or assignments.
    pub implied: u64,
    attributes: Vec<String>,
    ids: Vec<String>,
    created_at: Vec<Option<i64>>,
    first_seen_at: Vec<Option<i64>>,
    is_described: Vec<bool>,
    words: Vec<WordColumn>,
}

impl ContactTable {
    fn new(
        attributes: Vec<String>,
        rows: Vec<ContactRow>,
        ids: &ContactIds,
        faults: Vec<(u32, Fault)>,
    ) -> Self {
        let keys = ids.ids().ranks();
        let count = keys.len();
        let mut by_key: Vec<Option<&ContactRow>> = vec![None; count];
        for row in &rows {
            by_key[keys[row.contact as usize] as usize] = Some(row);
        }
        let mut words: Vec<WordColumn> =
            (0..WORDS.len() + attributes.len()).map(|_| WordColumn::default()).collect();
        for row in &by_key {
            for (place, column) in words.iter_mut().enumerate() {
                column.push(row.and_then(|r| word_at(r, place)));
            }
        }
        ContactTable {
            implied: (count - rows.len()) as u64,
            created_at: by_key.iter().map(|r| r.and_then(|r| r.created_at)).collect(),
            first_seen_at: vec![None; count],
            is_described: by_key.iter().map(Option::is_some).collect(),
            ids: ids.ids().sorted().into_iter().map(str::to_owned).collect(),
            keys,
            faults,
            attributes,
            words,
        }
    }

    pub fn attributes(&self) -> &[String] {
        &self.attributes
    }

    /// Notes that the contact with this key appears in another table at `ts`.
    pub fn saw(&mut self, key: u32, ts: i64) {
        let place = key as usize;
        if !self.is_described[place] {
            let first = self.first_seen_at[place].map_or(ts, |first| first.min(ts));
            self.first_seen_at[place] = Some(first);
        }
    }

    /// The table in key order.
    pub fn batches(&mut self) -> impl Iterator<Item = Result<RecordBatch>> {
        let schema = schema::contacts(&self.attributes);
        let texts: Vec<Arc<StringArray>> =
            self.words.iter_mut().map(|w| Arc::new(StringArray::from(w.settle()))).collect();
        let order: Vec<u32> = (0..self.ids.len() as u32).collect();
        let table = &*self;
        let keys = order.clone();
        columns::batches(order, move |chunk| {
            let id = |&key: &u32| &table.ids[key as usize];
            let mut arrays: Vec<ArrayRef> = vec![
                columns::keys(&keys, chunk),
                Arc::new(StringArray::from_iter_values(chunk.iter().map(id))),
                columns::optional_times(&table.created_at, chunk),
                columns::optional_times(&table.first_seen_at, chunk),
            ];
            for (word, texts) in table.words.iter().zip(&texts) {
                arrays.push(columns::words(&word.codes, texts, chunk)?);
            }
            Ok(RecordBatch::try_new(Arc::clone(&schema), arrays)?)
        })
    }
}

fn word_at(row: &ContactRow, place: usize) -> Option<&str> {
    match place.checked_sub(WORDS.len()) {
        None => row.words[place].as_deref(),
        Some(attribute) => row.attributes.get(attribute)?.as_deref(),
    }
}
