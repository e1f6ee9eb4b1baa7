//! One range of contacts in its final order: repeats dropped, corrections applied, machines marked.

use std::cmp::Ordering;

use super::super::machine::{self, MachineRules, MailRow, Verdict};
use super::super::words::NONE;
use super::chunk::{CONTEXT, Chunk, HUMAN, MACHINE, Row};

/// The rows of a range that are kept, by the slice that they belong to.
pub struct Settled {
    pub slices: Vec<SliceRows>,
    /// Rows that repeat another or were corrected by it.
    pub dropped: u64,
}

/// Rows of one slice in stored order, with what is known of machines.
#[derive(Default)]
pub struct SliceRows {
    pub rows: Chunk,
    /// One for each row.
    pub verdicts: Vec<Option<Verdict>>,
}

/// How rows are judged and where they belong.
pub struct Settling<'a> {
    pub rules: &'a MachineRules,
    /// Whether a client, by its rank, loads pictures before a person looks.
    pub prefetchers: &'a [bool],
    /// The first moments of the slices, ascending.
    pub starts: &'a [i64],
}

impl Settling<'_> {
    /// Sorts and judges a range.
    ///
    /// An event with an id is that id's; without one it is its contact, time, kind and words. Of several
    /// rows for one event the one updated last is kept, then the one that says most: which it is does
    /// not depend on the order in which they came.
    pub fn settle(&self, rows: &[Row]) -> Settled {
        let mut slices: Vec<SliceRows> = Vec::new();
        slices.resize_with(self.starts.len(), SliceRows::default);
        let mut contact = ContactRows::default();
        let mut kept = 0;
        for places in sorted(rows).chunk_by(|a, b| a.0 == b.0) {
            contact.gather(rows, places);
            contact.keep();
            contact.mark(self);
            for (row, verdict) in contact.kept.iter().zip(&contact.verdicts) {
                kept += 1;
                if row.flag & CONTEXT != 0 {
                    continue;
                }
                let after = self.starts.partition_point(|start| *start <= row.ts);
                if let Some(slice) = slices.get_mut(after.saturating_sub(1)) {
                    slice.rows.push(row);
                    slice.verdicts.push(*verdict);
                }
            }
        }
        Settled { slices, dropped: (rows.len() - kept) as u64 }
    }
}

/// Contact, time and place of every row, in this order.
fn sorted(rows: &[Row]) -> Vec<(u64, i64, u32)> {
    use rayon::slice::ParallelSliceMut;
    let mut places: Vec<(u64, i64, u32)> =
        rows.iter().enumerate().map(|(place, row)| (row.key, row.ts, place as u32)).collect();
    places.par_sort_unstable();
    places
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

/// One contact at a time, in buffers that are used again.
#[derive(Default)]
struct ContactRows {
    rows: Vec<Row>,
    kept: Vec<Row>,
    verdicts: Vec<Option<Verdict>>,
    by_id: Vec<(u64, usize)>,
    corrected: Vec<usize>,
    mail: Vec<MailRow>,
}

impl ContactRows {
    /// Takes a contact's rows, in order of time and of everything else.
    fn gather(&mut self, rows: &[Row], places: &[(u64, i64, u32)]) {
        self.rows.clear();
        self.rows.extend(places.iter().map(|place| rows[place.2 as usize]));
        for alike in self.rows.chunk_by_mut(|a, b| a.ts == b.ts) {
            if alike.len() > 1 {
                alike.sort_unstable_by(|a, b| identity(a, b).then_with(|| attributes(a, b)));
            }
        }
    }

    /// Picks the rows that stay.
    fn keep(&mut self) {
        self.kept.clear();
        self.corrected.clear();
        self.by_id.clear();
        let with_id = self.rows.iter().enumerate().filter(|(_, row)| row.hash != 0);
        self.by_id.extend(with_id.map(|(place, row)| (row.hash, place)));
        if self.by_id.len() > 1 {
            self.find_corrected();
        }
        for (place, row) in self.rows.iter().enumerate() {
            let repeats = self
                .rows
                .get(place + 1)
                .is_some_and(|next| row.ts == next.ts && identity(row, next) == Ordering::Equal);
            if !repeats && self.corrected.binary_search(&place).is_err() {
                self.kept.push(*row);
            }
        }
    }

    /// Rows with the id of another one that is kept in their place.
    fn find_corrected(&mut self) {
        let rows = &self.rows;
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
        self.corrected.sort_unstable();
    }

    /// Judges the rows that stay.
    fn mark(&mut self, settling: &Settling<'_>) {
        let reacts = |row: &Row| [machine::OPENED, machine::CLICKED].contains(&row.kind);
        if !self.kept.iter().any(reacts) {
            self.verdicts.clear();
            self.verdicts.resize(self.kept.len(), None);
            return;
        }
        self.mail.clear();
        self.mail.extend(self.kept.iter().map(|row| MailRow {
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
        let is_prefetcher = |client: u32| settling.prefetchers.get(client as usize) == Some(&true);
        machine::mark(&self.mail, settling.rules, &is_prefetcher, &mut self.verdicts);
    }
}

// The rules take an empty cell for what it is.
const _: () = assert!(NONE == machine::NONE);
