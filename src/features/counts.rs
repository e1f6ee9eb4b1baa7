//! Counts per contact that are distributions rather than features: hours of activity, categories.

use arrow::array::{AsArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Int64Type};

use crate::error::Result;
use crate::lake::Session;
use crate::workspace::AsOf;

use super::local_time;

const DAY_US: i64 = 86_400_000_000;

/// Days that hours of activity are taken from.
const YEAR: i64 = 365;

/// Days that categories are taken from.
const QUARTER: i64 = 90;

/// How often a contact (by id) did something of a kind (`what`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    pub contact_id: String,
    pub what: String,
    pub count: u64,
}

/// Human actions by local hour of the day, over the year before the as-of.
pub fn hours(session: &Session, as_of: &AsOf) -> Result<Vec<Tally>> {
    session.register(local_time::local_second());
    let zone = as_of.zone().iana_name().unwrap_or("UTC");
    let from = as_of.micros() - YEAR * DAY_US;
    tallies(
        session,
        &counted(&format!(
            "SELECT e.contact_key, CAST(local_second(CAST(e.ts AS BIGINT), coalesce(c.timezone, \
             '{zone}')) % 86400 / 3600 AS VARCHAR) AS what
             FROM events e JOIN contacts c ON c.contact_key = e.contact_key
             WHERE e.kind IN ('opened', 'clicked', 'page_viewed', 'product_viewed', 'cart_added', \
             'checkout_started') AND e.machine IS NOT TRUE AND CAST(e.ts AS BIGINT) >= {from}"
        )),
    )
}

/// Page and product views by category, over the 90 days before the as-of.
pub fn categories(session: &Session, as_of: &AsOf) -> Result<Vec<Tally>> {
    let from = as_of.micros() - QUARTER * DAY_US;
    tallies(
        session,
        &counted(&format!(
            "SELECT contact_key, CAST(category AS VARCHAR) AS what FROM events
             WHERE category IS NOT NULL AND kind IN ('page_viewed', 'product_viewed') \
             AND CAST(ts AS BIGINT) >= {from}"
        )),
    )
}

/// Counts the rows of a query for (contact_key, what), by contact id.
fn counted(rows: &str) -> String {
    format!(
        "SELECT c.contact_id, t.what, t.n FROM (SELECT contact_key, what, count(*) AS n \
         FROM ({rows}) AS r GROUP BY contact_key, what) AS t \
         JOIN contacts c ON c.contact_key = t.contact_key ORDER BY c.contact_id, t.what"
    )
}

fn tallies(session: &Session, sql: &str) -> Result<Vec<Tally>> {
    let mut tallies = Vec::new();
    for batch in session.collect(sql)? {
        append(&mut tallies, &batch)?;
    }
    Ok(tallies)
}

fn append(tallies: &mut Vec<Tally>, batch: &RecordBatch) -> Result<()> {
    let id = cast(batch.column(0), &DataType::Utf8)?;
    let what = cast(batch.column(1), &DataType::Utf8)?;
    let count = cast(batch.column(2), &DataType::Int64)?;
    let counts = count.as_primitive::<Int64Type>().values();
    for ((id, what), count) in id.as_string::<i32>().iter().zip(what.as_string::<i32>()).zip(counts)
    {
        tallies.push(Tally {
            contact_id: id.unwrap_or_default().to_owned(),
            what: what.unwrap_or_default().to_owned(),
            count: (*count).unsigned_abs(),
        });
    }
    Ok(())
}
