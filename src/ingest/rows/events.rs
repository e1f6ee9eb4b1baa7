//! Events: sorted by contact, then time, then everything else.

use std::cmp::Ordering;
use std::hash::Hasher;
use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, RecordBatch, StringArray};

use crate::error::Result;
use crate::lake::schema::{self, EVENT_KINDS};

use super::super::columns;
use super::super::mapping::Mapping;
use super::super::quarantine::Rule;
use super::super::source::RawBatch;
use super::super::words::{NONE, WordColumn};
use super::{Intake, Rows, each_row};

/// Columns of words, in the stored order.
const WORDS: [&str; 7] = ["campaign", "variant", "device", "client", "product", "category", "page"];

/// Words of the platforms for our kinds.
const SYNONYMS: &[(&str, &str)] = &[
    ("received_email", "delivered"),
    ("email_delivered", "delivered"),
    ("delivery", "delivered"),
    ("send", "sent"),
    ("email_sent", "sent"),
    ("processed", "sent"),
    ("open", "opened"),
    ("opened_email", "opened"),
    ("email_opened", "opened"),
    ("click", "clicked"),
    ("clicked_email", "clicked"),
    ("email_clicked", "clicked"),
    ("bounce", "bounced"),
    ("bounced_email", "bounced"),
    ("unsubscribe", "unsubscribed"),
    ("unsubscribed_from_email_marketing", "unsubscribed"),
    ("spam_report", "complained"),
    ("spamreport", "complained"),
    ("spam_complaint", "complained"),
    ("marked_email_as_spam", "complained"),
    ("complaint", "complained"),
    ("active_on_site", "page_viewed"),
    ("page_view", "page_viewed"),
    ("pageview", "page_viewed"),
    ("viewed_product", "product_viewed"),
    ("product_view", "product_viewed"),
    ("added_to_cart", "cart_added"),
    ("add_to_cart", "cart_added"),
    ("started_checkout", "checkout_started"),
    ("checkout", "checkout_started"),
];

/// Kinds that belong to a mailing.
const MAIL: [&str; 5] = ["bounced", "clicked", "delivered", "opened", "sent"];

/// A word that means "not for this table".
const SKIP: &str = "skip";

/// Rows of the sources of events, column by column.
#[derive(Debug, Default)]
pub struct EventRows {
    contact: Vec<u32>,
    ts: Vec<i64>,
    kind: Vec<u8>,
    words: [WordColumn; 7],
    duration_ms: Vec<Option<i64>>,
    value_minor: Vec<Option<i64>>,
    machine: Vec<Option<bool>>,
    /// Hash of the event's own id; 0 if it has none.
    id_hash: Vec<u64>,
}

impl EventRows {
    pub fn push(&mut self, mapping: &Mapping, batch: &RawBatch, intake: &mut Intake<'_>) {
        let id = mapping.cells(batch, "event_id");
        let contact = mapping.cells(batch, "contact");
        let time = mapping.cells(batch, "time");
        let kind = mapping.cells(batch, "kind");
        let seconds = mapping.cells(batch, "seconds");
        let value = mapping.cells(batch, "value");
        let machine = mapping.cells(batch, "machine");
        let words = WORDS.map(|name| mapping.cells(batch, name));
        let rows = Rows { mapping, batch };
        each_row(batch, intake, |row, intake| {
            let Some(contact) = contact.text(row) else {
                intake.counts.set_aside_no_contact += 1;
                return Ok(());
            };
            let word = rows.need(row, "kind", &kind)?;
            let Some(code) =
                kind_code(mapping, &word).map_err(|rule| rows.fault(row, "kind", &kind, rule))?
            else {
                intake.counts.skipped += 1;
                return Ok(());
            };
            let ts = rows.need_time(row, "time", &time)?;
            let seconds =
                seconds.number(row).map_err(|rule| rows.fault(row, "seconds", &seconds, rule))?;
            let value = rows.money(row, "value", &value, None)?;
            let machine =
                machine.flag(row).map_err(|rule| rows.fault(row, "machine", &machine, rule))?;
            self.contact.push(intake.contacts.code(&contact));
            self.ts.push(ts);
            self.kind.push(code);
            self.duration_ms.push(seconds.map(|s| (s * 1e3).round() as i64));
            self.value_minor.push(value);
            self.machine.push(machine);
            self.id_hash.push(id.text(row).map_or(0, |id| hash(&id)));
            for (column, cell) in self.words.iter_mut().zip(&words) {
                column.push(cell.text(row).as_deref());
            }
            let is_mail = MAIL.contains(&EVENT_KINDS[usize::from(code)]);
            if is_mail && self.words[0].codes.last() == Some(&NONE) {
                intake.counts.mail_without_campaign += 1;
            }
            intake.counts.accepted += 1;
            intake.counts.span(ts);
            Ok(())
        });
    }

    /// Keys, sorts and drops repeated events; returns the stored order and how many were dropped.
    pub fn settle(&mut self, keys: &[u32]) -> (Vec<u32>, u64) {
        self.contact.iter_mut().for_each(|c| *c = keys[*c as usize]);
        let mut order = columns::sorted_order(self.ts.len(), |a, b| self.compare(a, b));
        let before = order.len();
        order.dedup_by(|later, kept| self.repeats(*later as usize, *kept as usize));
        let dropped = (before - order.len()) as u64;
        (order, dropped)
    }

    /// The stored order. Word codes must have been settled, so that they sort as their texts.
    fn compare(&self, a: usize, b: usize) -> Ordering {
        (self.contact[a], self.ts[a], self.kind[a])
            .cmp(&(self.contact[b], self.ts[b], self.kind[b]))
            .then_with(|| self.id_hash[a].cmp(&self.id_hash[b]))
            .then_with(|| {
                let words = self.words.iter().map(|w| w.codes[a].cmp(&w.codes[b]));
                words.fold(Ordering::Equal, Ordering::then)
            })
            .then_with(|| self.tail(a).cmp(&self.tail(b)))
    }

    fn tail(&self, row: usize) -> (Option<i64>, Option<i64>, Option<bool>) {
        (self.duration_ms[row], self.value_minor[row], self.machine[row])
    }

    fn repeats(&self, a: usize, b: usize) -> bool {
        self.id_hash[a] != 0 && self.compare(a, b) == Ordering::Equal
    }

    /// Contact (dense key once settled) and time of every row.
    pub fn seen(&self) -> impl Iterator<Item = (u32, i64)> {
        self.contact.iter().copied().zip(self.ts.iter().copied())
    }

    /// Puts word codes in the order of their texts. Call before [`EventRows::settle`].
    pub fn settle_words(&mut self) -> Vec<Arc<StringArray>> {
        self.words.iter_mut().map(|w| Arc::new(StringArray::from(w.settle()))).collect()
    }

    /// The table in stored order.
    pub fn batches(
        self,
        order: Vec<u32>,
        texts: Vec<Arc<StringArray>>,
    ) -> impl Iterator<Item = Result<RecordBatch>> {
        let kinds = Arc::new(StringArray::from(EVENT_KINDS.to_vec()));
        let kind: Vec<u32> = self.kind.iter().map(|&k| u32::from(k)).collect();
        let schema = schema::events();
        columns::batches(order, move |chunk| {
            let mut arrays: Vec<ArrayRef> = vec![
                columns::keys(&self.contact, chunk),
                columns::times(&self.ts, chunk),
                columns::words(&kind, &kinds, chunk)?,
            ];
            for (word, texts) in self.words.iter().zip(&texts) {
                arrays.push(columns::words(&word.codes, texts, chunk)?);
            }
            arrays.push(columns::optional_integers(&self.duration_ms, chunk));
            arrays.push(columns::optional_integers(&self.value_minor, chunk));
            let machine: BooleanArray = chunk.iter().map(|&i| self.machine[i as usize]).collect();
            arrays.push(Arc::new(machine));
            Ok(RecordBatch::try_new(Arc::clone(&schema), arrays)?)
        })
    }
}

/// The code of a kind; `None` for a word that is mapped to `skip`.
fn kind_code(mapping: &Mapping, word: &str) -> Result<Option<u8>, Rule> {
    if let Ok(code) = EVENT_KINDS.binary_search(&word) {
        return Ok(Some(code as u8));
    }
    let (_, word) = mapping.word(word);
    if word == SKIP {
        return Ok(None);
    }
    let known = SYNONYMS.iter().find(|s| s.0 == word).map_or(&*word, |s| s.1);
    EVENT_KINDS.binary_search(&known).map(|code| Some(code as u8)).map_err(|_| Rule::UnknownWord)
}

fn hash(text: &str) -> u64 {
    let mut hasher = rustc_hash::FxHasher::default();
    hasher.write(text.as_bytes());
    hasher.finish().max(1)
}

/// True if `word` means an event kind without any mapping.
pub fn is_known_kind(word: &str) -> bool {
    let word = super::super::mapping::normal(word);
    EVENT_KINDS.contains(&word.as_str()) || SYNONYMS.iter().any(|s| s.0 == word)
}
