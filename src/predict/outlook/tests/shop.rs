//! An invented shop.

use rand::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

use crate::error::Result;
use crate::predict::churn::RawColumn;
use crate::predict::orders::{OrderBook, OrderRow};
use crate::predict::outlook::{Outlook, OutlookInput, OutlookParams, outlook};

/// Last day that the fits of the tests know.
pub(super) const UNTIL: i32 = 20_500;
/// Last day with an order.
pub(super) const END: i32 = 20_620;

/// Buyers who order every 15 to 150 days on average and stay 200 days on average; some send things back.
pub(super) fn book(buyers: u32, seed: u64) -> OrderBook {
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
    let mut rows = Vec::new();
    for contact in 0..buyers {
        let mean: f64 = rng.gen_range(15.0..150.0);
        let mut left: f64 = -200.0 * rng.r#gen::<f64>().ln();
        let mut day = f64::from(rng.gen_range(20_000..END));
        while day < f64::from(END) && left > 0.0 {
            let (order, amount_minor) = (rows.len() as u64, rng.gen_range(300..9_000));
            let day_of = day as i32;
            rows.push(OrderRow { contact, order, day: day_of, amount_minor, is_completed: true });
            if rng.gen_bool(0.05) {
                let back = OrderRow {
                    day: day_of + 9,
                    amount_minor: -amount_minor / 3,
                    ..rows[rows.len() - 1]
                };
                rows.push(back);
            }
            let gap = -mean * rng.r#gen::<f64>().ln();
            (day, left) = (day + gap, left - gap);
        }
    }
    OrderBook::new((0..buyers).map(|c| format!("c{c:04}")).collect(), &rows)
}

/// A column that says little, and is missing for some.
pub(super) fn more(day: i32, ids: &[&str]) -> Result<Vec<RawColumn>> {
    let value = |id: &&str| {
        let number: i64 = id[1..].parse().unwrap();
        let value = ((number * 7919 + i64::from(day)) % 101) as f64 / 7.3;
        if value < 1.0 { f64::NAN } else { value }
    };
    Ok(vec![RawColumn::new("opens", "opens", ids.iter().map(value).collect())])
}

pub(super) fn fitted(book: &OrderBook, params: OutlookParams) -> Outlook {
    let params = params.check().unwrap();
    outlook(&OutlookInput {
        book,
        until: UNTIL,
        params: &params,
        minor_per_major: 100.0,
        more: &more,
        progress: &|_| {},
    })
    .unwrap()
}
