//! Contacts: one row each, sorted by key.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, RecordBatch, StringArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, TimestampMicrosecondType};

use crate::error::Result;
use crate::lake::contact_key;
use crate::lake::schema::{self, ATTRIBUTE_PREFIX};

use super::super::address::address_fault;
use super::super::columns;
use super::super::events::shared;
use super::super::mapping::Mapping;
use super::super::quarantine::{Fault, Rule};
use super::super::source::RawBatch;
use super::super::words::{ContactIds, WordColumn, address_code};
use super::{Intake, Rows, each_row};

/// Rows of the sources of contacts.
#[derive(Debug, Default)]
pub struct ContactRows {
    /// Names of the free attributes, over all sources.
    attributes: Vec<String>,
    rows: Vec<ContactRow>,
}

/// Fields in the order in which two rows for one contact are compared: the greatest is kept.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct ContactRow {
    updated_at: Option<i64>,
    created_at: Option<i64>,
    words: [Option<Box<str>>; WORDS.len()],
    attributes: Vec<Option<Box<str>>>,
    contact: u32,
    file: u32,
    line: u64,
}

/// Columns of words as they are stored; the first ones as they are mapped.
const WORDS: [&str; 7] = [
    "timezone", "country", "consent", "lifecycle_stage", "source", "address_code", "address_fault",
];
const MAPPED: usize = 5;

impl ContactRows {
    pub fn push(&mut self, mapping: &Mapping, batch: &RawBatch, intake: &mut Intake<'_>) {
        let places: Vec<usize> = mapping.attributes.iter().map(|a| self.place(a)).collect();
        let contact = mapping.cells(batch, "contact");
        let (created, updated) =
            (mapping.cells(batch, "created_at"), mapping.cells(batch, "updated_at"));
        let email = mapping.cells(batch, "email");
        let words: [_; MAPPED] = std::array::from_fn(|at| mapping.cells(batch, WORDS[at]));
        let attributes = mapping.attribute_cells(batch);
        let rows = Rows { mapping, batch };
        each_row(batch, intake, |row, intake| {
            let id = rows.need(row, "contact", &contact)?;
            let created_at = rows.time(row, "created_at", &created)?;
            let updated_at = rows.time(row, "updated_at", &updated)?;
            let mut values = vec![None; self.attributes.len()];
            for (place, cell) in places.iter().zip(&attributes) {
                values[*place] = cell.text(row).map(|t| Box::from(&*t));
            }
            let text = |cell: &super::Cells<'_>| cell.text(row).map(|t| Box::from(&*t));
            let mut texts: [Option<Box<str>>; WORDS.len()] = Default::default();
            for (place, cell) in texts.iter_mut().zip(&words) {
                *place = text(cell);
            }
            if texts[0].as_ref().is_some_and(|zone| jiff::tz::TimeZone::get(zone).is_err()) {
                let zone = mapping.cells(batch, "timezone");
                return Err(rows.fault(row, "timezone", &zone, Rule::UnknownZone));
            }
            if let Some(address) = email.raw_text(row).or_else(|| contact.raw_address(row)) {
                texts[MAPPED] = Some(address_code(address).into());
                texts[MAPPED + 1] = address_fault(address).map(|fault| fault.word().into());
            }
            self.rows.push(ContactRow {
                updated_at,
                created_at,
                words: texts,
                attributes: values,
                contact: intake.contact(&id),
                file: intake.file,
                line: batch.lines.of(row),
            });
            intake.counts.accepted += 1;
            Ok(())
        });
    }

    /// Takes the described contacts of a stored table, which has the columns of this program version.
    pub fn push_stored(&mut self, batch: &RecordBatch, ids: &mut ContactIds) -> Result<()> {
        let names: Vec<String> = batch.schema().fields().iter().map(|f| f.name().clone()).collect();
        let attributes = names.iter().filter_map(|name| name.strip_prefix(ATTRIBUTE_PREFIX));
        let places: Vec<usize> = attributes.map(|name| self.place(name)).collect();
        let stored = Stored::of(batch)?;
        for row in (0..batch.num_rows()).filter(|&row| stored.is_described.value(row)) {
            let mut values = vec![None; self.attributes.len()];
            for (at, place) in places.iter().enumerate() {
                values[*place] = stored.word(WORDS.len() + at, row);
            }
            self.rows.push(ContactRow {
                updated_at: stored.updated(row),
                created_at: stored.created(row),
                words: std::array::from_fn(|at| stored.word(at, row)),
                attributes: values,
                contact: ids.code(stored.id.value(row)),
                file: 0,
                line: 0,
            });
        }
        Ok(())
    }

    fn place(&mut self, attribute: &str) -> usize {
        if let Some(place) = self.attributes.iter().position(|a| a == attribute) {
            return place;
        }
        self.attributes.push(attribute.to_owned());
        self.rows.iter_mut().for_each(|row| row.attributes.push(None));
        self.attributes.len() - 1
    }

    /// Merges with everybody met in other tables and assigns the keys.
    ///
    /// # Errors
    /// Two ids that share a key.
    pub fn finish(mut self, ids: &ContactIds) -> Result<ContactTable> {
        let mut faults = Vec::new();
        self.rows.sort_unstable_by(|a, b| a.contact.cmp(&b.contact).then_with(|| b.cmp(a)));
        self.rows.dedup_by(|later, kept| {
            if later.contact != kept.contact {
                return false;
            }
            // An older version of a row is no fault; two versions of one age are.
            if !same_content(later, kept) && later.updated_at == kept.updated_at {
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
    (a.updated_at, a.created_at, &a.words, &a.attributes)
        == (b.updated_at, b.created_at, &b.words, &b.attributes)
}

/// The columns of a stored table.
struct Stored<'a> {
    id: &'a StringArray,
    times: Vec<&'a arrow::array::TimestampMicrosecondArray>,
    is_described: &'a BooleanArray,
    words: Vec<ArrayRef>,
}

impl<'a> Stored<'a> {
    fn of(batch: &'a RecordBatch) -> Result<Self> {
        let time = |at: usize| batch.column(at).as_primitive::<TimestampMicrosecondType>();
        let words = batch.columns()[7..].iter().map(|column| cast(column, &DataType::Utf8));
        Ok(Stored {
            id: batch.column(1).as_string(),
            times: (2..6).map(time).collect(),
            is_described: batch.column(6).as_boolean(),
            words: words.collect::<Result<_, _>>()?,
        })
    }

    fn time(&self, at: usize, row: usize) -> Option<i64> {
        (!self.times[at].is_null(row)).then(|| self.times[at].value(row))
    }

    fn created(&self, row: usize) -> Option<i64> {
        self.time(0, row)
    }

    fn updated(&self, row: usize) -> Option<i64> {
        self.time(3, row)
    }

    fn word(&self, at: usize, row: usize) -> Option<Box<str>> {
        let column = self.words[at].as_string::<i32>();
        (!column.is_null(row)).then(|| column.value(row).into())
    }
}

/// A contact of a stored table, and when it was first seen: in any table but its own, and in events.
pub fn stored_sightings(
    batch: &RecordBatch,
    mut take: impl FnMut(&str, Option<i64>, Option<i64>),
) -> Result<()> {
    let stored = Stored::of(batch)?;
    for row in 0..batch.num_rows() {
        take(stored.id.value(row), stored.time(1, row), stored.time(2, row));
    }
    Ok(())
}

/// The finished contacts.
#[derive(Default)]
pub struct ContactTable {
    /// Interned contact → key.
    pub keys: Vec<u64>,
    /// Second, different rows for a contact: the one updated or created last was kept.
    pub faults: Vec<(u32, Fault)>,
    /// Contacts without a row of their own, known from events, orders or assignments.
    pub implied: u64,
    attributes: Vec<String>,
    /// By interned contact, as all below.
    ids: Vec<String>,
    created_at: Vec<Option<i64>>,
    first_seen_at: Vec<Option<i64>>,
    first_event_at: Vec<Option<i64>>,
    updated_at: Vec<Option<i64>>,
    is_described: Vec<bool>,
    words: Vec<WordColumn>,
}

impl ContactTable {
    fn new(
        attributes: Vec<String>,
        rows: Vec<ContactRow>,
        ids: &ContactIds,
        faults: Vec<(u32, Fault)>,
    ) -> Result<Self> {
        let count = ids.ids().len();
        let keys = keys(ids)?;
        let mut by_code: Vec<Option<&ContactRow>> = vec![None; count];
        for row in &rows {
            by_code[row.contact as usize] = Some(row);
        }
        let mut words: Vec<WordColumn> =
            (0..WORDS.len() + attributes.len()).map(|_| WordColumn::default()).collect();
        for (code, row) in by_code.iter().enumerate() {
            for (place, column) in words.iter_mut().enumerate() {
                let id = ids.ids().text(code as u32);
                column.push(row.map_or_else(|| implied_word(id, place), |r| word_at(r, place)));
            }
        }
        Ok(ContactTable {
            implied: (count - rows.len()) as u64,
            created_at: by_code.iter().map(|r| r.and_then(|r| r.created_at)).collect(),
            updated_at: by_code.iter().map(|r| r.and_then(|r| r.updated_at)).collect(),
            first_seen_at: vec![None; count],
            first_event_at: vec![None; count],
            is_described: by_code.iter().map(Option::is_some).collect(),
            ids: (0..count as u32).map(|code| ids.ids().text(code).to_owned()).collect(),
            keys,
            faults,
            attributes,
            words,
        })
    }

    pub fn attributes(&self) -> &[String] {
        &self.attributes
    }

    /// Notes that the interned contact appears in another table at `ts`.
    pub fn saw(&mut self, contact: u32, ts: i64) {
        earliest(&mut self.first_seen_at[contact as usize], ts);
    }

    /// Notes that the interned contact has an event at `ts`.
    pub fn saw_event(&mut self, contact: u32, ts: i64) {
        self.saw(contact, ts);
        earliest(&mut self.first_event_at[contact as usize], ts);
    }

    /// The table in key order.
    pub fn batches(&mut self) -> impl Iterator<Item = Result<RecordBatch>> {
        let schema = schema::contacts(&self.attributes);
        let texts: Vec<Arc<StringArray>> =
            self.words.iter_mut().map(|w| Arc::new(StringArray::from(w.settle()))).collect();
        let mut order: Vec<u32> = (0..self.ids.len() as u32).collect();
        order.sort_unstable_by_key(|&code| self.keys[code as usize]);
        let table = &*self;
        columns::batches(order, move |chunk| {
            let id = |&code: &u32| &table.ids[code as usize];
            let described = chunk.iter().map(|&code| Some(table.is_described[code as usize]));
            let mut arrays: Vec<ArrayRef> = vec![
                columns::keys(&table.keys, chunk),
                Arc::new(StringArray::from_iter_values(chunk.iter().map(id))),
                columns::optional_times(&table.created_at, chunk),
                columns::optional_times(&table.first_seen_at, chunk),
                columns::optional_times(&table.first_event_at, chunk),
                columns::optional_times(&table.updated_at, chunk),
                Arc::new(described.collect::<BooleanArray>()),
            ];
            for (word, texts) in table.words.iter().zip(&texts) {
                arrays.push(columns::words(&word.codes, texts, chunk)?);
            }
            Ok(RecordBatch::try_new(Arc::clone(&schema), arrays)?)
        })
    }
}

fn earliest(known: &mut Option<i64>, ts: i64) {
    *known = Some(known.map_or(ts, |known| known.min(ts)));
}

fn keys(ids: &ContactIds) -> Result<Vec<u64>> {
    let text = |code: u32| ids.ids().text(code);
    let keys: Vec<u64> =
        (0..ids.ids().len() as u32).map(|code| contact_key(text(code)).0).collect();
    let mut sorted: Vec<u32> = (0..keys.len() as u32).collect();
    sorted.sort_unstable_by_key(|&code| keys[code as usize]);
    for pair in sorted.windows(2) {
        if keys[pair[0] as usize] == keys[pair[1] as usize] {
            return Err(shared(text(pair[0]), text(pair[1])));
        }
    }
    Ok(keys)
}

/// What is known of a contact without a row: its address, where the id stands for one.
fn implied_word(id: &str, place: usize) -> Option<&str> {
    (place == MAPPED && super::super::words::is_address_code(id)).then_some(id)
}

fn word_at(row: &ContactRow, place: usize) -> Option<&str> {
    match place.checked_sub(WORDS.len()) {
        None => row.words[place].as_deref(),
        Some(attribute) => row.attributes.get(attribute)?.as_deref(),
    }
}
