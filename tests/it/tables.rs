//! A second, plain implementation: loops over the rows, no engine, written from the meanings in the
//! data dictionary.

use std::collections::{BTreeMap, HashMap};

use jiff::{Timestamp, civil::Date, tz::TimeZone};

/// A row of a CSV file, by column.
pub type Row = HashMap<String, String>;

/// The rows of a CSV file.
pub fn rows(csv: &str) -> Vec<Row> {
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    reader.deserialize().map(Result::unwrap).collect()
}

/// Recency, frequency and money of one contact.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Rfm {
    /// Days since the last sale.
    pub recency: Option<i64>,
    pub frequency: i64,
    pub minor: i64,
}

impl Rfm {
    /// Takes an order, or a refund below zero, of `days` ago.
    pub fn order(&mut self, days: i64, minor: i64) {
        self.minor += minor;
        if minor > 0 {
            self.frequency += 1;
            self.recency = Some(self.recency.map_or(days, |known| known.min(days)));
        }
    }
}

/// Quintiles by the share of values below, half of the equal ones counted.
pub fn mid_rank_scores(values: &[i64]) -> Vec<u64> {
    let mut counts: BTreeMap<i64, u64> = BTreeMap::new();
    values.iter().for_each(|value| *counts.entry(*value).or_default() += 1);
    let mut below = 0;
    let mut scores = HashMap::new();
    for (value, count) in counts {
        // (below + count/2) / n, in fifths: 5 · (2·below + count) / 2n.
        let fifths = 5 * (2 * below + count) / (2 * values.len() as u64);
        scores.insert(value, fifths.min(4) + 1);
        below += count;
    }
    values.iter().map(|value| scores[value]).collect()
}

/// Money as it stands in an export, in minor units.
pub fn minor(text: &str) -> i64 {
    let digits: String = text.chars().filter(|c| *c != '.').collect();
    assert_eq!(text.split_once('.').map(|(_, part)| part.len()), Some(2), "{text}");
    digits.parse().unwrap()
}

/// What a contact did, as far as the plain features need it.
#[derive(Debug, Default)]
pub struct Life {
    pub created: Option<Timestamp>,
    pub zone: String,
    pub rfm: Rfm,
    /// Campaign → its mail.
    mails: BTreeMap<String, Mail>,
    /// Moments of what the contact itself did, and on what device.
    actions: Vec<(Timestamp, String)>,
    visits: Vec<Timestamp>,
}

#[derive(Debug, Default)]
struct Mail {
    sent: Option<Timestamp>,
    delivered: Option<Timestamp>,
    bounced: bool,
    opened: bool,
}

/// Where and when days are counted.
pub struct Clock {
    pub as_of: Timestamp,
    pub zone: TimeZone,
}

impl Clock {
    fn day(&self, at: Timestamp) -> Date {
        at.to_zoned(self.zone.clone()).date()
    }

    /// Calendar days from a moment to the as-of.
    pub fn days_since(&self, at: Timestamp) -> i64 {
        i64::from(self.day(at).until(self.day(self.as_of)).unwrap().get_days())
    }

    fn is_within(&self, at: Timestamp, days: i64) -> bool {
        at.as_second() >= self.as_of.as_second() - days * 86_400
    }
}

/// The contacts of a simulated shop's exports, with what was known of them before the as-of.
pub fn lives(clock: &Clock, export: impl Fn(&str) -> String) -> BTreeMap<String, Life> {
    let known = |name: &str, column: &str| {
        let rows = rows(&export(name)).into_iter();
        let timed = rows.map(|row| (row[column].parse::<Timestamp>().unwrap(), row));
        timed.filter(|(at, _)| *at < clock.as_of).collect::<Vec<_>>()
    };
    let mut lives: BTreeMap<String, Life> = BTreeMap::new();
    for (at, row) in known("contacts.csv", "created_at") {
        let zone = if row["timezone"].is_empty() { "Europe/London" } else { &row["timezone"] };
        let life = Life { created: Some(at), zone: zone.to_owned(), ..Life::default() };
        lives.insert(row["contact_id"].clone(), life);
    }
    for (at, row) in known("orders.csv", "ts") {
        let life = lives.get_mut(&row["contact_id"]).unwrap();
        life.rfm.order(clock.days_since(at), minor(&row["amount"]));
    }
    for (at, row) in known("events.csv", "ts") {
        lives.get_mut(&row["contact_id"]).unwrap().event(at, &row);
    }
    lives
}

impl Life {
    fn event(&mut self, at: Timestamp, row: &Row) {
        let is_human = row["machine"] != "true";
        let mail = self.mails.entry(row["campaign_id"].clone());
        match row["kind"].as_str() {
            "sent" => earliest(&mut mail.or_default().sent, at),
            "delivered" => earliest(&mut mail.or_default().delivered, at),
            "bounced" => mail.or_default().bounced = true,
            "opened" => mail.or_default().opened |= is_human,
            "page_viewed" | "product_viewed" | "cart_added" | "checkout_started" => {
                self.visits.push(at)
            }
            _ => {}
        }
        let by_nobody = ["sent", "delivered", "bounced", "unsubscribed", "complained"];
        if is_human && !by_nobody.contains(&row["kind"].as_str()) {
            self.actions.push((at, row["device"].clone()));
        }
    }

    /// Mails of the last ninety days that arrived, and how many a human opened.
    pub fn mails_90d(&self, clock: &Clock) -> (usize, usize) {
        let is_received = |mail: &&Mail| {
            let sent = mail.sent.filter(|_| !mail.bounced);
            mail.delivered.or(sent).is_some_and(|at| clock.is_within(at, 90))
        };
        let received: Vec<&Mail> = self.mails.values().filter(is_received).collect();
        (received.len(), received.iter().filter(|mail| mail.opened).count())
    }

    /// Visits that began in the last ninety days, each ended by half an hour of silence.
    pub fn sessions_90d(&self, clock: &Clock) -> usize {
        let mut visits = self.visits.clone();
        visits.sort_unstable();
        let begins = |place: usize| {
            place == 0 || visits[place].as_second() - visits[place - 1].as_second() > 1_800
        };
        (0..visits.len()).filter(|&p| begins(p) && clock.is_within(visits[p], 90)).count()
    }

    /// The share of the year's actions between 17 and 23 on the contact's own clock.
    pub fn evening_share(&self, clock: &Clock) -> Option<f64> {
        let zone = TimeZone::get(&self.zone).unwrap();
        let recent = self.actions.iter().filter(|(at, _)| clock.is_within(*at, 365));
        let hours: Vec<i8> = recent.map(|(at, _)| at.to_zoned(zone.clone()).hour()).collect();
        share(hours.iter().filter(|hour| (17..23).contains(*hour)).count(), hours.len())
    }

    /// The share of the year's actions with a known device that were on a phone.
    pub fn mobile_share(&self, clock: &Clock) -> Option<f64> {
        let recent = self.actions.iter().filter(|(at, _)| clock.is_within(*at, 365));
        let devices: Vec<&String> = recent.map(|(_, d)| d).filter(|d| !d.is_empty()).collect();
        share(devices.iter().filter(|d| d.starts_with("mobile")).count(), devices.len())
    }
}

fn earliest(known: &mut Option<Timestamp>, at: Timestamp) {
    *known = Some(known.map_or(at, |known| known.min(at)));
}

/// A share of five things or more; fewer say too little.
pub fn share(part: usize, all: usize) -> Option<f64> {
    (all >= 5).then(|| part as f64 / all as f64)
}
