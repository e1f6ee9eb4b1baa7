//! P(alive) by recency and frequency, and how value is spread over contacts: what the figures show.

use serde::Serialize;

use super::contact::ContactOutlook;

/// Contacts with like numbers of orders and days since the last.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct AliveCell {
    pub contacts: usize,
    /// Mean P(alive); `None` without contacts.
    pub p_alive: Option<f64>,
}

/// Mean P(alive) over a grid.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AliveGrid {
    /// Repeat purchases at which the rows begin, ascending from 0; a row ends where the next begins.
    pub repeats_from: Vec<u32>,
    /// Days since the last order at which the columns begin, ascending from 0.
    pub days_from: Vec<u32>,
    /// Row by row.
    pub cells: Vec<Vec<AliveCell>>,
}

const REPEATS_FROM: [u32; 7] = [0, 1, 2, 3, 5, 8, 13];
/// Columns of the grid.
const COLUMNS: u32 = 8;

impl AliveGrid {
    pub fn of(contacts: &[ContactOutlook]) -> Self {
        let longest = contacts.iter().map(|c| c.days_since_last_order).max().unwrap_or(0);
        let width = round_width(longest / COLUMNS + 1);
        let days_from: Vec<u32> =
            (0..COLUMNS).map(|i| i * width).take_while(|from| *from <= longest).collect();
        let place = |from: &[u32], value: u32| from.partition_point(|f| *f <= value) - 1;
        let mut sums = vec![vec![(0usize, 0.0f64); days_from.len()]; REPEATS_FROM.len()];
        for contact in contacts {
            let row = place(&REPEATS_FROM, contact.repeat_purchases);
            let cell = &mut sums[row][place(&days_from, contact.days_since_last_order)];
            *cell = (cell.0 + 1, cell.1 + contact.score.p_alive.point);
        }
        let cell = |(contacts, sum): (usize, f64)| AliveCell {
            contacts,
            p_alive: (contacts > 0).then(|| sum / contacts as f64),
        };
        let cells = sums.into_iter().map(|row| row.into_iter().map(cell).collect()).collect();
        AliveGrid { repeats_from: REPEATS_FROM.to_vec(), days_from, cells }
    }
}

/// The next round number of days.
fn round_width(days: u32) -> u32 {
    const ROUND: [u32; 12] = [1, 2, 5, 7, 14, 30, 45, 60, 90, 120, 180, 365];
    ROUND.into_iter().find(|round| *round >= days).unwrap_or(days)
}

/// Contacts whose lifetime value lies between two amounts.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ValueBin {
    /// Major units; the bin holds its lower edge.
    pub from: f64,
    /// `None` for the last.
    pub to: Option<f64>,
    pub contacts: usize,
    /// Share of the lifetime value of all contacts.
    pub share_of_value: f64,
}

/// Contacts by lifetime value, in bins that grow by round steps; empty without lifetime values.
pub(super) fn value_bins(contacts: &[ContactOutlook]) -> Vec<ValueBin> {
    let value = |c: &ContactOutlook| c.score.customer_lifetime_value.map(|v| v.point);
    let values: Vec<f64> = contacts.iter().filter_map(value).collect();
    let total: f64 = values.iter().sum();
    let highest = values.iter().copied().fold(0.0, f64::max);
    if highest <= 0.0 {
        return Vec::new();
    }
    let mut edges = vec![0.0];
    // 1, 2, 5, 10, …, beginning three decades below the highest.
    let mut decade = 10f64.powf((highest / 1000.0).log10().floor());
    while decade <= highest {
        edges.extend([decade, 2.0 * decade, 5.0 * decade].into_iter().filter(|e| *e <= highest));
        decade *= 10.0;
    }
    let bin = |(place, from): (usize, &f64)| {
        let to = edges.get(place + 1).copied();
        let inside = values.iter().filter(|v| **v >= *from && to.is_none_or(|to| **v < to));
        let (contacts, sum) = inside.fold((0, 0.0), |(n, sum), v| (n + 1, sum + v));
        ValueBin { from: *from, to, contacts, share_of_value: sum / total }
    };
    edges.iter().enumerate().map(bin).collect()
}
