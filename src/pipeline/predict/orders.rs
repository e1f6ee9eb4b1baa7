//! The lake's orders as an order book.

use std::collections::BTreeSet;

use arrow::array::AsArray;
use arrow::compute::cast;
use arrow::datatypes::{DataType, Int64Type, UInt64Type};
use rustc_hash::FxHashMap;
use xxhash_rust::xxh3::xxh3_64;

use crate::error::Result;
use crate::features::LocalClock;
use crate::lake::Session;
use crate::predict::orders::{OrderBook, OrderRow};
use crate::workspace::AsOf;

/// All orders and refunds that the session sees, by contact; days are those of the as-of's zone.
pub fn order_book(session: &Session, as_of: &AsOf) -> Result<OrderBook> {
    let (ids, places) = buyers(session)?;
    let clock = LocalClock::new(as_of.zone().iana_name().unwrap_or("UTC"))?;
    let mut rows = Vec::new();
    for batch in session.collect(
        "SELECT contact_key, order_id, CAST(ts AS BIGINT) AS us, amount_minor, \
         coalesce(CAST(status AS VARCHAR) = 'completed', false) AS completed FROM orders",
    )? {
        let keys = batch.column(0).as_primitive::<UInt64Type>().clone();
        let orders = cast(batch.column(1), &DataType::Utf8)?;
        let times = batch.column(2).as_primitive::<Int64Type>();
        let amounts = batch.column(3).as_primitive::<Int64Type>();
        let completed = batch.column(4).as_boolean();
        for row in 0..batch.num_rows() {
            let Some(&contact) = places.get(&keys.value(row)) else { continue };
            rows.push(OrderRow {
                contact,
                order: xxh3_64(orders.as_string::<i32>().value(row).as_bytes()),
                day: clock.second(times.value(row)).div_euclid(86_400) as i32,
                amount_minor: amounts.value(row),
                is_completed: completed.value(row),
            });
        }
    }
    Ok(OrderBook::new(ids, &rows))
}

/// Ids of those who had bought by the end of `day`, in days since 1970.
pub fn buyers_by(book: &OrderBook, day: i32) -> BTreeSet<String> {
    let days = book.until(day);
    days.buyers().into_iter().map(|contact| book.ids()[contact].clone()).collect()
}

/// Ids of contacts with orders, ascending, and their places by key.
fn buyers(session: &Session) -> Result<(Vec<String>, FxHashMap<u64, u32>)> {
    let (mut ids, mut places) = (Vec::new(), FxHashMap::default());
    for batch in session.collect(
        "SELECT c.contact_id, c.contact_key FROM contacts c WHERE c.contact_key IN \
         (SELECT DISTINCT contact_key FROM orders) ORDER BY c.contact_id",
    )? {
        let texts = cast(batch.column(0), &DataType::Utf8)?;
        let keys = batch.column(1).as_primitive::<UInt64Type>();
        for row in 0..batch.num_rows() {
            places.insert(keys.value(row), ids.len() as u32);
            ids.push(texts.as_string::<i32>().value(row).to_owned());
        }
    }
    Ok((ids, places))
}
