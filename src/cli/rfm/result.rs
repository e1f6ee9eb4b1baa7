//! What `rfm` prints: the accounts of rows and money, segments, scores.

use serde_json::json;

use crate::error::Result;
use crate::ingest::exponent;
use crate::ingest::flat::FlatOrders;
use crate::reports::{self, Cell, Column, Table, number};
use crate::segments::rfm::{RfmSegment, RfmSummary, Scored};
use crate::workspace::AsOf;

use super::super::args::Format;
use super::super::printer::Printer;

pub(super) struct RfmResult {
    pub orders: FlatOrders,
    pub as_of: AsOf,
    /// Orders at or after the as-of.
    pub later: u64,
    pub currency: String,
    pub summary: RfmSummary,
    pub scored: Vec<Scored>,
}

impl RfmResult {
    pub fn show(&self, printer: &Printer) -> Result<()> {
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
                printer.table(&self.segments_table())?;
                printer.line("")?;
                printer.table(&reports::rfm::cut_points(&self.summary.model))
            }
        }
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
            format!(
                "Scores         {}; preset {}",
                reports::rfm::rules(&self.summary.model),
                self.summary.model.naming.preset.word()
            ),
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
            "summary": self.summary,
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

    fn segments_table(&self) -> Table {
        let all = self.scored.len().max(1) as f64;
        let row = |s: &RfmSegment| {
            vec![
                Cell::text(s.name),
                Cell::Count(s.contacts as u64),
                Cell::Percent { value: s.contacts as f64 / all, decimals: 1 },
                self.money_cell(s.revenue_minor),
            ]
        };
        Table {
            name: "segments".to_owned(),
            caption: reports::rfm::caption(&self.summary.model.naming).to_owned(),
            columns: vec![
                Column::text("Segment"),
                Column::number("Contacts"),
                Column::number("Share"),
                Column::number("Money spent"),
            ],
            rows: self.summary.segments.iter().map(row).collect(),
        }
    }
}
