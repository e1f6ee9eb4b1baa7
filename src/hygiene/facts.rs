//! What this data holds, so that each check knows whether it can run.

use std::collections::BTreeMap;

use arrow::array::{AsArray, RecordBatch};
use arrow::datatypes::{DataType, Int64Type};

use crate::error::Result;
use crate::ingest::IngestReport;
use crate::lake::{Session, Table};
use crate::workspace::{AsOf, Settings};

const DAY_US: i64 = 86_400_000_000;

/// Events of one kind: all, with a campaign, with a client, with a word on machines.
#[derive(Debug, Clone, Copy, Default)]
pub struct KindFacts {
    pub rows: u64,
    pub with_campaign: u64,
    pub with_client: u64,
    pub judged: u64,
}

/// Counts that decide which checks can run.
pub struct Facts<'a> {
    pub report: &'a IngestReport,
    pub settings: &'a Settings,
    pub as_of_us: i64,
    pub kinds: BTreeMap<String, KindFacts>,
    /// Contacts with a value, by column.
    pub contacts: BTreeMap<&'static str, u64>,
    pub orders: u64,
    /// The currency of most orders; ties go to the first by name.
    pub main_currency: Option<String>,
    pub first_mail_us: Option<i64>,
}

const CONTACT_COLUMNS: [&str; 3] = ["created_at", "updated_at", "address_code"];

impl<'a> Facts<'a> {
    pub fn read(
        session: &Session,
        as_of: &AsOf,
        report: &'a IngestReport,
        settings: &'a Settings,
    ) -> Result<Self> {
        let main = session.words(
            "SELECT word FROM (SELECT CAST(currency AS VARCHAR) AS word, COUNT(*) AS n FROM orders \
             WHERE currency IS NOT NULL GROUP BY CAST(currency AS VARCHAR)) \
             ORDER BY n DESC, word LIMIT 1",
        )?;
        let first = session.collect(
            "SELECT CAST(MIN(ts) AS BIGINT) FROM events WHERE kind IN ('sent', 'delivered')",
        )?;
        Ok(Facts {
            report,
            settings,
            as_of_us: as_of.micros(),
            kinds: kinds(session)?,
            contacts: contacts(session)?,
            orders: number(&session.collect("SELECT COUNT(*) FROM orders")?),
            main_currency: main.into_iter().next(),
            first_mail_us: integers(&first, 0).first().copied().flatten(),
        })
    }

    pub fn kind(&self, kind: &str) -> KindFacts {
        self.kinds.get(kind).copied().unwrap_or_default()
    }

    pub fn has(&self, kind: &str) -> bool {
        self.kind(kind).rows > 0
    }

    /// Contacts that have a value in `column`.
    pub fn known(&self, column: &str) -> u64 {
        self.contacts.get(column).copied().unwrap_or(0)
    }

    /// The kind that says that a mail was on its way: `sent`, or `delivered` where only that is
    /// exported; `None` without either.
    pub fn mailed(&self) -> Option<&'static str> {
        ["sent", "delivered"].into_iter().find(|kind| self.has(kind))
    }

    /// The kind that open and click rates are over.
    pub fn received(&self) -> Option<&'static str> {
        ["delivered", "sent"].into_iter().find(|kind| self.has(kind))
    }

    /// True if a source of `table` has a column for `field`.
    pub fn is_mapped(&self, table: Table, field: &str) -> bool {
        let mut sources = self.settings.sources.iter().filter(|s| s.table == table.name());
        sources.any(|s| s.columns.contains_key(field) || s.constants.contains_key(field))
    }

    /// The moment so many days before the as-of, as SQL.
    pub fn days_before(&self, days: i64) -> String {
        moment(self.as_of_us - days * DAY_US)
    }
}

/// A moment as SQL.
pub fn moment(us: i64) -> String {
    format!("arrow_cast(CAST({us} AS BIGINT), 'Timestamp(Microsecond, Some(\"UTC\"))')")
}

/// A moment so many days after another one.
pub fn after_days(us: i64, days: i64) -> String {
    moment(us.saturating_add(days * DAY_US))
}

fn kinds(session: &Session) -> Result<BTreeMap<String, KindFacts>> {
    let batches = session.collect(
        "SELECT kind, COUNT(*), COUNT(campaign_id), COUNT(client), COUNT(machine) FROM events \
         GROUP BY kind",
    )?;
    let mut kinds = BTreeMap::new();
    for batch in &batches {
        let words = arrow::compute::cast(batch.column(0), &DataType::Utf8)?;
        let count = |column: usize, row: usize| {
            batch.column(column).as_primitive::<Int64Type>().value(row) as u64
        };
        for (row, kind) in words.as_string::<i32>().iter().enumerate() {
            let facts = KindFacts {
                rows: count(1, row),
                with_campaign: count(2, row),
                with_client: count(3, row),
                judged: count(4, row),
            };
            kinds.insert(kind.unwrap_or_default().to_owned(), facts);
        }
    }
    Ok(kinds)
}

fn contacts(session: &Session) -> Result<BTreeMap<&'static str, u64>> {
    let counts = CONTACT_COLUMNS.map(|column| format!("COUNT({column})"));
    let batches = session.collect(&format!("SELECT {} FROM contacts", counts.join(", ")))?;
    let value = |place: usize| integers(&batches, place).first().copied().flatten();
    let columns = CONTACT_COLUMNS.iter().enumerate();
    Ok(columns.map(|(place, column)| (*column, value(place).unwrap_or(0) as u64)).collect())
}

/// A column of whole numbers.
pub fn integers(batches: &[RecordBatch], column: usize) -> Vec<Option<i64>> {
    let values = batches.iter().flat_map(|batch| {
        let column = arrow::compute::cast(batch.column(column), &DataType::Int64);
        column.map(|c| c.as_primitive::<Int64Type>().iter().collect::<Vec<_>>()).unwrap_or_default()
    });
    values.collect()
}

/// The one number that a query gives; 0 for null.
pub fn number(batches: &[RecordBatch]) -> u64 {
    integers(batches, 0).first().copied().flatten().unwrap_or(0).max(0) as u64
}
