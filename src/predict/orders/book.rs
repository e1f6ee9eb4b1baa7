//! Every order and refund, by contact and in order of time.

use rayon::prelude::*;

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
        let mut next = starts.clone();
        let blank = OrderRow { contact: 0, order: 0, day: 0, amount_minor: 0, is_completed: false };
        let mut sorted = vec![blank; starts[ids.len()]];
        for row in rows.iter().filter(counts) {
            sorted[next[row.contact as usize]] = *row;
            next[row.contact as usize] += 1;
        }
        let mut parts: Vec<&mut [OrderRow]> = Vec::with_capacity(ids.len());
        let mut rest = &mut sorted[..];
        for pair in starts.windows(2) {
            let (part, after) = rest.split_at_mut(pair[1] - pair[0]);
            parts.push(part);
            rest = after;
        }
        let entries = parts.into_par_iter().with_min_len(1024).flat_map_iter(entries_of).collect();
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

/// The entries of one contact, in order of time.
fn entries_of(rows: &mut [OrderRow]) -> Vec<Entry> {
    let refunds = rows.iter().filter(|row| row.amount_minor < 0).count();
    let mut sales: Vec<(u64, i32)> = Vec::new();
    if refunds > 0 {
        sales = rows.iter().filter(|r| r.amount_minor >= 0).map(|r| (r.order, r.day)).collect();
        sales.sort_unstable();
    }
    let entry = |row: &OrderRow| {
        let counts_on = match row.amount_minor < 0 {
            false => row.day,
            true => {
                let at = sales.partition_point(|sale| sale.0 < row.order);
                let sale = sales.get(at).filter(|sale| sale.0 == row.order && sale.1 <= row.day);
                sale.map_or(UNNAMED, |sale| sale.1)
            }
        };
        Entry { day: row.day, counts_on, amount_minor: row.amount_minor }
    };
    let mut entries: Vec<Entry> = rows.iter().map(entry).collect();
    entries.sort_unstable();
    entries
}
