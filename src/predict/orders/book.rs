//! Every order and refund, by contact and in order of time.

use rayon::prelude::*;
use rustc_hash::FxHashMap;

/// A row of an order table. Rows of one order share `order`; a refund is a row of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrderRow {
    /// Position in the contacts' ids.
    pub contact: u32,
    /// Tells a refund which order it pays back.
    pub order: u64,
    /// Calendar days since 1970, in the shop's zone.
    pub day: i32,
    /// Below 0 for a refund.
    pub amount_minor: i64,
    /// Whether an order was completed. Of what was cancelled or is pending only refunds count.
    pub is_completed: bool,
}

/// Orders and refunds of all contacts.
#[derive(Debug, Clone, Default)]
pub struct OrderBook {
    /// Ascending.
    ids: Vec<String>,
    /// Contact c's entries are `entries[starts[c]..starts[c + 1]]`.
    starts: Vec<usize>,
    entries: Vec<Entry>,
}

/// What became known on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Entry {
    pub day: i32,
    /// The day that the money counts on: of a refund that names its order, the order's.
    pub counts_on: i32,
    pub amount_minor: i64,
}

/// A refund that names no order.
pub(super) const UNNAMED: i32 = i32::MIN;

impl OrderBook {
    /// Sorts rows into contacts; `ids` must ascend. What is neither a completed order nor a refund is
    /// left out. The order of rows does not matter.
    pub fn new(ids: Vec<String>, rows: &[OrderRow]) -> Self {
        let counts = |row: &&OrderRow| row.amount_minor < 0 || row.is_completed;
        let mut starts = vec![0usize; ids.len() + 1];
        rows.iter().filter(counts).for_each(|row| starts[row.contact as usize + 1] += 1);
        for contact in 0..ids.len() {
            starts[contact + 1] += starts[contact];
        }
        let named = refunds(rows);
        let mut next = starts.clone();
        let unset = Entry { day: 0, counts_on: 0, amount_minor: 0 };
        let mut entries = vec![unset; starts[ids.len()]];
        for row in rows.iter().filter(counts) {
            let place = &mut next[row.contact as usize];
            let counts_on = if row.amount_minor < 0 { named.day_of(row) } else { row.day };
            entries[*place] = Entry { day: row.day, counts_on, amount_minor: row.amount_minor };
            *place += 1;
        }
        sort_within(&mut entries, &starts);
        OrderBook { ids, starts, entries }
    }

    pub fn ids(&self) -> &[String] {
        &self.ids
    }

    pub(super) fn of_contact(&self, contact: usize) -> &[Entry] {
        &self.entries[self.starts[contact]..self.starts[contact + 1]]
    }

    /// First and last day with an order.
    pub fn span(&self) -> Option<(i32, i32)> {
        let sales = self.entries.iter().filter(|e| e.amount_minor >= 0).map(|e| e.day);
        Some((sales.clone().min()?, sales.max()?))
    }
}

/// Sorts the entries of every contact by time.
fn sort_within(entries: &mut [Entry], starts: &[usize]) {
    /// Contacts that a thread takes at a time.
    const TOGETHER: usize = 4096;
    let contacts = starts.len() - 1;
    let mut parts = Vec::with_capacity(contacts / TOGETHER + 1);
    let mut rest = entries;
    for first in (0..contacts).step_by(TOGETHER) {
        let last = (first + TOGETHER).min(contacts);
        let (part, after) = rest.split_at_mut(starts[last] - starts[first]);
        parts.push((part, &starts[first..=last]));
        rest = after;
    }
    parts.into_par_iter().for_each(|(part, starts)| {
        for pair in starts.windows(2) {
            part[pair[0] - starts[0]..pair[1] - starts[0]].sort_unstable();
        }
    });
}

/// The days of orders that were paid back, by contact and order.
struct Refunds(FxHashMap<(u32, u64), i32>);

/// The first day of every order that a refund names.
fn refunds(rows: &[OrderRow]) -> Refunds {
    let mut days: FxHashMap<(u32, u64), i32> = rows
        .iter()
        .filter(|row| row.amount_minor < 0)
        .map(|row| ((row.contact, row.order), i32::MAX))
        .collect();
    if !days.is_empty() {
        for row in rows.iter().filter(|row| row.amount_minor >= 0 && row.is_completed) {
            if let Some(day) = days.get_mut(&(row.contact, row.order)) {
                *day = row.day.min(*day);
            }
        }
    }
    Refunds(days)
}

impl Refunds {
    /// The day that a refund counts on: of the order that it names, if that came before.
    fn day_of(&self, refund: &OrderRow) -> i32 {
        match self.0.get(&(refund.contact, refund.order)) {
            Some(day) if *day <= refund.day => *day,
            _ => UNNAMED,
        }
    }
}
