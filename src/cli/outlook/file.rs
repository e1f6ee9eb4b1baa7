//! An order file as an order book.

use std::time::{Duration, Instant};

use crate::error::{Error, Result};
use crate::features::LocalClock;
use crate::ingest::flat::{FlatOrders, read_orders};
use crate::predict::orders::{OrderBook, OrderRow};
use crate::workspace::{AsOf, SourceSettings};

use super::super::args::Global;
use super::super::printer::Printer;
use super::super::{order_file, source};
use super::outlook_args::OrderFileArgs;

/// What was read.
pub struct OrderFile {
    pub orders: FlatOrders,
    pub book: OrderBook,
    /// Last day that counts, in days since 1970.
    pub until: i32,
    pub currency: String,
    /// Time that sorting orders into contacts took.
    pub sorting: Duration,
}

impl OrderFile {
    pub fn read(args: &OrderFileArgs, global: &Global, printer: &Printer) -> Result<Self> {
        let (shop, zone) = order_file::shop(&args.dialect)?;
        let currency = args.dialect.currency.to_uppercase();
        let is_open = args.until.is_none() && global.as_of.is_none();
        let latest = is_open.then(source::latest_us);
        let progress = |what: &str, rows: u64| printer.progress(what, rows);
        let orders = read_orders(&mapping(args), &shop, latest, &progress)?;
        let clock = LocalClock::new(&shop.timezone)?;
        let day = |us: i64| clock.second(us).div_euclid(86_400) as i32;
        let until = match (args.until, &global.as_of, orders.counts.last_us) {
            (Some(date), _, _) => day_number(date),
            (None, Some(text), _) => day(AsOf::parse(text, zone)?.micros() - 1),
            (None, None, Some(last)) => day(last),
            (None, None, None) => return Err(Error::data("no row has a time")),
        };
        let (ids, rows) = orders.linked();
        let rows: Vec<OrderRow> = rows
            .map(|row| OrderRow {
                contact: row.contact,
                order: u64::from(row.order),
                day: day(row.ts_us),
                amount_minor: row.amount_minor,
                is_completed: row.is_completed,
            })
            .collect();
        let started = Instant::now();
        let book = OrderBook::new(ids, &rows);
        Ok(OrderFile { orders, book, until, currency, sorting: started.elapsed() })
    }
}

/// Days since 1970.
fn day_number(date: jiff::civil::Date) -> i32 {
    let start = jiff::civil::date(1970, 1, 1);
    date.since(start).map_or(0, |span| span.get_days())
}

fn mapping(args: &OrderFileArgs) -> SourceSettings {
    let columns = [
        ("contact", Some(&args.contact)),
        ("order", args.order.as_ref()),
        ("time", Some(&args.time)),
        ("amount", Some(&args.amount)),
    ];
    order_file::mapping(&args.file, &args.dialect, &columns)
}
