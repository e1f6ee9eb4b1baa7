//! Whether the data are whole and new enough to act on.

use std::collections::BTreeMap;

use arrow::array::AsArray;
use arrow::compute::cast;
use arrow::datatypes::{DataType, Int64Type};

use crate::error::{Error, Result};
use crate::ingest::IngestReport;
use crate::lake::Session;
use crate::workspace::AsOf;

use super::super::run::Pipeline;
use super::history::History;

/// Tables in which something happens every week, and what a row of them is called.
const LIVELY: [(&str, &str); 2] = [("events", "event"), ("orders", "order")];

impl Pipeline<'_> {
    /// Refuses data that end long before the as-of, or that are fewer than they were: who would then enter and leave
    /// segments would do so for want of data.
    ///
    /// # Errors
    ///
    /// A check's error that says which table, and by how much.
    pub(super) fn check_fresh(
        &self,
        ingested: &IngestReport,
        history: &History,
        as_of: &AsOf,
    ) -> Result<()> {
        self.check_rows(ingested, history)?;
        let settings = &self.workspace.settings().refresh;
        let session = self.session(&self.lake()?, as_of)?;
        for (table, row) in LIVELY {
            let Some(last_us) = last_us(&session, table)? else { continue };
            let days = as_of.days_since(last_us);
            if days > i64::from(settings.stale_after_days) {
                return Err(Error::check(format!(
                    "the last {row} is {days} days older than the as-of {as_of}, so that nobody is moved"
                ))
                .hint(
                    "export newer data; if the shop is that quiet, set stale_after_days under [refresh]",
                ));
            }
        }
        Ok(())
    }

    fn check_rows(&self, ingested: &IngestReport, history: &History) -> Result<()> {
        let Some(latest) = history.latest() else { return Ok(()) };
        let (now, shrink) = (rows_by_table(ingested), self.workspace.settings().refresh.shrink);
        for (table, before) in &latest.report.rows {
            let rows = now.get(table).copied().unwrap_or(0);
            if (rows as f64) < (1.0 - shrink) * *before as f64 {
                return Err(Error::check(format!(
                    "{table} has {rows} rows, where it had {before} at the refresh of {}, so that nobody is moved",
                    latest.report.as_of
                ))
                .hint("put the missing rows back; if they are meant to be gone, set shrink under [refresh]"));
            }
        }
        Ok(())
    }
}

/// The time of the last row that the session sees, in microseconds; `None` without rows.
fn last_us(session: &Session, table: &str) -> Result<Option<i64>> {
    let sql = format!("SELECT CAST(max(ts) AS BIGINT) AS us FROM {table}");
    let mut last = None;
    for batch in session.collect(&sql)? {
        let column = cast(batch.column(0), &DataType::Int64)?;
        last = column.as_primitive::<Int64Type>().iter().flatten().chain(last).max();
    }
    Ok(last)
}

/// Accepted rows by table.
pub(super) fn rows_by_table(ingested: &IngestReport) -> BTreeMap<String, u64> {
    let mut rows = BTreeMap::new();
    for source in &ingested.sources {
        *rows.entry(source.table.clone()).or_insert(0) += source.accepted;
    }
    rows
}
