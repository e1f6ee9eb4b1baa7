//! Which columns of a sample mean which fields of a table.

use crate::lake::{Content, Field, Need, Table};

use super::amount::is_currency_code;
use super::column::Column;

/// Share of values that must fit what a field holds: below it the column means something else.
const LEAST_FIT: f64 = 0.95;
/// Experiments, variants, kinds and statuses are few.
const MOST_WORDS: usize = 60;
/// Of two columns for one field, one that is this much emptier is not taken.
const NEARLY_AS_FULL: f64 = 0.9;

/// A field with its column.
pub struct Match {
    pub field: &'static Field,
    /// Position in the sample.
    pub column: usize,
    /// Further columns that could mean the field.
    pub others: Vec<usize>,
    /// True if the name says nothing and the values decided.
    pub is_by_values: bool,
}

/// The fields of one table found among the columns.
pub struct Matching {
    pub table: Table,
    pub matches: Vec<Match>,
    /// The kind of event of every row, where only the file's name tells it.
    pub kind: Option<String>,
    /// Columns named like a field that hold something else.
    pub misfits: Vec<(&'static Field, usize)>,
}

impl Matching {
    pub fn of(table: Table, columns: &[Column], kind: Option<&str>) -> Self {
        let mut matching = Matching { table, matches: Vec::new(), kind: None, misfits: Vec::new() };
        let (needed, other): (Vec<_>, Vec<_>) =
            table.fields().iter().partition(|f| f.need == Need::Required);
        for field in needed.into_iter().chain(other) {
            matching.add_by_name(field, columns);
        }
        for field in table.fields() {
            matching.add_by_values(field, columns);
        }
        matching.settle_grain(columns);
        if table == Table::Events && matching.find("kind").is_none() {
            matching.kind = kind.map(str::to_owned);
        }
        matching
    }

    fn add_by_name(&mut self, field: &'static Field, columns: &[Column]) {
        let named =
            (0..columns.len()).filter(|&i| !self.is_taken(i) && rank(field, &columns[i]).is_some());
        let (mut found, misfits): (Vec<usize>, Vec<usize>) =
            named.partition(|&i| fits(self.table, field, &columns[i]));
        let misfits = misfits.into_iter().filter(|&i| !columns[i].is_empty());
        self.misfits.extend(misfits.map(|i| (field, i)));
        let full = found.iter().map(|&i| columns[i].filled).fold(0.0, f64::max);
        found.sort_by_key(|&i| preference(field, &columns[i], full));
        self.add(field, found, false);
    }

    /// For the fields without which a table is nothing. An optional one is not worth a guess.
    fn add_by_values(&mut self, field: &'static Field, columns: &[Column]) {
        if self.find(field.name).is_some() {
            return;
        }
        let mut found: Vec<usize> = (0..columns.len())
            .filter(|&i| !self.is_taken(i) && !columns[i].is_empty())
            .filter(|&i| looks_like(self.table, field.name, &columns[i]))
            .collect();
        found.sort_by(|&a, &b| columns[b].filled.total_cmp(&columns[a].filled));
        self.add(field, found, true);
    }

    fn add(&mut self, field: &'static Field, found: Vec<usize>, is_by_values: bool) {
        if let [column, others @ ..] = found.as_slice() {
            let others = others.to_vec();
            self.matches.push(Match { field, column: *column, others, is_by_values });
        }
    }

    /// An order file is of one grain: an amount for each order, or quantity and price for each line.
    fn settle_grain(&mut self, columns: &[Column]) {
        if self.table != Table::Orders {
            return;
        }
        let has_lines = self.find("quantity").is_some() && self.find("price").is_some();
        let repeats =
            self.column("order", columns).is_some_and(|c| c.uniqueness() < NEARLY_AS_FULL);
        let is_sparse = self.column("amount", columns).is_some_and(|c| c.filled < NEARLY_AS_FULL);
        let by_line = has_lines && (self.find("amount").is_none() || repeats || is_sparse);
        let unused: &[&str] =
            if by_line { &["amount"] } else { &["quantity", "price", "product", "category"] };
        self.matches.retain(|m| !unused.contains(&m.field.name));
    }

    fn is_taken(&self, column: usize) -> bool {
        self.matches.iter().any(|m| m.column == column)
    }

    pub fn find(&self, field: &str) -> Option<&Match> {
        self.matches.iter().find(|m| m.field.name == field)
    }

    pub fn column<'a>(&self, field: &str, columns: &'a [Column]) -> Option<&'a Column> {
        self.find(field).and_then(|m| columns.get(m.column))
    }

    /// One row a line: quantity times price in place of an amount.
    pub fn is_by_line(&self) -> bool {
        self.table == Table::Orders && self.find("price").is_some()
    }

    /// Names of the fields without which `ingest` refuses the source.
    pub fn missing(&self) -> Vec<&'static Field> {
        let is_needed = |f: &&Field| match (self.table, f.name) {
            (Table::Orders, "amount") => !self.is_by_line(),
            (Table::Orders, "order") => self.is_by_line(),
            (Table::Events, "kind") => self.kind.is_none(),
            _ => f.need == Need::Required,
        };
        let fields = self.table.fields().iter().filter(is_needed);
        fields.filter(|f| self.find(f.name).is_none()).collect()
    }
}

/// The synonym's place in the field's list: earlier ones mean it more clearly.
fn rank(field: &Field, column: &Column) -> Option<usize> {
    let own = field.name.replace('_', "");
    let place = field.synonyms.iter().position(|s| *s == column.key);
    place.or_else(|| (own == column.key).then_some(field.synonyms.len()))
}

/// Smaller is better. A property of a row's payload stands behind a column of the row itself.
fn preference(field: &Field, column: &Column, full: f64) -> (bool, bool, i64, bool, usize) {
    let is_contact = field.name == "contact";
    // An id that half of the rows lack is worse than an address that all rows have.
    let enough = if is_contact { 0.5 } else { NEARLY_AS_FULL };
    let kinds = if field.name == "kind" { column.kinds_share() } else { 0.0 };
    (
        column.filled < enough * full,
        is_contact && column.is_address(),
        -(kinds * 1e6) as i64,
        column.is_property,
        rank(field, column).unwrap_or(usize::MAX),
    )
}

/// True if the values are what the field holds. A file without rows is judged by its names alone.
fn fits(table: Table, field: &Field, column: &Column) -> bool {
    if column.texts().is_empty() {
        return true;
    }
    if column.is_empty() {
        return false;
    }
    match field.content {
        Content::Time => column.time.is_some(),
        Content::Money => column.money_share() >= LEAST_FIT,
        Content::Number => column.number_share() >= LEAST_FIT,
        Content::Flag => column.flag_share() >= LEAST_FIT,
        Content::Word => column.kinds_share() > 0.0 || is_words(column),
        Content::Text => text_fits(table, field.name, column),
    }
}

fn text_fits(table: Table, field: &str, column: &Column) -> bool {
    match (table, field) {
        (_, "timezone") => column.share(|t| jiff::tz::TimeZone::get(t).is_ok()) >= LEAST_FIT,
        (_, "currency") => column.share(is_currency_code) >= LEAST_FIT,
        (Table::Orders, "order") if column.key == "name" => {
            column.share(|t| t.starts_with('#')) >= LEAST_FIT
        }
        (Table::Assignments, "experiment" | "variant") => column.distinct() <= MOST_WORDS,
        (_, "contact" | "order") => column.time.is_none() || column.number_share() == 1.0,
        _ => true,
    }
}

fn is_words(column: &Column) -> bool {
    column.distinct() <= MOST_WORDS && column.number_share() == 0.0 && column.time.is_none()
}

/// True if values and parts of the name speak for a field whose synonyms are all absent.
fn looks_like(table: Table, field: &str, column: &Column) -> bool {
    match (table, field) {
        (Table::Events, "kind") => {
            column.kinds_share() > 0.5 && column.distinct() > 1 && is_words(column)
        }
        (Table::Events | Table::Orders | Table::OrderItems, "time") => {
            column.time.is_some()
                && says(column, &["date", "time", "tstamp", "stamp"])
                && !says(column, &["synced", "updated", "modified"])
        }
        (Table::Orders, "amount") => looks_like_amount(column),
        (Table::Campaigns, _) => false,
        (_, "contact") => looks_like_contact(column),
        _ => false,
    }
}

fn looks_like_amount(column: &Column) -> bool {
    const NOT_PAID: [&str; 8] =
        ["tax", "shipping", "discount", "refund", "lifetime", "spent", "rate", "count"];
    says(column, &["amount", "total", "value", "revenue", "paid", "spend"])
        && !says(column, &NOT_PAID)
        && column.money_share() >= LEAST_FIT
        && column.time.is_none()
        && column.distinct() > 2
}

fn looks_like_contact(column: &Column) -> bool {
    const PEOPLE: [&str; 7] =
        ["customer", "contact", "person", "member", "subscriber", "profile", "user"];
    let is_person = says(column, &PEOPLE) && column.key.ends_with("id") || column.has_addresses();
    is_person && !says(column, &["staff", "smtp", "message", "sender", "from", "reply"])
}

fn says(column: &Column, parts: &[&str]) -> bool {
    parts.iter().any(|part| column.key.contains(part))
}
