//! One file of orders as it is typed: columns, dialect, and what to make of its bad rows.

use std::path::Path;

use jiff::tz::TimeZone;

use crate::error::{Error, Result};
use crate::ingest::flat::FlatOrders;
use crate::workspace::{ShopSettings, SourceSettings};

use super::args::Dialect;
use super::printer::Printer;
use super::{Verdict, check};

/// The shop that the dialect describes, and its zone.
pub fn shop(dialect: &Dialect) -> Result<(ShopSettings, TimeZone)> {
    let timezone = dialect.timezone.clone();
    let zone = TimeZone::get(&timezone).map_err(|_| {
        Error::settings("unknown time zone")
            .with_value(&*timezone)
            .hint("use a name such as Europe/London")
    })?;
    let currency = Some(dialect.currency.to_uppercase());
    Ok((ShopSettings { name: String::new(), currency, timezone }, zone))
}

/// A source of the one file, with those of the canonical `columns` that were named.
pub fn mapping(
    file: &Path,
    dialect: &Dialect,
    columns: &[(&str, Option<&String>)],
) -> SourceSettings {
    let named =
        |(name, column): &(&str, Option<&String>)| Some(((*name).to_owned(), (*column)?.clone()));
    SourceSettings {
        table: "orders".to_owned(),
        files: vec![file.display().to_string()],
        columns: columns.iter().filter_map(named).collect(),
        constants: Default::default(),
        words: Default::default(),
        time_format: dialect.time_format.clone(),
        timezone: Some(dialect.timezone.clone()),
        decimal: dialect.decimal,
        attributes: Vec::new(),
    }
}

/// Shows examples of rejected rows; too many of them are a no.
pub fn judge(orders: &FlatOrders, most: f64, printer: &Printer) -> Verdict {
    if !orders.quarantine.is_empty() {
        check::examples(&orders.quarantine, printer);
    }
    let share = orders.counts.bad_share();
    if share <= most {
        return Verdict::Fine;
    }
    printer.warn(&format!(
        "{:.1} % of the rows are rejected, {:.1} % are allowed (--max-bad-share)",
        100.0 * share,
        100.0 * most
    ));
    Verdict::No
}
