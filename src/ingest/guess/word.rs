//! Words in the column of kinds or statuses that `ingest` would not know.

use crate::error::Result;
use crate::lake::Table;
use crate::workspace::{ShopSettings, SourceSettings};

use super::super::events::is_known_kind;
use super::super::mapping::normal;
use super::super::quarantine::Rule;
use super::column::Column;
use super::sample::Sample;
use super::trial::Trial;

/// A word, how many rows of the sample have it, and what it is taken for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    pub text: String,
    pub rows: usize,
    /// `None`: to be filled in by hand.
    pub meaning: Option<&'static str>,
    pub why: &'static str,
}

/// Words of orders: a platform that sends mail also logs what the shop sells.
const OF_ORDERS: [&str; 4] = ["order", "purchase", "refund", "payment"];
/// Words for a message that was handed over twice: before `sent`, and as `sent`.
const BEFORE_SENT: &str = "processed";

/// Words of an event source that have to be mapped, or that are better mapped.
pub fn of_kinds(column: &Column) -> Vec<Word> {
    let counts = column.counts();
    let has_sent = counts.keys().any(|w| normal(w) == "sent");
    let word =
        |text: &str, rows, meaning, why| Some(Word { text: text.to_owned(), rows, meaning, why });
    let words = counts.iter().filter_map(|(&text, &rows)| {
        let lower = normal(text);
        if lower == BEFORE_SENT && has_sent {
            return word(text, rows, Some("skip"), "the same message has a row of `sent`");
        }
        if is_known_kind(text) {
            return None;
        }
        if OF_ORDERS.iter().any(|part| lower.contains(part)) {
            return word(text, rows, Some("skip"), "orders come from a file of orders");
        }
        word(text, rows, None, "one of the kinds of events, or skip")
    });
    words.collect()
}

/// Statuses that the rules of orders refuse, found by trying each.
pub fn of_statuses(
    source: &SourceSettings,
    shop: &ShopSettings,
    sample: &Sample,
    column: &Column,
) -> Result<Vec<Word>> {
    let mut words = Vec::new();
    for (text, rows) in column.counts() {
        let Some(row) = column.texts().iter().position(|t| t.as_deref() == Some(text)) else {
            continue;
        };
        let columns = sample.columns.iter().map(|c| c.slice(row, 1)).collect();
        let one = Sample { names: sample.names.clone(), columns };
        let worst = Trial::run(source, shop, &one)?.worst;
        if worst.is_some_and(|(rule, _)| rule == Rule::UnknownWord) {
            let why = "completed, pending, cancelled or refunded";
            words.push(Word { text: text.to_owned(), rows, meaning: None, why });
        }
    }
    Ok(words)
}

/// The column whose words are looked up.
pub fn field_of(table: Table) -> Option<&'static str> {
    match table {
        Table::Events => Some("kind"),
        Table::Orders => Some("status"),
        _ => None,
    }
}
