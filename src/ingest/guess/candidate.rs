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
        let score = found + missing + named + evidence(&matching, columns);
        Candidate { matching, score }
    }

    /// True if the table is clear, even where a column is still to be filled in by hand.
    pub fn is_recognised(&self) -> bool {
        let missing = self.matching.missing().len();
        self.score >= LEAST && missing < 2 || missing == 0 && self.score > 0.0
    }

    /// True if the other one could as well be meant.
    pub fn is_close_to(&self, other: &Candidate) -> bool {
        other.matching.missing().is_empty() && self.score - other.score < CLOSE
    }
}

fn evidence(matching: &Matching, columns: &[Column]) -> f64 {
    let column = |name| matching.column(name, columns);
    let when = |is: bool, points: f64| if is { points } else { 0.0 };
    let has = |name| matching.find(name).is_some();
    let repeats = |name| column(name).is_some_and(|c| c.uniqueness() < 0.9);
    match matching.table {
        Table::Contacts => {
            let is_one_each = column("contact").is_some_and(|c| c.uniqueness() > 0.98);
            let is_plain_id = column("contact").is_some_and(|c| c.key == "id");
            let is_person = is_person(columns);
            when(is_one_each, 2.0)
                + when(!is_one_each, -4.0)
                + when(is_person, 3.0)
                // Every exported thing has an `id`; only people have an address besides.
                + when(is_plain_id && !is_person && !columns.iter().any(Column::is_address), -5.0)
        }
        Table::Campaigns => {
            let mentions = |parts: &[&str]| columns.iter().any(|c| parts.contains(&c.key.as_str()));
            let other = mentions(&["contactid", "customerid", "memberid", "personid", "orderid"]);
            when(has("subject"), 2.0)
                + when(!has("subject") && !has("name"), -4.0)
                + when(other || is_person(columns), -6.0)
        }
        Table::Events => {
            let by_values = matching.find("kind").is_some_and(|m| m.is_by_values);
            let known = column("kind").map_or(0.0, Column::kinds_share);
            when(known >= 0.5, if by_values { 2.0 } else { 4.0 })
                + when(known == 0.0 && has("kind"), -2.0)
        }
        Table::Orders => {
            when(has("order") && has("amount"), 3.0)
                + when(!has("order"), -1.0)
                + when(matching.is_by_line() && repeats("order"), 3.0)
                + when(!matching.is_by_line() && repeats("order"), -4.0)
        }
        Table::OrderItems => {
            when(!has("product") && !has("category"), -6.0)
                + when(has("quantity") && repeats("order"), 2.0)
                + when(has("order") && !repeats("order"), -1.0)
        }
        Table::Assignments => when(has("experiment") && has("variant"), 3.0),
    }
}

/// True if the columns describe people: the names and addresses that only contact exports carry.
fn is_person(columns: &[Column]) -> bool {
    const OF_PEOPLE: [&str; 8] = [
        "firstname",
        "lastname",
        "fname",
        "lname",
        "mergefname",
        "phonenumber",
        "birthyear",
        "memberrating",
    ];
    columns.iter().any(|c| OF_PEOPLE.contains(&c.key.as_str()))
}

/// True if the file's name speaks for the table.
fn is_named(table: Table, stem: &str) -> bool {
    let names: &[&str] = match table {
        Table::Contacts => &[
            "contact",
            "customer",
            "person",
            "people",
            "member",
            "subscriber",
            "profile",
            "audience",
        ],
        Table::Campaigns => &["campaign", "mailing", "newsletter"],
        Table::Events => &["event", "activity", "opens", "clicks", "bounces", "sends"],
        Table::Orders => &["order", "purchase", "sales", "invoice", "transaction", "refund"],
        Table::OrderItems => &["item", "line"],
        Table::Assignments => &["assignment", "experiment", "abtest"],
    };
    names.iter().any(|name| stem.contains(name))
}
