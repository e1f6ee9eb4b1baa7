//! `rfm`: scores from one order file.

use jiff::tz::TimeZone;
use serde_json::json;

use crate::error::{Error, Result};
use crate::ingest::exponent;
use crate::ingest::flat::{ContactOrders, FlatOrders, read_orders};
use crate::reports::{Cell, Column, Table, number};
use crate::segments::proposal::{RfmSummary, summary};
use crate::segments::rfm::{Purchases, Scored, score};
use crate::workspace::{AsOf, ShopSettings, SourceSettings};

use super::args::{Format, Global, RfmArgs};
use super::printer::Printer;
use super::{Verdict, check, source};

pub fn run(args: &RfmArgs, global: &Global, printer: &Printer) -> Result<Verdict> {
    let shop = ShopSettings {
        name: String::new(),
        currency: Some(args.dialect.currency.to_uppercase()),
        timezone: args.dialect.timezone.clone(),
    };
    let zone = TimeZone::get(&shop.timezone).map_err(|_| {
        Error::settings("unknown time zone").with_value(&*shop.timezone).hint("use Europe/London")
    })?;
    let latest = if global.as_of.is_some() { None } else { Some(source::latest_us()) };
    let progress = |what: &str, rows: u64| printer.progress(what, rows);
    let orders = read_orders(&mapping(args), &shop, latest, &progress)?;
    let as_of = match (&global.as_of, orders.counts.last_us) {
        (Some(text), _) => AsOf::parse(text, zone)?,
        (None, Some(last)) => AsOf::after(last, zone)?,
        (None, None) => return Err(Error::data("no row has a time")),
    };
    let (contacts, later) = orders.by_contact(as_of.micros());
    let scored = score(contacts.into_iter().map(|c| purchases(c, &as_of)).collect())?;
    let result =
        RfmResult { orders, as_of, later, currency: args.dialect.currency.to_uppercase(), scored };
    result.show(printer)?;
    Ok(result.judge(args.max_bad_share, printer))
}

fn mapping(args: &RfmArgs) -> SourceSettings {
    let columns = [
        ("contact", Some(&args.contact)),
        ("order", args.order.as_ref()),
        ("time", Some(&args.time)),
        ("amount", args.amount.as_ref()),
        ("quantity", args.quantity.as_ref()),
        ("price", args.price.as_ref()),
    ];
    SourceSettings {
        table: "orders".to_owned(),
        files: vec![args.file.display().to_string()],
        columns: columns
            .into_iter()
            .filter_map(|(name, column)| Some((name.to_owned(), column?.clone())))
            .collect(),
        constants: Default::default(),
        words: Default::default(),
        time_format: args.dialect.time_format.clone(),
        timezone: Some(args.dialect.timezone.clone()),
        decimal: args.dialect.decimal,
        attributes: Vec::new(),
    }
}

/// Recency counts calendar days in the as-of's zone.
fn purchases(orders: ContactOrders, as_of: &AsOf) -> Purchases {
    Purchases {
        recency_days: orders.last_sale_us.map(|last| as_of.days_since(last)),
        contact_id: orders.contact_id,
        frequency: orders.sales,
        monetary_minor: orders.net_minor,
    }
}

struct RfmResult {
    orders: FlatOrders,
    as_of: AsOf,
    /// Orders at or after the as-of.
    later: u64,
    currency: String,
    scored: Vec<Scored>,
}

impl RfmResult {
    fn show(&self, printer: &Printer) -> Result<()> {
        match printer.format {
            Format::Json => printer.json(&self.json()),
            Format::Csv => {
                self.accounts().iter().for_each(|line| printer.say(line));
                printer.table(&self.contacts_table())
            }
            Format::Text => {
                for line in self.accounts() {
                    printer.line(&line)?;
                }
                printer.line("")?;
                printer.table(&self.segments_table(&summary(&self.scored)))
            }
        }
    }

    fn judge(&self, most: f64, printer: &Printer) -> Verdict {
        if !self.orders.quarantine.is_empty() {
            check::examples(&self.orders.quarantine, printer);
        }
        let share = self.orders.counts.bad_share();
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

    fn money(&self, minor: i64) -> String {
        self.money_cell(minor).shown()
    }

    /// Major units. The quotient is the nearest float, which prints the very digits of the amount.
    fn money_cell(&self, minor: i64) -> Cell {
        let decimals = exponent(&self.currency) as usize;
        Cell::Number { value: minor as f64 / 10f64.powi(decimals as i32), decimals }
    }

    /// Every row and every penny accounted for.
    fn accounts(&self) -> Vec<String> {
        let counts = &self.orders.counts;
        let n = number::count;
        let mut lines = vec![
            format!("As of {}", self.as_of),
            format!("Rows           {}", n(counts.rows)),
            format!("  accepted     {}, {}", n(counts.accepted), self.money(counts.accepted_minor)),
            format!(
                "  set aside    {} without a contact, {}",
                n(counts.set_aside_no_contact),
                self.money(counts.set_aside_minor)
            ),
            format!("  rejected     {}", n(counts.rejected)),
            format!("  repeated     {}", n(counts.repeated)),
            format!("Cancellations  {} rows, with or without a contact", n(counts.cancellations)),
            format!(
                "Money          {} accepted and set aside",
                self.money(counts.accepted_minor + counts.set_aside_minor)
            ),
            format!("Contacts       {}", n(self.scored.len() as u64)),
        ];
        if self.later > 0 {
            lines.push(format!("Not used       {} orders at or after the as-of", n(self.later)));
        }
        lines
    }

    fn json(&self) -> serde_json::Value {
        let contacts: Vec<_> = self
            .scored
            .iter()
            .map(|s| {
                json!({
                    "contact_id": s.purchases.contact_id,
                    "recency_days": s.purchases.recency_days,
                    "frequency": s.purchases.frequency,
                    "monetary_minor": s.purchases.monetary_minor,
                    "scores": s.scores,
                    "segment": s.segment,
                })
            })
            .collect();
        json!({
            "as_of": self.as_of,
            "currency": self.currency,
            "rows": self.orders.counts,
            "orders_after_as_of": self.later,
            "summary": summary(&self.scored),
            "contacts": contacts,
        })
    }

    fn contacts_table(&self) -> Table {
        let score = |value: Option<u8>| match value {
            Some(value) => Cell::Count(u64::from(value)),
            None => Cell::missing("no order"),
        };
        let row = |s: &Scored| {
            let p = &s.purchases;
            let recency = p.recency_days.map(|d| Cell::Number { value: d as f64, decimals: 0 });
            let minor = p.monetary_minor;
            vec![
                Cell::Id(p.contact_id.clone()),
                recency.unwrap_or_else(|| Cell::missing("no order")),
                Cell::Count(p.frequency),
                Cell::Id(number::plain_money(minor, exponent(&self.currency) as u8)),
                score(s.scores.map(|s| s.recency)),
                score(s.scores.map(|s| s.frequency)),
                score(s.scores.map(|s| s.monetary)),
                Cell::text(s.segment),
            ]
        };
        Table {
            name: "rfm".to_owned(),
            caption: String::new(),
            columns: [
                "contact_id", "recency_days", "frequency", "monetary", "recency_score",
                "frequency_score", "monetary_score", "segment",
            ]
            .map(Column::text)
            .to_vec(),
            rows: self.scored.iter().map(row).collect(),
        }
    }

    fn segments_table(&self, summary: &RfmSummary) -> Table {
        let all = self.scored.len().max(1) as f64;
        let row = |s: &crate::segments::proposal::RfmSegment| {
            vec![
                Cell::text(s.name),
                Cell::Count(s.contacts as u64),
                Cell::Percent { value: s.contacts as f64 / all, decimals: 1 },
                self.money_cell(s.revenue_minor),
            ]
        };
        Table {
            name: "segments".to_owned(),
            caption: "Segments by recency and frequency".to_owned(),
            columns: vec![
                Column::text("Segment"),
                Column::number("Contacts"),
                Column::number("Share"),
                Column::number("Money spent"),
            ],
            rows: summary.segments.iter().map(row).collect(),
        }
    }
}
