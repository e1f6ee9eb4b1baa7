//! One range of contacts in its final order: repeats dropped, corrections applied, machines marked.

use std::cmp::Ordering;

use super::super::machine::{self, MachineRules, MailRow, Verdict};
use super::super::words::NONE;
use super::chunk::{CONTEXT, Chunk, HUMAN, MACHINE};

/// The rows of a range that are kept, in stored order, with what is known of machines.
pub struct Settled {
    /// Positions in the chunk.
    pub order: Vec<u32>,
    /// One for each of `order`.
    pub verdicts: Vec<Option<Verdict>>,
    /// Rows that repeat another or were corrected by it.
    pub dropped: u64,
}

/// Keys, sorts and judges a range.
///
/// An event with an id is that id's; without one it is its contact, time, kind and words. Of several
/// rows for one event the one updated last is kept, then the one that says most: which it is does not
/// depend on the order in which they came.
pub fn settle(
    rows: &Chunk,
    rules: &MachineRules,
    is_prefetcher: &(dyn Fn(u32) -> bool + Sync),
) -> Settled {
    let mut order = sorted(rows);
    let before = order.len();
    let mut kept = Vec::with_capacity(before);
    let mut verdicts = Vec::with_capacity(before);
    let mut contact = ContactRows::default();
    for group in order.chunk_by_mut(|a, b| rows.key[*a as usize] == rows.key[*b as usize]) {
        let start = kept.len();
        contact.keep(rows, group, &mut kept);
        contact.mark(rows, &kept[start..], rules, is_prefetcher, &mut verdicts);
    }
    let dropped = (before - kept.len()) as u64;
    Settled { order: kept, verdicts, dropped }
}

/// Positions by contact, time, and everything else.
fn sorted(rows: &Chunk) -> Vec<u32> {
    use rayon::slice::ParallelSliceMut;
    let mut packed: Vec<(u64, i64, u32)> =
        (0..rows.len()).map(|row| (rows.key[row], rows.ts[row], row as u32)).collect();
    packed.par_sort_unstable();
    let mut order: Vec<u32> = packed.iter().map(|packed| packed.2).collect();
    let mut start = 0;
    while start < packed.len() {
        let moment = (packed[start].0, packed[start].1);
        let alike = packed[start..].iter().take_while(|p| (p.0, p.1) == moment).count();
        if alike > 1 {
            order[start..start + alike].sort_unstable_by(|a, b| {
                let (a, b) = (*a as usize, *b as usize);
                identity(rows, a, b).then_with(|| attributes(rows, a, b))
            });
        }
        start += alike;
    }
    order
}

/// Compares what makes two rows of one contact and moment two events.
fn identity(rows: &Chunk, a: usize, b: usize) -> Ordering {
    let kind = rows.kind[a].cmp(&rows.kind[b]).then_with(|| rows.hash[a].cmp(&rows.hash[b]));
    rows.words.iter().fold(kind, |order, column| {
        // A missing word comes first.
        order.then_with(|| column[a].wrapping_add(1).cmp(&column[b].wrapping_add(1)))
    })
}

/// Compares what may differ between two exports of one event; the greater one is kept.
fn attributes(rows: &Chunk, a: usize, b: usize) -> Ordering {
    let said = |row: usize| {
        let flag = rows.flag[row] & !CONTEXT;
        (rows.updated_us[row], flag, rows.duration_ms[row], rows.value_minor[row])
    };
    said(a).cmp(&said(b))
}

/// Buffers for one contact at a time.
#[derive(Default)]
struct ContactRows {
    by_id: Vec<(u64, u32)>,
    corrected: Vec<u32>,
    mail: Vec<MailRow>,
    judged: Vec<Option<Verdict>>,
}

impl ContactRows {
    /// Appends the contact's rows that stay.
    fn keep(&mut self, rows: &Chunk, group: &[u32], kept: &mut Vec<u32>) {
        self.corrected.clear();
        self.by_id.clear();
        let with_id = group.iter().filter(|row| rows.hash[**row as usize] != 0);
        self.by_id.extend(with_id.map(|row| (rows.hash[*row as usize], *row)));
        if self.by_id.len() > 1 {
            self.find_corrected(rows);
        }
        for (place, &row) in group.iter().enumerate() {
            let repeats = group.get(place + 1).is_some_and(|&next| {
                let (row, next) = (row as usize, next as usize);
                rows.ts[row] == rows.ts[next] && identity(rows, row, next) == Ordering::Equal
            });
            if !repeats && !self.corrected.contains(&row) {
                kept.push(row);
            }
        }
    }

    /// Rows with the id of another one that is kept in their place.
    fn find_corrected(&mut self, rows: &Chunk) {
        let content = |a: usize, b: usize| {
            attributes(rows, a, b)
                .then_with(|| rows.ts[a].cmp(&rows.ts[b]))
                .then_with(|| identity(rows, a, b))
        };
        self.by_id.sort_unstable_by(|a, b| {
            a.0.cmp(&b.0).then_with(|| content(a.1 as usize, b.1 as usize))
        });
        for pair in self.by_id.windows(2) {
            if pair[0].0 == pair[1].0 {
                self.corrected.push(pair[0].1);
            }
        }
    }

    fn mark(
        &mut self,
        rows: &Chunk,
        kept: &[u32],
        rules: &MachineRules,
        is_prefetcher: &dyn Fn(u32) -> bool,
        verdicts: &mut Vec<Option<Verdict>>,
    ) {
        self.mail.clear();
        self.mail.extend(kept.iter().map(|&row| {
            let row = row as usize;
            MailRow {
                us: rows.ts[row],
                kind: rows.kind[row],
                campaign: rows.words[0][row],
                link: rows.words[6][row],
                client: rows.words[3][row],
                flag: match rows.flag[row] & !CONTEXT {
                    HUMAN => Some(false),
                    MACHINE => Some(true),
                    _ => None,
                },
            }
        }));
        let reacts = |row: &MailRow| [machine::OPENED, machine::CLICKED].contains(&row.kind);
        if !self.mail.iter().any(reacts) {
            verdicts.extend(self.mail.iter().map(|_| None));
            return;
        }
        self.judged.clear();
        machine::mark(&self.mail, rules, is_prefetcher, &mut self.judged);
        verdicts.append(&mut self.judged);
    }
}

// The rules take an empty cell for what it is.
const _: () = assert!(NONE == machine::NONE);
