//! The cutoffs of the backtest: what was known on days a horizon apart.

use crate::error::Result;

use super::super::churn::{Cutoff, RawColumn, model_column, order_columns};
use super::super::orders::{OrderBook, PurchaseDays};
use super::super::purchase::{History, PurchaseModel};

/// Further columns for the contacts called `ids`, as known at the end of a day (days since 1970).
pub type MoreColumns<'a> = dyn Fn(i32, &[&str]) -> Result<Vec<RawColumn>> + 'a;

/// History that a purchase model needs before it can say anything.
pub(super) const LEAST_DAYS: i32 = 60;

/// The days on which a horizon begins whose end is known, newest first: `most` at most, each with enough
/// history since `first` before it. Days since 1970.
pub fn closed_days(first: i32, until: i32, horizon: u32, most: usize) -> Vec<i32> {
    let day = |i: usize| until - (i as i32 + 1) * horizon as i32;
    (0..most).map(day).take_while(|day| day - first >= LEAST_DAYS).collect()
}

/// The buyers at the end of a day, with all that a churn model reads.
pub(super) struct Known {
    pub cutoff: Cutoff,
    /// Positions of the contacts in the order book.
    pub buyers: Vec<usize>,
    pub histories: Vec<History>,
}

/// Gathers what was known at the end of `days`; `after` is what was known a horizon later.
pub(super) fn known(
    book: &OrderBook,
    days: &PurchaseDays,
    after: Option<&PurchaseDays>,
    purchases: &PurchaseModel,
    (horizon, unit): (u32, f64),
    more: &MoreColumns<'_>,
) -> Result<Known> {
    let buyers = days.buyers();
    let histories: Vec<History> = buyers.iter().filter_map(|c| days.history(*c, unit)).collect();
    let t = f64::from(horizon) / unit;
    let mut columns = order_columns(days, &buyers);
    columns.push(model_column(purchases, &histories, t));
    let ids: Vec<&str> = buyers.iter().map(|contact| book.ids()[*contact].as_str()).collect();
    columns.extend(more(days.until(), &ids)?);
    let rate = |h: &History| (-f64::from(h.repeats) / h.age.max(1.0 / unit) * t).exp();
    let lost = |after: &PurchaseDays| {
        buyers.iter().map(|contact| after.bought_after(*contact, days.until()) == 0).collect()
    };
    let cutoff = Cutoff {
        until: days.until(),
        columns,
        model_risk: Some(histories.iter().map(|h| purchases.p_no_order(h, t)).collect()),
        rate_risk: Some(histories.iter().map(rate).collect()),
        lost: after.map(lost).unwrap_or_default(),
    };
    Ok(Known { cutoff, buyers, histories })
}
