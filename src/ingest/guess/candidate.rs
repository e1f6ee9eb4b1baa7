//! Which table the files of a shape are for.

use crate::lake::{Need, Table};

use super::column::Column;
use super::matching::Matching;
use super::shape::Shape;

/// Points of a table: two for a needed field, one for another, three off for a needed one that is
/// missing, and what the table's own evidence says.
const NEEDED: f64 = 2.0;
const OPTIONAL: f64 = 1.0;
const MISSING: f64 = -3.0;
const NAMED: f64 = 1.5;
/// A table with fewer points is not recognised.
const LEAST: f64 = 2.0;
/// A file that just lies in a folder needs so many: exports of warehouses have dozens of others.
const CLEAR: f64 = 7.0;
/// Two tables this near to each other are both worth telling.
const CLOSE: f64 = 1.0;

/// A table that a shape may be for.
pub struct Candidate {
    pub matching: Matching,
    pub score: f64,
}

/// All tables, the best first.
pub fn candidates(columns: &[Column], shape: &Shape) -> Vec<Candidate> {
    let mut all: Vec<Candidate> =
        Table::ALL.into_iter().map(|table| Candidate::new(table, columns, shape)).collect();
    all.sort_by(|a, b| b.score.total_cmp(&a.score));
    all
}

impl Candidate {
    fn new(table: Table, columns: &[Column], shape: &Shape) -> Self {
        let matching = Matching::of(table, columns, shape.kind.as_deref());
        let points = |need| if need == Need::Required { NEEDED } else { OPTIONAL };
        let found: f64 = matching.matches.iter().map(|m| points(m.field.need)).sum();
        let missing = MISSING * matching.missing().len() as f64;
        let named = if is_named(table, &shape.stem()) { NAMED } else { 0.0 };
        let unbought =
            if table == Table::Orders && is_unbought(&shape.stem()) { -4.0 } else { 0.0 };
        let score = found + missing + named + unbought + evidence(&matching, columns);
        Candidate { matching, score }
    }

    /// True if the table is clear, even where a column is still to be filled in by hand. A file that
    /// nobody named has to be complete and to speak for itself.
    pub fn is_recognised(&self, is_explicit: bool) -> bool {
        let missing = self.matching.missing().len();
        if !is_explicit {
            return missing == 0 && self.score >= CLEAR;
        }
        self.score >= LEAST && missing < 2 || missing == 0 && self.score > 0.0
    }

    /// True if the other one could as well be meant.
    pub fn is_close_to(&self, other: &Candidate) -> bool {
        other.matching.missing().is_empty() && self.score - other.score < CLOSE
    }
}

/// What the columns say for or against a table beyond the number of its fields.
fn evidence(matching: &Matching, columns: &[Column]) -> f64 {
    match matching.table {
        Table::Contacts => of_contacts(matching, columns),
        Table::Campaigns => of_campaigns(matching, columns),
        Table::Events => of_events(matching, columns),
        Table::Orders => of_orders(matching, columns),
        Table::OrderItems => of_items(matching, columns),
        Table::Assignments => {
            let is_both =
                matching.find("experiment").is_some() && matching.find("variant").is_some();
            when(is_both, 3.0)
        }
    }
}

fn when(is: bool, points: f64) -> f64 {
    if is { points } else { 0.0 }
}

/// One row a person. Every exported thing has an `id`; only people have an address besides.
fn of_contacts(matching: &Matching, columns: &[Column]) -> f64 {
    let contact = matching.column("contact", columns);
    let is_one_each = contact.is_some_and(|c| c.uniqueness() > 0.8);
    let is_plain_id = contact.is_some_and(|c| c.key == "id");
    let is_person = is_person(columns);
    when(is_one_each, 2.0)
        + when(!is_one_each, -4.0)
        + when(is_person, 3.0)
        + when(is_plain_id && !is_person && !columns.iter().any(Column::is_address), -5.0)
}

/// A subject line, and nothing of a person or an order.
fn of_campaigns(matching: &Matching, columns: &[Column]) -> f64 {
    const OTHERS: [&str; 5] = ["contactid", "customerid", "memberid", "personid", "orderid"];
    let is_other = columns.iter().any(|c| OTHERS.contains(&c.key.as_str())) || is_person(columns);
    let has = |name| matching.find(name).is_some();
    when(has("subject"), 2.0)
        + when(!has("subject") && !has("sent_at"), -4.0)
        + when(is_other, -6.0)
}

/// Values that are kinds of events.
fn of_events(matching: &Matching, columns: &[Column]) -> f64 {
    let kind = matching.find("kind");
    let known = matching.column("kind", columns).map_or(0.0, Column::kinds_share);
    let points = if kind.is_some_and(|m| m.is_by_values) { 2.0 } else { 4.0 };
    when(known >= 0.5 || matching.kind.is_some(), points)
        + when(known == 0.0 && kind.is_some(), -2.0)
}

/// One row an order with its amount, or one row a line with quantity and price.
fn of_orders(matching: &Matching, columns: &[Column]) -> f64 {
    let has = |name| matching.find(name).is_some();
    let repeats = repeats(matching, columns);
    let fits_grain = if matching.is_by_line() { 3.0 } else { -4.0 };
    when(has("order") && has("amount"), 3.0) + when(!has("order"), -2.0) + when(repeats, fits_grain)
}

/// Products, and orders that take several rows.
fn of_items(matching: &Matching, columns: &[Column]) -> f64 {
    let has = |name| matching.find(name).is_some();
    let repeats = repeats(matching, columns);
    when(!has("product") && !has("category"), -6.0)
        // A price without a line total makes orders of the lines.
        + when(!has("amount"), -2.0)
        + when(has("quantity") && repeats, 2.0)
        + when(has("order") && !repeats, -1.0)
}

fn repeats(matching: &Matching, columns: &[Column]) -> bool {
    matching.column("order", columns).is_some_and(|c| c.uniqueness() < 0.9)
}

/// True if the columns describe people: the names and addresses that only contact exports carry.
fn is_person(columns: &[Column]) -> bool {
    const OF_PEOPLE: [&str; 8] = [
        "firstname", "lastname", "fname", "lname", "mergefname", "phonenumber", "birthyear",
        "memberrating",
    ];
    columns.iter().any(|c| OF_PEOPLE.contains(&c.key.as_str()))
}

/// True if the file's name speaks for the table.
fn is_named(table: Table, stem: &str) -> bool {
    let names: &[&str] = match table {
        Table::Contacts => &[
            "contact", "customer", "person", "people", "member", "subscriber", "profile",
            "audience",
        ],
        Table::Campaigns => &["campaign", "mailing", "newsletter"],
        Table::Events => &["event", "activity", "opens", "clicks", "bounces", "sends"],
        Table::Orders => &["order", "purchase", "sales", "invoice", "transaction", "refund"],
        Table::OrderItems => &["item", "line"],
        Table::Assignments => &["assignment", "experiment", "abtest"],
    };
    stem.split('_').any(|word| names.iter().any(|name| word.starts_with(name)))
}

/// Carts and checkouts have the columns of orders and are none.
fn is_unbought(stem: &str) -> bool {
    ["abandoned", "cart", "checkout"].iter().any(|word| stem.contains(word))
}
