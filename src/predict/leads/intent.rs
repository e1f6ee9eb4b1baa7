//! What contacts did, counted by rule: one query over the events, and one for every rule on orders.
//!
//! The weight of an occurrence, 2^(−age / half-life), is rounded to a billionth, so that the sums inside
//! the query are sums of whole numbers and do not depend on the order of rows.

use arrow::array::{AsArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Int64Type, UInt64Type};

use super::model::{LeadRule, Look};
use crate::error::{Error, Kind, Result};
use crate::lake::Session;

pub(super) const DAY_US: i64 = 86_400_000_000;

/// Weights are in billionths.
const BILLION: i64 = 1_000_000_000;

/// Kinds of event that machines bring about too.
const MACHINES: [&str; 2] = ["clicked", "opened"];

/// How often a contact did what one rule looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Occurrences {
    /// Sum of the weights, in billionths.
    pub weight: i64,
    /// The part of it from occurrences before `since`.
    pub older: i64,
    pub times: u64,
    /// Occurrences at `since` or later.
    pub new_times: u64,
}

/// The moments that occurrences are held against, in microseconds.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    pub now: i64,
    /// Later occurrences are new.
    pub since: i64,
}

/// The first moment that any rule of intent reaches back to; `None` where one reaches back for ever.
pub(super) fn first_us(rules: &[LeadRule], now: i64) -> Option<i64> {
    let froms = rules.iter().filter_map(|rule| match &rule.look {
        Look::Event { within_days, .. } => Some(within_days.map_or(i64::MIN, |d| from(d, now))),
        Look::Feature { .. } => None,
    });
    froms.min().filter(|from| *from > i64::MIN)
}

fn from(days: u32, now: i64) -> i64 {
    now.saturating_sub(i64::from(days).saturating_mul(DAY_US))
}

/// What every contact did, by rule: pairs of key and occurrences, those who did nothing left out. A rule
/// of fit has none.
pub(super) fn occurrences(
    session: &Session,
    rules: &[LeadRule],
    clock: Clock,
) -> Result<Vec<Vec<(u64, Occurrences)>>> {
    let mut found: Vec<Vec<(u64, Occurrences)>> = rules.iter().map(|_| Vec::new()).collect();
    let mut of_events = Vec::new();
    for (place, rule) in rules.iter().enumerate() {
        match &rule.look {
            Look::Event { event, .. } if event == Look::ORDERED => {
                let sql = summed(&orders(rule), &[(place, rule)], clock);
                take(&session.collect(&sql)?, &[place], &mut found)?;
            }
            Look::Event { .. } => of_events.push((place, rule)),
            Look::Feature { .. } => {}
        }
    }
    if !of_events.is_empty() {
        let sql = summed(&events(&of_events), &of_events, clock);
        let places: Vec<usize> = of_events.iter().map(|(place, _)| *place).collect();
        take(&session.collect(&sql)?, &places, &mut found)?;
    }
    Ok(found)
}

/// A query for weights and counts by contact, four columns a rule.
fn summed(source: &str, rules: &[(usize, &LeadRule)], clock: Clock) -> String {
    let columns: String = rules.iter().map(|(place, rule)| sums(*place, rule, clock)).collect();
    format!("SELECT contact_key{columns} FROM ({source}) AS s GROUP BY contact_key")
}

fn sums(place: usize, rule: &LeadRule, clock: Clock) -> String {
    let Clock { now, since } = clock;
    let (condition, weight) = (condition(rule, now), weight(rule, now));
    format!(
        ", sum(CASE WHEN {condition} THEN {weight} ELSE 0 END) AS weight_{place}\
         , sum(CASE WHEN {condition} AND us < {since} THEN {weight} ELSE 0 END) AS older_{place}\
         , count(CASE WHEN {condition} THEN 1 END) AS times_{place}\
         , count(CASE WHEN {condition} AND us >= {since} THEN 1 END) AS new_{place}"
    )
}

/// Which rows of the source are occurrences of a rule.
fn condition(rule: &LeadRule, now: i64) -> String {
    let Look::Event { event, campaign_type, category, machines, within_days, .. } = &rule.look
    else {
        return "FALSE".to_owned();
    };
    let mut parts = Vec::new();
    if event != Look::ORDERED {
        parts.push(format!("kind = {}", quoted(event)));
        if MACHINES.contains(&event.as_str()) && !machines {
            parts.push("machine IS NOT TRUE".to_owned());
        }
        parts.extend(category.as_ref().map(|word| format!("category = {}", quoted(word))));
        parts.extend(campaign_type.as_ref().map(|of| format!("campaign_type = {}", quoted(of))));
    }
    parts.extend(within_days.map(|days| format!("us >= {}", from(days, now))));
    match parts.is_empty() {
        true => "TRUE".to_owned(),
        false => parts.join(" AND "),
    }
}

/// The weight of a row, in billionths.
fn weight(rule: &LeadRule, now: i64) -> String {
    match &rule.look {
        Look::Event { half_life_days: Some(days), .. } => {
            let half_life = days * DAY_US as f64;
            format!(
                "CAST(round(1e9 * power(2.0, CAST(us - {now} AS DOUBLE) / {half_life:?})) AS BIGINT)"
            )
        }
        _ => format!("CAST({BILLION} AS BIGINT)"),
    }
}

/// The rows of events, with what the rules ask of them.
fn events(rules: &[(usize, &LeadRule)]) -> String {
    let mut kinds: Vec<String> = Vec::new();
    let mut has_types = false;
    for (_, rule) in rules {
        if let Look::Event { event, campaign_type, .. } = &rule.look {
            kinds.push(quoted(event));
            has_types |= campaign_type.is_some();
        }
    }
    kinds.sort();
    kinds.dedup();
    let (column, join) = match has_types {
        false => ("", ""),
        true => (
            ", c.campaign_type",
            " LEFT JOIN (SELECT CAST(campaign_id AS VARCHAR) AS campaign_id, \
             min(CAST(campaign_type AS VARCHAR)) AS campaign_type FROM campaigns \
             WHERE campaign_id IS NOT NULL GROUP BY 1) AS c \
             ON c.campaign_id = CAST(e.campaign_id AS VARCHAR)",
        ),
    };
    format!(
        "SELECT e.contact_key, CAST(e.ts AS BIGINT) AS us, e.kind, e.machine, e.category{column} \
         FROM events AS e{join} WHERE e.kind IN ({})",
        kinds.join(", ")
    )
}

/// The orders that a rule looks at.
fn orders(rule: &LeadRule) -> String {
    let of_category = match &rule.look {
        Look::Event { category: Some(word), .. } => format!(
            " AND order_id IN (SELECT order_id FROM order_items WHERE category = {})",
            quoted(word)
        ),
        _ => String::new(),
    };
    format!(
        "SELECT contact_key, CAST(ts AS BIGINT) AS us FROM orders \
         WHERE status = 'completed' AND amount_minor > 0{of_category}"
    )
}

fn take(
    batches: &[RecordBatch],
    places: &[usize],
    found: &mut [Vec<(u64, Occurrences)>],
) -> Result<()> {
    for batch in batches {
        let keys = cast(batch.column(0), &DataType::UInt64)?;
        let keys = keys.as_primitive::<UInt64Type>();
        for (at, place) in places.iter().enumerate() {
            let column = |n: usize| cast(batch.column(1 + 4 * at + n), &DataType::Int64);
            let columns = [column(0)?, column(1)?, column(2)?, column(3)?];
            let [weight, older, times, new] =
                columns.each_ref().map(|column| column.as_primitive::<Int64Type>().values());
            let rows = (0..batch.num_rows()).filter(|row| times[*row] > 0);
            found[*place].extend(rows.map(|row| {
                let occurrences = Occurrences {
                    weight: weight[row],
                    older: older[row],
                    times: times[row].unsigned_abs(),
                    new_times: new[row].unsigned_abs(),
                };
                (keys.value(row), occurrences)
            }));
        }
    }
    Ok(())
}

/// Checks that the data hold what a rule of intent looks at: one that nothing can match is an error,
/// since it looks like one that nobody earns.
pub(super) fn check(session: &Session, rule: &LeadRule) -> Result<()> {
    let Look::Event { event, campaign_type, category, .. } = &rule.look else { return Ok(()) };
    let is_order = event == Look::ORDERED;
    let (table, rows) = match is_order {
        true => ("orders", "TRUE".to_owned()),
        false => ("events", format!("kind = {}", quoted(event))),
    };
    if !holds(session, table, &rows)? {
        return Err(Error::data(format!(
            "the rule `{}` cannot be evaluated on this data: there is no `{event}` at all",
            rule.id
        ))
        .hint("map a source that has such events, or leave the rule out"));
    }
    if campaign_type.is_some() && is_order {
        return Err(Error::settings(format!(
            "the rule `{}`: orders have no campaign_type",
            rule.id
        ))
        .hint("leave campaign_type out, or look at another event"));
    }
    if let Some(of) = campaign_type {
        among(session, "campaign_type", of, "campaigns")?;
    }
    match category {
        Some(category) => {
            among(session, "category", category, if is_order { "order_items" } else { "events" })
        }
        None => Ok(()),
    }
}

fn among(session: &Session, column: &str, word: &str, table: &str) -> Result<()> {
    if holds(session, table, &format!("{column} = {}", quoted(word)))? {
        return Ok(());
    }
    let known = session.words(&format!(
        "SELECT DISTINCT CAST({column} AS VARCHAR) AS word FROM {table} \
         WHERE {column} IS NOT NULL ORDER BY word"
    ))?;
    let known = known.iter().map(String::as_str).filter(|word| !crate::error::has_address(word));
    Err(Error::unknown(Kind::Settings, column, &crate::error::shown(word), known))
}

fn holds(session: &Session, table: &str, condition: &str) -> Result<bool> {
    let sql = format!("SELECT 1 FROM {table} WHERE {condition} LIMIT 1");
    Ok(session.collect(&sql)?.iter().any(|batch| batch.num_rows() > 0))
}

/// A text in SQL.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
