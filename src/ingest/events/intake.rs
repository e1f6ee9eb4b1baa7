//! One thread's part of reading events: rows are checked, coded and set down.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::error::Result;
use crate::lake::schema::EVENT_KINDS;
use crate::lake::{KEY_RANGES, Month, contact_key, key_range};

use super::super::cell::Cells;
use super::super::machine::{CLICKED, OPENED};
use super::super::mapping::Mapping;
use super::super::quarantine::{Fault, Quarantine, Rule};
use super::super::report::SourceCounts;
use super::super::rows::{Rows, refuse};
use super::super::source::RawBatch;
use super::super::words::{Interner, NONE, is_address_code};
use super::WORDS;
use super::chunk::{Chunk, HUMAN, MACHINE, MISSING, Row, SILENT};
use super::kinds::{self, MAIL};
use super::known::KnownTexts;
use super::seen::SeenContacts;
use super::spill::Spill;

/// Rows of one range that are kept in memory before they are set down.
const CHUNK_ROWS: usize = 8_192;

const DAY_US: i64 = 86_400_000_000;

/// Thirty years: what is longer is in another unit.
const MOST_SECONDS: f64 = 1e9;

/// A day without rows.
const NO_ROWS: (i64, i64) = (i64::MAX, i64::MIN);

/// What one thread has read.
pub struct EventIntake {
    spill: Arc<Spill>,
    /// The thread's number.
    worker: usize,
    buffers: Vec<Buffer>,
    pub words: [Interner; WORDS.len()],
    known_words: [KnownTexts; WORDS.len()],
    known_kinds: KnownTexts,
    /// The contacts met, by range of keys.
    pub contacts: Vec<SeenContacts>,
    pub quarantine: Quarantine,
    /// Of the source that is being read; taken away when it ends.
    pub counts: SourceCounts,
    file: u32,
    /// For each day since 1970 that rows were read of, the first and the last of them.
    days: Vec<(i64, i64)>,
    /// Hashes of the ids of events.
    pub hashes: Vec<u64>,
}

impl EventIntake {
    pub fn new(spill: Arc<Spill>, worker: usize) -> Self {
        EventIntake {
            spill,
            worker,
            buffers: (0..KEY_RANGES).map(|_| Buffer::default()).collect(),
            words: Default::default(),
            known_words: Default::default(),
            known_kinds: KnownTexts::default(),
            contacts: (0..KEY_RANGES).map(|_| SeenContacts::default()).collect(),
            quarantine: Quarantine::default(),
            counts: SourceCounts::default(),
            file: 0,
            days: Vec::new(),
            hashes: Vec::new(),
        }
    }

    /// Begins a file, numbered as in the quarantine; its source may have words of its own for kinds.
    pub fn begin(&mut self, file: u32) {
        self.file = file;
        self.known_kinds = KnownTexts::default();
    }

    /// Takes the rows of a batch.
    ///
    /// # Errors
    /// Rows that cannot be set down; two ids that share a key. Bad rows are faults, not errors.
    pub fn push(&mut self, mapping: &Mapping, batch: &RawBatch) -> Result<()> {
        self.counts.rows += (batch.rows() + batch.faults.len()) as u64;
        for fault in &batch.faults {
            refuse(&mut self.quarantine, &mut self.counts, self.file, fault.clone());
        }
        let columns = Columns::of(mapping, batch);
        let rows = Rows { mapping, batch };
        let word_codes = self.word_codes(mapping, batch, &columns);
        let kind_codes = self.kind_codes(&rows, &columns);
        for row in 0..batch.rows() {
            match self.row(&rows, &columns, kind_codes[row], row) {
                Ok(None) => {}
                Ok(Some((id, mut event))) => {
                    for (word, codes) in event.words.iter_mut().zip(&word_codes) {
                        *word = codes[row];
                    }
                    self.accept(&id, &event)?;
                }
                Err(fault) => refuse(&mut self.quarantine, &mut self.counts, self.file, fault),
            }
        }
        Ok(())
    }

    /// A row's values but for its words; `None` for a row that is set aside or skipped.
    fn row<'c>(
        &mut self,
        rows: &Rows<'_>,
        columns: &'c Columns<'_>,
        kind: u32,
        row: usize,
    ) -> Result<Option<(std::borrow::Cow<'c, str>, Row)>, Fault> {
        let Some(contact) = columns.contact.text(row) else {
            self.counts.set_aside_no_contact += 1;
            return Ok(None);
        };
        let Some(kind) = Self::kind(rows, columns, kind, row)? else {
            self.counts.skipped += 1;
            return Ok(None);
        };
        let ts = rows.need_time(row, "time", &columns.time)?;
        let fault = |name, cell: &Cells<'_>, rule| rows.fault(row, name, cell, rule);
        let seconds = columns.seconds.number(row);
        let seconds = seconds.map_err(|rule| fault("seconds", &columns.seconds, rule))?;
        if seconds.is_some_and(|seconds| !(0.0..=MOST_SECONDS).contains(&seconds)) {
            return Err(fault("seconds", &columns.seconds, Rule::NotADuration));
        }
        let value = rows.money(row, "value", &columns.value, None)?;
        let machine = columns.machine.flag(row);
        let machine = machine.map_err(|rule| fault("machine", &columns.machine, rule))?;
        let updated = rows.time(row, "updated_at", &columns.updated)?;
        let event = Row {
            key: 0,
            ts,
            kind,
            flag: match machine {
                // Nothing else is a machine's or a person's; a verdict would have no place in the lake.
                _ if ![OPENED, CLICKED].contains(&kind) => SILENT,
                None => SILENT,
                Some(false) => HUMAN,
                Some(true) => MACHINE,
            },
            words: [NONE; WORDS.len()],
            duration_ms: seconds.map_or(MISSING, |s| (s * 1e3).round() as i64),
            value_minor: value.unwrap_or(MISSING),
            hash: columns.id.text(row).map_or(0, |id| hash(&id)),
            updated_us: updated.unwrap_or(MISSING),
        };
        Ok(Some((contact, event)))
    }

    fn accept(&mut self, id: &str, event: &Row) -> Result<()> {
        let (key, check) = contact_key(id);
        let event = Row { key, ..*event };
        self.counts.addresses_replaced += u64::from(is_address_code(id));
        let is_mail = MAIL.contains(&EVENT_KINDS[usize::from(event.kind)]);
        self.counts.mail_without_campaign += u64::from(is_mail && event.words[0] == NONE);
        self.counts.accepted += 1;
        self.counts.span(event.ts);
        self.note_day(event.ts);
        if event.hash != 0 {
            self.hashes.push(event.hash);
        }
        self.put(&event, check, id)
    }

    fn note_day(&mut self, us: i64) {
        let day = us.div_euclid(DAY_US).max(0) as usize;
        if day >= self.days.len() {
            self.days.resize(day + 1, NO_ROWS);
        }
        let span = &mut self.days[day];
        *span = (span.0.min(us), span.1.max(us));
    }

    /// Months that rows were read of, with the first and the last of them.
    pub fn months(&self) -> BTreeMap<Month, (i64, i64)> {
        let mut months = BTreeMap::new();
        for &(first, last) in self.days.iter().filter(|span| **span != NO_ROWS) {
            let span = months.entry(Month::of(first)).or_insert((first, last));
            *span = (span.0.min(first), span.1.max(last));
        }
        months
    }

    /// Takes a row of the lake, whose contact is known.
    pub fn keep(&mut self, event: &Row) -> Result<()> {
        self.put(event, 0, "")
    }

    /// Puts a row where its range is.
    fn put(&mut self, event: &Row, check: u64, id: &str) -> Result<()> {
        let range = key_range(event.key);
        let buffer = &mut self.buffers[range];
        buffer.chunk.push(event);
        buffer.checks.push(check);
        buffer.ids.push_str(id);
        buffer.ends.push(buffer.ids.len());
        if buffer.chunk.len() == CHUNK_ROWS {
            self.set_down(range)?;
        }
        Ok(())
    }

    fn set_down(&mut self, range: usize) -> Result<()> {
        let buffer = &mut self.buffers[range];
        buffer.meet(&mut self.contacts[range])?;
        self.spill.put(range, self.worker, &buffer.chunk)?;
        buffer.clear();
        Ok(())
    }

    /// Sets down what is still in memory.
    pub fn flush(&mut self) -> Result<()> {
        for range in 0..KEY_RANGES {
            if !self.buffers[range].chunk.is_empty() {
                self.set_down(range)?;
            }
        }
        Ok(())
    }

    /// The codes of all words of a batch, column by column.
    fn word_codes(
        &mut self,
        mapping: &Mapping,
        batch: &RawBatch,
        columns: &Columns<'_>,
    ) -> Vec<Vec<u32>> {
        let mut all = Vec::with_capacity(WORDS.len());
        for (place, cells) in columns.words.iter().enumerate() {
            let words = &mut self.words[place];
            let array = mapping.array(batch, WORDS[place]);
            let known = &mut self.known_words[place];
            all.push(known.codes(cells, array, batch.rows(), &mut |text| words.code(text)));
        }
        all
    }

    /// The kinds of a batch; [`NONE`] for a word that is not one, and for one that is skipped.
    fn kind_codes(&mut self, rows: &Rows<'_>, columns: &Columns<'_>) -> Vec<u32> {
        let array = rows.mapping.array(rows.batch, "kind");
        let count = rows.batch.rows();
        self.known_kinds.codes(&columns.kind, array, count, &mut |text| {
            kinds::kind_code(rows.mapping, text).ok().flatten().map_or(NONE, u32::from)
        })
    }

    /// The kind of a row; `None` for a word that the mapping skips.
    fn kind(
        rows: &Rows<'_>,
        columns: &Columns<'_>,
        known: u32,
        row: usize,
    ) -> Result<Option<u8>, Fault> {
        if known != NONE {
            return Ok(Some(known as u8));
        }
        let word = rows.need(row, "kind", &columns.kind)?;
        let fault = |rule| rows.fault(row, "kind", &columns.kind, rule);
        kinds::kind_code(rows.mapping, &word).map_err(fault)
    }
}

/// Rows of one range with the ids of their contacts, which are looked up when there are many: the
/// contacts of one range fit into the processor's cache, those of all do not.
#[derive(Default)]
struct Buffer {
    chunk: Chunk,
    checks: Vec<u64>,
    /// Ids end to end; empty for a row of the lake.
    ids: String,
    ends: Vec<usize>,
}

impl Buffer {
    fn meet(&self, contacts: &mut SeenContacts) -> Result<()> {
        let mut start = 0;
        for (row, &end) in self.ends.iter().enumerate() {
            if end > start {
                let key = (self.chunk.key[row], self.checks[row]);
                contacts.meet(key, &self.ids[start..end], self.chunk.ts[row])?;
            }
            start = end;
        }
        Ok(())
    }

    fn clear(&mut self) {
        self.chunk.clear();
        self.checks.clear();
        self.ids.clear();
        self.ends.clear();
    }
}

/// The columns of a batch.
struct Columns<'a> {
    id: Cells<'a>,
    contact: Cells<'a>,
    time: Cells<'a>,
    kind: Cells<'a>,
    seconds: Cells<'a>,
    value: Cells<'a>,
    machine: Cells<'a>,
    updated: Cells<'a>,
    words: [Cells<'a>; WORDS.len()],
}

impl<'a> Columns<'a> {
    fn of(mapping: &'a Mapping, batch: &'a RawBatch) -> Self {
        let cells = |name| mapping.cells(batch, name);
        Columns {
            id: cells("event_id"),
            contact: cells("contact"),
            time: cells("time"),
            kind: cells("kind"),
            seconds: cells("seconds"),
            value: cells("value"),
            machine: cells("machine"),
            updated: cells("updated_at"),
            words: WORDS.map(cells),
        }
    }
}

fn hash(id: &str) -> u64 {
    xxhash_rust::xxh3::xxh3_64(id.as_bytes()).max(1)
}
