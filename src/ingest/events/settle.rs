//! One range of contacts in its final order: repeats dropped, corrections applied, machines marked.

use std::cmp::Ordering;

use super::super::machine::{self, MachineRules, MailRow, Verdict};
use super::super::words::NONE;
use super::chunk::{CONTEXT, Chunk, HUMAN, MACHINE, Row};

/// The rows of a range that are kept, in stored order, with what is known of machines.
pub struct Settled {
    pub rows: Vec<Row>,
    /// One for each row.
    pub verdicts: Vec<Option<Verdict>>,
    /// Rows that repeat another or were corrected by it.
    pub dropped: u64,
}

/// Keys, sorts and judges a range.
///
/// An event with an id is that id's; without one it is its contact, time, kind and words. Of several
/// rows for one event the one updated last is kept, then the one that says most: which it is does not
/// depend on the order in which they came.
pub fn settle(chunk: &Chunk, rules: &MachineRules, is_prefetcher: &dyn Fn(u32) -> bool) -> Settled {
    let rows = sorted(chunk);
    let mut kept = Vec::with_capacity(rows.len());
    let mut verdicts = Vec::with_capacity(rows.len());
    let mut contact = ContactRows::default();
    for group in rows.chunk_by(|a, b| a.key == b.key) {
        let start = kept.len();
        contact.keep(group, &mut kept);
        contact.mark(&kept[start..], rules, is_prefetcher, &mut verdicts);
    }
    let dropped = (rows.len() - kept.len()) as u64;
    Settled { rows: kept, verdicts, dropped }
}

/// The rows by contact, time, and everything else. They are moved once: what follows reads them one
/// after the other.
fn sorted(chunk: &Chunk) -> Vec<Row> {
    use rayon::slice::ParallelSliceMut;
    let mut places: Vec<(u64, i64, u32)> =
        (0..chunk.len()).map(|row| (chunk.key[row], chunk.ts[row], row as u32)).collect();
    places.par_sort_unstable();
    let mut rows: Vec<Row> = places.iter().map(|place| chunk.row(place.2 as usize)).collect();
    for alike in rows.chunk_by_mut(|a, b| (a.key, a.ts) == (b.key, b.ts)) {
        if alike.len() > 1 {
            alike.sort_unstable_by(|a, b| identity(a, b).then_with(|| attributes(a, b)));
        }
    }
    rows
}

/// Compares what makes two rows of one contact and moment two events.
fn identity(a: &Row, b: &Row) -> Ordering {
    // A missing word comes first.
    let words = |row: &Row| row.words.map(|word| word.wrapping_add(1));
    (a.kind, a.hash, words(a)).cmp(&(b.kind, b.hash, words(b)))
}

/// Compares what may differ between two exports of one event; the greater one is kept.
fn attributes(a: &Row, b: &Row) -> Ordering {
    let said = |row: &Row| (row.updated_us, row.flag & !CONTEXT, row.duration_ms, row.value_minor);
    said(a).cmp(&said(b))
}

/// Buffers for one contact at a time.
#[derive(Default)]
struct ContactRows {
    by_id: Vec<(u64, usize)>,
    corrected: Vec<usize>,
    mail: Vec<MailRow>,
    judged: Vec<Option<Verdict>>,
}

impl ContactRows {
    /// Appends the contact's rows that stay.
    fn keep(&mut self, rows: &[Row], kept: &mut Vec<Row>) {
        self.corrected.clear();
        self.by_id.clear();
        let with_id = rows.iter().enumerate().filter(|(_, row)| row.hash != 0);
        self.by_id.extend(with_id.map(|(place, row)| (row.hash, place)));
        if self.by_id.len() > 1 {
            self.find_corrected(rows);
        }
        for (place, row) in rows.iter().enumerate() {
            let repeats = rows
                .get(place + 1)
                .is_some_and(|next| row.ts == next.ts && identity(row, next) == Ordering::Equal);
            if !repeats && !self.corrected.contains(&place) {
                kept.push(*row);
            }
        }
    }

    /// Rows with the id of another one that is kept in their place.
    fn find_corrected(&mut self, rows: &[Row]) {
        let content = |a: usize, b: usize| {
            let (a, b) = (&rows[a], &rows[b]);
            attributes(a, b).then_with(|| a.ts.cmp(&b.ts)).then_with(|| identity(a, b))
        };
        // Of equal rows the last one stays, as among rows without an id.
        self.by_id.sort_unstable_by(|a, b| {
            a.0.cmp(&b.0).then_with(|| content(a.1, b.1)).then_with(|| a.1.cmp(&b.1))
        });
        for pair in self.by_id.windows(2) {
            if pair[0].0 == pair[1].0 {
                self.corrected.push(pair[0].1);
            }
        }
    }

    fn mark(
        &mut self,
        rows: &[Row],
        rules: &MachineRules,
        is_prefetcher: &dyn Fn(u32) -> bool,
        verdicts: &mut Vec<Option<Verdict>>,
    ) {
        let reacts = |row: &Row| [machine::OPENED, machine::CLICKED].contains(&row.kind);
        if !rows.iter().any(reacts) {
            verdicts.extend(rows.iter().map(|_| None));
            return;
        }
        self.mail.clear();
        self.mail.extend(rows.iter().map(|row| MailRow {
            us: row.ts,
            kind: row.kind,
            campaign: row.words[0],
            link: row.words[6],
            client: row.words[3],
            flag: match row.flag & !CONTEXT {
                HUMAN => Some(false),
                MACHINE => Some(true),
                _ => None,
            },
        }));
        machine::mark(&self.mail, rules, is_prefetcher, &mut self.judged);
        verdicts.append(&mut self.judged);
    }
}

// The rules take an empty cell for what it is.
const _: () = assert!(NONE == machine::NONE);
