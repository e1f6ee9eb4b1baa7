//! From specs to one query over the lake.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::error::{Error, Result};
use crate::workspace::AsOf;

use super::{FeatureSpec, LocalClock, Relation};

const DAY_US: i64 = 86_400_000_000;

/// A visit ends after this much silence: the convention of web analytics.
const SESSION_GAP_US: i64 = 30 * 60 * 1_000_000;

/// Kinds of event that a person, not a mail server, brings about.
const HUMAN: &str = "('opened', 'clicked', 'page_viewed', 'product_viewed', 'cart_added', \
                     'checkout_started')";
const WEB: &str = "('page_viewed', 'product_viewed', 'cart_added', 'checkout_started')";
const MAIL: &str = "('sent', 'delivered', 'bounced', 'opened', 'clicked')";

fn relation_name(relation: Relation) -> &'static str {
    match relation {
        Relation::Events => "e",
        Relation::Mailings => "mailings",
        Relation::Activity => "activity",
        Relation::Web => "web",
        Relation::Categories => "categories",
        Relation::Orders => "o",
    }
}

/// The query that computes all `specs` for every visible contact, one row each, in id order.
pub fn compile(specs: &[FeatureSpec], as_of: &AsOf) -> Result<String> {
    let clock = Moments::new(as_of)?;
    let mut by_relation: BTreeMap<Relation, BTreeMap<&str, String>> = BTreeMap::new();
    for measure in specs.iter().flat_map(|s| &s.measures) {
        let sql = clock.fill(&measure.sql);
        let known = by_relation.entry(measure.relation).or_default();
        if known.insert(&measure.name, sql.clone()).is_some_and(|other| other != sql) {
            let name = &measure.name;
            return Err(Error::internal(format!("two measures are called `{name}`")));
        }
    }
    let mut sql = clock.fill(&sources(&clock.zone));
    for (relation, measures) in &by_relation {
        let name = relation_name(*relation);
        let columns: Vec<String> = measures.iter().map(|(n, s)| format!("{s} AS {n}")).collect();
        let columns = columns.join(",\n    ");
        let _ = write!(
            sql,
            ",\nmeasured_{name} AS (SELECT contact_key,\n    {columns}\n  FROM {name} GROUP BY contact_key)"
        );
    }
    sql.push_str(&selection(specs, &clock, by_relation.keys().copied()));
    Ok(sql)
}

/// A query for (contact_id, `what`, count) over the rows of a relation that pass `filter`.
pub fn grouped(relation: Relation, what: &str, filter: &str, as_of: &AsOf) -> Result<String> {
    let clock = Moments::new(as_of)?;
    let name = relation_name(relation);
    Ok(clock.fill(&format!(
        "{}\nSELECT c.contact_id, t.what, t.n FROM (SELECT contact_key, {what} AS what, count(*) AS n \
         FROM {name} WHERE {filter} GROUP BY contact_key, {what}) AS t \
         JOIN contacts c ON c.contact_key = t.contact_key ORDER BY c.contact_id, t.what",
        sources(&clock.zone)
    )))
}

/// The relations that measures aggregate over.
fn sources(zone: &str) -> String {
    format!(
        "WITH e AS (SELECT contact_key, CAST(ts AS BIGINT) AS us, kind, campaign_id, device, category, \
         duration_ms, machine FROM events),
o AS (SELECT contact_key, CAST(ts AS BIGINT) AS us, amount_minor, discount_minor, status FROM orders),
mail AS (SELECT contact_key, campaign_id,
    min(us) FILTER (WHERE kind = 'sent') AS sent_us,
    min(us) FILTER (WHERE kind = 'delivered') AS delivered_us,
    count(*) FILTER (WHERE kind = 'bounced') AS bounces,
    min(us) FILTER (WHERE kind = 'opened') AS any_opened_us,
    min(us) FILTER (WHERE kind = 'opened' AND machine IS NOT TRUE) AS opened_us,
    min(us) FILTER (WHERE kind = 'clicked' AND machine IS NOT TRUE) AS clicked_us,
    max(us) FILTER (WHERE kind = 'opened' AND machine IS NOT TRUE) AS last_opened_us,
    max(us) FILTER (WHERE kind = 'clicked' AND machine IS NOT TRUE) AS last_clicked_us
  FROM e WHERE kind IN {MAIL} AND campaign_id IS NOT NULL GROUP BY contact_key, campaign_id),
mailings AS (SELECT *,
    coalesce(delivered_us, CASE WHEN bounces = 0 THEN sent_us END) AS received_us FROM mail),
activity AS (SELECT e.contact_key, e.us, e.device,
    (local_second(e.us, coalesce(c.timezone, '{zone}')) + 259200) % 604800 AS week_second
  FROM e JOIN contacts c ON e.contact_key = c.contact_key
  WHERE e.kind IN {HUMAN} AND e.machine IS NOT TRUE),
visits AS (SELECT *, lag(us) OVER (PARTITION BY contact_key ORDER BY us) AS previous_us
  FROM e WHERE kind IN {WEB}),
web AS (SELECT *, previous_us IS NULL OR us - previous_us > {SESSION_GAP_US} AS starts_session
  FROM visits),
categories AS (SELECT contact_key, category, count(*) AS views FROM e
  WHERE kind IN ('page_viewed', 'product_viewed') AND category IS NOT NULL AND us >= {{from:90}}
  GROUP BY contact_key, category)"
    )
}

fn selection(
    specs: &[FeatureSpec],
    clock: &Moments,
    relations: impl Iterator<Item = Relation>,
) -> String {
    let columns: Vec<String> = specs
        .iter()
        .map(|s| format!("CAST({} AS DOUBLE) AS \"{}\"", clock.fill(&s.formula), s.name))
        .collect();
    let mut sql = format!(
        "\nSELECT known.contact_id AS contact_id,\n  {}\nFROM (SELECT contact_key, contact_id, \
         CAST(coalesce(created_at, first_seen_at) AS BIGINT) AS known_us FROM contacts) AS known",
        columns.join(",\n  ")
    );
    for relation in relations {
        let name = relation_name(relation);
        let _ = write!(
            sql,
            "\nLEFT JOIN measured_{name} ON known.contact_key = measured_{name}.contact_key"
        );
    }
    sql.push_str("\nORDER BY known.contact_id");
    sql
}

/// The moments that placeholders stand for.
struct Moments {
    now_us: i64,
    today: i64,
    zone: String,
}

impl Moments {
    fn new(as_of: &AsOf) -> Result<Self> {
        let zone = as_of.zone().iana_name().unwrap_or("UTC").to_owned();
        let seconds = LocalClock::new(&zone)?.second(as_of.micros());
        Ok(Moments { now_us: as_of.micros(), today: seconds.div_euclid(86_400), zone })
    }

    /// Replaces `{now}`, `{today}`, `{from:N}` and `{day:x}`.
    fn fill(&self, sql: &str) -> String {
        let mut out = String::with_capacity(sql.len());
        let mut rest = sql;
        while let Some((before, after)) = rest.split_once('{') {
            out.push_str(before);
            let (name, tail) = after.split_once('}').unwrap_or((after, ""));
            out.push_str(&self.value(name));
            rest = tail;
        }
        out.push_str(rest);
        out
    }

    fn value(&self, name: &str) -> String {
        match name.split_once(':') {
            Some(("from", days)) => {
                let days: i64 = days.parse().unwrap_or(0);
                (self.now_us - days * DAY_US).to_string()
            }
            Some(("day", time)) => format!("(local_second({time}, '{}') / 86400)", self.zone),
            _ if name == "now" => self.now_us.to_string(),
            _ => self.today.to_string(),
        }
    }
}
