//! Purchases as known at the ends of days a horizon apart.

use super::super::orders::{OrderBook, PurchaseDays};

/// What was known on the last day and on earlier ones, newest first. Of each day but the last the next newer
/// one says what came within the horizon after it.
pub(super) struct Snapshots(Vec<PurchaseDays>);

impl Snapshots {
    /// `now` is of the last day; `closed` are the days a horizon before it, two horizons, and so on.
    pub fn new(book: &OrderBook, now: PurchaseDays, closed: &[i32]) -> Self {
        let earlier = closed.iter().map(|day| book.until(*day));
        Snapshots(std::iter::once(now).chain(earlier).collect())
    }

    pub fn now(&self) -> &PurchaseDays {
        &self.0[0]
    }

    /// What was known on each closed day, and what a horizon later; newest first.
    pub fn closed(&self) -> impl Iterator<Item = (&PurchaseDays, &PurchaseDays)> {
        self.0.windows(2).map(|pair| (&pair[1], &pair[0]))
    }
}
