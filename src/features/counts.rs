//! Counts per contact that are distributions rather than features: hours of activity, categories.

use arrow::array::{AsArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Int64Type};

use crate::error::Result;
use crate::lake::Session;
use crate::workspace::AsOf;

use super::{Relation, local_time, plan};

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
    let select = "CAST(week_second % 86400 / 3600 AS VARCHAR)";
    tallies(session, &plan::grouped(Relation::Activity, select, "us >= {from:365}", as_of)?)
}

/// Page and product views by category, over the 90 days before the as-of.
pub fn categories(session: &Session, as_of: &AsOf) -> Result<Vec<Tally>> {
    session.register(local_time::local_second());
    let filter = "category IS NOT NULL AND kind IN ('page_viewed', 'product_viewed') \
                  AND us >= {from:90}";
    tallies(session, &plan::grouped(Relation::Events, "CAST(category AS VARCHAR)", filter, as_of)?)
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
