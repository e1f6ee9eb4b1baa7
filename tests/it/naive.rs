//! A second, naive value of every feature: the rows of the exports by contact, and what all families'
//! plain loops share. Written from the data dictionary's meanings.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{Timestamp, tz::TimeZone};

use crate::tables::{Row, minor, rows};

/// A plain value: `None` is a missing one.
#[derive(Debug, Clone, PartialEq)]
pub enum Plain {
    /// Decided by whole numbers: equal or wrong.
    Exact(Option<f64>),
    /// Equal but for rounding.
    Close(Option<f64>),
    /// An hour of the day: 24 is 0.
    Hour(Option<f64>),
    Text(Option<String>),
}

/// How each feature is computed plainly, by name.
pub type Oracle = BTreeMap<String, Box<dyn Fn(&Person) -> Plain + Send + Sync>>;

pub const DAY_S: i64 = 86_400;
pub const WINDOWS: [i64; 4] = [7, 30, 90, 365];

pub struct Step {
    pub at: i64,
    pub kind: String,
    pub campaign: String,
    pub device: String,
    pub client: String,
    pub category: String,
    pub seconds: i64,
    pub by_machine: bool,
}

pub struct Order {
    pub at: i64,
    pub id: String,
    pub minor: i64,
    pub discount_minor: i64,
    pub status: String,
}

pub struct Line {
    pub at: i64,
    pub order: String,
    pub category: String,
    pub minor: i64,
}

/// One contact with all its rows before the as-of, in order of time. Times are seconds since 1970.
pub struct Person {
    pub as_of: i64,
    pub shop_zone: TimeZone,
    pub created: i64,
    pub zone: TimeZone,
    pub row: Row,
    pub steps: Vec<Step>,
    pub orders: Vec<Order>,
    pub lines: Vec<Line>,
}

fn second(text: &str) -> i64 {
    text.parse::<Timestamp>().unwrap().as_second()
}

fn part(row: &Row, column: &str) -> String {
    row[column].clone()
}

/// Everybody in a simulated shop's exports who is known before the as-of.
pub fn people(
    as_of: Timestamp,
    shop_zone: &TimeZone,
    export: impl Fn(&str) -> String,
) -> BTreeMap<String, Person> {
    let as_of = as_of.as_second();
    let mut people = BTreeMap::new();
    for row in rows(&export("contacts.csv")) {
        let created = second(&row["created_at"]);
        if created >= as_of {
            continue;
        }
        let zone = match row["timezone"].as_str() {
            "" => shop_zone.clone(),
            name => TimeZone::get(name).unwrap(),
        };
        let id = row["contact_id"].clone();
        let (steps, orders, lines) = (Vec::new(), Vec::new(), Vec::new());
        let shop_zone = shop_zone.clone();
        people.insert(id, Person { as_of, shop_zone, created, zone, row, steps, orders, lines });
    }
    let early = |name: &str| {
        let all = rows(&export(name)).into_iter().map(|row| (second(&row["ts"]), row));
        all.filter(|(at, _)| *at < as_of).collect::<Vec<_>>()
    };
    for (at, row) in early("events.csv") {
        people.get_mut(&row["contact_id"]).unwrap().steps.push(Step::new(at, &row));
    }
    for (at, row) in early("orders.csv") {
        let (amount, discount_minor) = (minor(&row["amount"]), minor(&row["discount"]));
        let (id, status) = (part(&row, "order_id"), part(&row, "status"));
        let order = Order { at, id, minor: amount, discount_minor, status };
        people.get_mut(&row["contact_id"]).unwrap().orders.push(order);
    }
    for (at, row) in early("order_items.csv") {
        let (order, category) = (part(&row, "order_id"), part(&row, "category"));
        let line = Line { at, order, category, minor: minor(&row["amount"]) };
        people.get_mut(&row["contact_id"]).unwrap().lines.push(line);
    }
    for person in people.values_mut() {
        person.steps.sort_by_key(|step| (step.at, step.kind.clone(), step.campaign.clone()));
        person.orders.sort_by_key(|order| (order.at, order.id.clone()));
    }
    people
}

impl Step {
    fn new(at: i64, row: &Row) -> Self {
        Step {
            at,
            kind: part(row, "kind"),
            campaign: part(row, "campaign_id"),
            device: part(row, "device"),
            client: part(row, "client"),
            category: part(row, "category"),
            seconds: row["seconds"].parse().unwrap_or(0),
            by_machine: row["machine"] == "true",
        }
    }

    pub fn is(&self, kinds: &[&str]) -> bool {
        kinds.contains(&self.kind.as_str())
    }
}

pub const VIEWS: [&str; 2] = ["page_viewed", "product_viewed"];
pub const SITE: [&str; 4] = ["page_viewed", "product_viewed", "cart_added", "checkout_started"];

impl Person {
    pub fn is_within(&self, at: i64, days: i64) -> bool {
        at >= self.as_of - days * DAY_S
    }

    /// Calendar days in the shop's zone between two moments.
    pub fn days_between(&self, from: i64, to: i64) -> i64 {
        let date = |at: i64| {
            let at = Timestamp::from_second(at).unwrap();
            at.to_zoned(self.shop_zone.clone()).date()
        };
        i64::from(date(from).until(date(to)).unwrap().get_days())
    }

    pub fn days_since(&self, at: i64) -> i64 {
        self.days_between(at, self.as_of)
    }

    /// What the contact itself did in the year before the as-of.
    pub fn actions(&self) -> Vec<&Step> {
        let year = self.steps.iter().filter(|step| self.is_within(step.at, 365));
        let own = year.filter(|step| !step.by_machine);
        own.filter(|step| step.is(&SITE) || step.is(&["opened", "clicked"])).collect()
    }
}

/// The words that occur, with how often, in text order.
pub fn tally<'a>(words: impl Iterator<Item = &'a str>) -> BTreeMap<&'a str, usize> {
    let mut tally = BTreeMap::new();
    words.filter(|word| !word.is_empty()).for_each(|word| *tally.entry(word).or_default() += 1);
    tally
}

/// The word that occurs most; of several the first in text order.
pub fn most(tally: &BTreeMap<&str, usize>) -> Plain {
    let highest = tally.values().max();
    let mut most = tally.iter().filter(|(_, count)| Some(*count) == highest);
    Plain::Text(most.next().map(|(word, _)| (*word).to_owned()))
}

pub fn entropy(tally: &BTreeMap<&str, usize>) -> Option<f64> {
    let all: usize = tally.values().sum();
    let shares = tally.values().map(|count| *count as f64 / all as f64);
    (all > 0).then(|| shares.map(|share| share * (1.0 / share).log2()).sum())
}

/// What the last days have more than the days before, as a share of both.
pub fn trend(recent: i64, before: i64) -> Option<f64> {
    (recent + before != 0).then(|| (recent - before) as f64 / (recent + before) as f64)
}

pub fn ratio(part: i64, whole: i64) -> Option<f64> {
    (whole != 0).then(|| part as f64 / whole as f64)
}

pub fn exact(value: impl TryInto<i32>) -> Plain {
    Plain::Exact(value.try_into().ok().map(f64::from))
}

/// All oracles; a name that occurs twice is a mistake.
pub fn joined(parts: impl IntoIterator<Item = Oracle>) -> Oracle {
    let mut all = Oracle::new();
    let mut seen = BTreeSet::new();
    for (name, oracle) in parts.into_iter().flatten() {
        assert!(seen.insert(name.clone()), "{name} has two");
        all.insert(name, oracle);
    }
    all
}

/// True if the found value is the plain one.
pub fn agrees(found: Option<f64>, plain: &Plain) -> bool {
    let near = |a: f64, b: f64, by: f64| (a - b).abs() <= by * (1.0 + b.abs());
    match (found, plain) {
        (None, Plain::Exact(None) | Plain::Close(None) | Plain::Hour(None)) => true,
        (Some(found), Plain::Exact(Some(value))) => found == *value,
        (Some(found), Plain::Close(Some(value))) => near(found, *value, 1e-9),
        (Some(found), Plain::Hour(Some(value))) => {
            let apart = (found - value).rem_euclid(24.0);
            (0.0..24.0).contains(&found) && apart.min(24.0 - apart) < 1e-7
        }
        _ => false,
    }
}
