//! A rule as one SELECT over the tables of a session: what is shown is what is run.
//!
//! Every test is two-valued: counts of nobody's events are 0, and a comparison with a missing value is
//! what the test says it is. So `NOT` leaves nobody out.

use super::quoting::{moment, name, number, text};
use super::rule::{EventTest, MissingMeans, NumberTest, Rule, WordTest};

const DAY_US: i64 = 86_400_000_000;

/// The table of features, one row a contact.
pub const FEATURES: &str = "features";

/// The table of members: `segment` and `contact_id`, each pair once.
pub const MEMBERSHIP: &str = "membership";

/// Kinds of event that machines bring about too.
const MACHINES: [&str; 2] = ["clicked", "opened"];

/// Where a word stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Home {
    /// It is a feature.
    Features,
    /// It is a column of contacts.
    Contacts,
}

/// What a statement is made from beside the rule. Rules of numbers and segments need nothing of it: for
/// them the default will do.
#[derive(Debug, Clone, Copy, Default)]
pub struct Surroundings<'a> {
    /// The as-of in microseconds: days are counted back from it.
    pub as_of_us: i64,
    /// The features that are words; other words are columns of contacts.
    pub labels: &'a [String],
    /// Only contacts with keys up to this one.
    pub last_key: Option<u64>,
}

impl Surroundings<'_> {
    /// Where the word called `feature` stands: features come first.
    pub fn home(&self, feature: &str) -> Home {
        match self.labels.iter().any(|label| label == feature) {
            true => Home::Features,
            false => Home::Contacts,
        }
    }
}

/// The parts of a statement for one rule.
pub struct Statement<'a> {
    surroundings: Surroundings<'a>,
    /// Definitions of the tables called `event_1`, … and `segment_1`, …
    events: Vec<String>,
    segments: Vec<String>,
    needs_contacts: bool,
}

impl Rule {
    /// The statement that selects the ids of the rule's contacts, in their order. The rule must have
    /// been checked: what it names is there, and its bounds are finite.
    pub fn sql(&self, surroundings: Surroundings<'_>) -> String {
        let mut statement = Statement::new(surroundings);
        let condition = statement.condition(self);
        statement.select(&[], &condition, "ORDER BY features.contact_id")
    }
}

impl<'a> Statement<'a> {
    pub fn new(surroundings: Surroundings<'a>) -> Self {
        let needs_contacts = surroundings.last_key.is_some();
        Statement { surroundings, events: Vec::new(), segments: Vec::new(), needs_contacts }
    }

    /// Has the statement know the key of every contact.
    pub fn with_contacts(mut self) -> Self {
        self.needs_contacts = true;
        self
    }

    /// The whole statement: ids and further columns of the contacts that a condition holds for.
    pub fn select(&self, columns: &[String], condition: &str, tail: &str) -> String {
        let named = |(kind, tables): (&str, &[String])| -> Vec<String> {
            let each = tables.iter().enumerate();
            each.map(|(place, table)| format!("{kind}_{} AS (\n{table}\n)", place + 1)).collect()
        };
        let tables = [named(("event", &self.events)), named(("segment", &self.segments))].concat();
        let with = match tables.is_empty() {
            true => String::new(),
            false => format!("WITH {}\n", tables.join(", ")),
        };
        let columns: String = columns.iter().map(|column| format!(", {column}")).collect();
        let joins = self.joins();
        format!(
            "{with}SELECT features.contact_id{columns}\nFROM {FEATURES}\n{joins}WHERE {condition}\n{tail}"
        )
    }

    fn joins(&self) -> String {
        let mut joins = String::new();
        if self.needs_contacts {
            joins.push_str("JOIN contacts ON contacts.contact_id = features.contact_id\n");
        }
        for place in 1..=self.events.len() {
            joins.push_str(&format!(
                "LEFT JOIN event_{place} ON event_{place}.contact_key = contacts.contact_key\n"
            ));
        }
        for place in 1..=self.segments.len() {
            joins.push_str(&format!(
                "LEFT JOIN segment_{place} ON segment_{place}.contact_id = features.contact_id\n"
            ));
        }
        joins
    }

    /// What a rule says of a contact: true or false, never null.
    pub fn condition(&mut self, rule: &Rule) -> String {
        let condition = match rule {
            Rule::All(parts) => self.joined(parts, "\n  AND "),
            Rule::Any(parts) => self.joined(parts, "\n  OR "),
            _ => self.part(rule),
        };
        match self.surroundings.last_key {
            Some(key) => format!("contacts.contact_key <= {key} AND ({condition})"),
            None => condition,
        }
    }

    fn joined(&mut self, parts: &[Rule], word: &str) -> String {
        let parts: Vec<String> = parts.iter().map(|part| self.part(part)).collect();
        parts.join(word)
    }

    /// As [`Statement::condition`], in brackets where it needs them.
    fn part(&mut self, rule: &Rule) -> String {
        match rule {
            Rule::All(parts) => format!("({})", self.joined(parts, " AND ")),
            Rule::Any(parts) => format!("({})", self.joined(parts, " OR ")),
            Rule::Not(part) => {
                let inner = self.part(part);
                let is_bracketed = matches!(**part, Rule::All(_) | Rule::Any(_));
                if is_bracketed { format!("NOT {inner}") } else { format!("NOT ({inner})") }
            }
            Rule::Number(test) => number_condition(test),
            Rule::Word(test) => {
                let words: Vec<String> = test.is.iter().map(|word| text(word)).collect();
                let is = format!("{} IN ({})", self.word_column(test), words.join(", "));
                or_missing(&is, test.missing)
            }
            Rule::Event(test) => event_condition(&self.times(test), test),
            Rule::Segment(test) => format!("{} IS NOT NULL", self.member(&test.segment)),
        }
    }

    /// What a test looks at: a number, a word, a count, or the id of a member.
    pub fn value(&mut self, test: &Rule) -> String {
        match test {
            Rule::Number(NumberTest { feature, .. }) => column(feature),
            Rule::Word(test) => format!("CAST({} AS VARCHAR)", self.word_column(test)),
            Rule::Event(test) => self.times(test),
            Rule::Segment(test) => self.member(&test.segment),
            Rule::All(_) | Rule::Any(_) | Rule::Not(_) => "NULL".to_owned(),
        }
    }

    fn word_column(&mut self, test: &WordTest) -> String {
        match self.surroundings.home(&test.feature) {
            Home::Features => column(&test.feature),
            Home::Contacts => {
                self.needs_contacts = true;
                // An empty text is as good as none.
                format!("nullif(CAST(contacts.{} AS VARCHAR), '')", name(&test.feature))
            }
        }
    }

    /// How often a contact did something.
    fn times(&mut self, test: &EventTest) -> String {
        self.needs_contacts = true;
        let table = self.event_table(test);
        format!("coalesce(event_{}.times, 0)", place_in(&mut self.events, table))
    }

    fn event_table(&self, test: &EventTest) -> String {
        let mut conditions = match test.event == EventTest::ORDERED {
            true => vec!["status = 'completed'".to_owned(), "amount_minor > 0".to_owned()],
            false => vec![format!("kind = {}", text(&test.event))],
        };
        if MACHINES.contains(&test.event.as_str()) {
            conditions.push("machine IS NOT TRUE".to_owned());
        }
        if let Some(days) = test.within_days {
            let days_us = i64::from(days).saturating_mul(DAY_US);
            let from = self.surroundings.as_of_us.saturating_sub(days_us);
            conditions.push(format!("ts >= {}", moment(from)));
        }
        if let Some(of) = &test.campaign_type {
            conditions.push(format!(
                "campaign_id IN (SELECT campaign_id FROM campaigns WHERE campaign_type = {})",
                text(of)
            ));
        }
        if let Some(category) = &test.category {
            let category = text(category);
            conditions.push(match test.event == EventTest::ORDERED {
                true => format!(
                    "order_id IN (SELECT order_id FROM order_items WHERE category = {category})"
                ),
                false => format!("category = {category}"),
            });
        }
        if let Some(key) = self.surroundings.last_key {
            conditions.push(format!("contact_key <= {key}"));
        }
        let table = if test.event == EventTest::ORDERED { "orders" } else { "events" };
        format!(
            "  SELECT contact_key, count(*) AS times\n  FROM {table}\n  WHERE {}\n  GROUP BY contact_key",
            conditions.join(" AND ")
        )
    }

    /// The id of a contact that is a member; null for the others.
    fn member(&mut self, segment: &str) -> String {
        let table = format!(
            "  SELECT contact_id\n  FROM {MEMBERSHIP}\n  WHERE segment = {}",
            text(segment)
        );
        format!("segment_{}.contact_id", place_in(&mut self.segments, table))
    }
}

/// The place of a table among others, from 1; the same table is not there twice.
fn place_in(tables: &mut Vec<String>, table: String) -> usize {
    match tables.iter().position(|known| *known == table) {
        Some(place) => place + 1,
        None => {
            tables.push(table);
            tables.len()
        }
    }
}

fn column(feature: &str) -> String {
    format!("features.{}", name(feature))
}

fn number_condition(test: &NumberTest) -> String {
    let column = column(&test.feature);
    // The engine orders floats totally, with -0.0 below 0.0; features may hold either.
    let low_zero = |bound: f64| number(if bound == 0.0 { -0.0 } else { bound });
    let high_zero = |bound: f64| number(if bound == 0.0 { 0.0 } else { bound });
    let bounds = [
        test.above.map(|bound| format!("{column} > {}", high_zero(bound))),
        test.at_least.map(|bound| format!("{column} >= {}", low_zero(bound))),
        test.below.map(|bound| format!("{column} < {}", low_zero(bound))),
        test.at_most.map(|bound| format!("{column} <= {}", high_zero(bound))),
    ];
    let bounds: Vec<String> = bounds.into_iter().flatten().collect();
    or_missing(&bounds.join(" AND "), test.missing)
}

fn or_missing(condition: &str, missing: MissingMeans) -> String {
    let word = match missing {
        MissingMeans::Matches => "TRUE",
        MissingMeans::Fails => "FALSE",
    };
    format!("coalesce({condition}, {word})")
}

fn event_condition(times: &str, test: &EventTest) -> String {
    let bounds = [
        test.at_least.map(|bound| format!("{times} >= {bound}")),
        test.at_most.map(|bound| format!("{times} <= {bound}")),
    ];
    let bounds: Vec<String> = bounds.into_iter().flatten().collect();
    if bounds.len() == 1 { bounds.concat() } else { format!("({})", bounds.join(" AND ")) }
}
