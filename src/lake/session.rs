//! The query session over a lake, in which nothing at or after the as-of exists.

use std::sync::Arc;

use arrow::array::{AsArray, RecordBatch};
use arrow::datatypes::{DataType, SchemaRef};
use datafusion::dataframe::DataFrame;
use datafusion::datasource::MemTable;
use datafusion::error::DataFusionError;
use datafusion::execution::context::SQLOptions;
use datafusion::logical_expr::{Expr, ScalarUDF, cast, col, lit, when};
use datafusion::physical_plan::collect;
use datafusion::prelude::{ParquetReadOptions, SessionConfig, SessionContext};
use datafusion::scalar::ScalarValue;
use tokio::runtime::Runtime;

use crate::error::{Error, Result};
use crate::workspace::AsOf;

use super::events::EventsTable;
use super::in_order::in_order;
use super::{KEY_RANGES, Lake, Slice, Table};

impl From<DataFusionError> for Error {
    fn from(cause: DataFusionError) -> Self {
        Error::internal("a query failed").caused_by(cause)
    }
}

impl From<arrow::error::ArrowError> for Error {
    fn from(cause: arrow::error::ArrowError) -> Self {
        Error::internal("a table operation failed").caused_by(cause)
    }
}

/// The part of a lake that a session sees, besides that nothing at or after the as-of is in it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Scope {
    /// Only contacts whose keys are in this range, of [`KEY_RANGES`].
    pub range: Option<usize>,
    /// Only slices with events at this moment or later.
    pub from_us: Option<i64>,
    /// Only slices with events before this moment.
    pub until_us: Option<i64>,
}

impl Scope {
    fn holds(&self, slice: &Slice) -> bool {
        self.from_us.is_none_or(|from| slice.last_us >= from)
            && self.until_us.is_none_or(|until| slice.first_us < until)
    }
}

/// The canonical tables as views that end at the as-of. The unfiltered files have no name in it, so
/// no query can reach past it.
pub struct Session {
    context: SessionContext,
    runtime: Runtime,
}

impl Session {
    /// Opens the lake's tables at `as_of`, for queries on `threads` threads.
    pub fn new(lake: &Lake, as_of: &AsOf, threads: usize) -> Result<Self> {
        Self::of(lake, as_of, threads, Scope::default())
    }

    /// As [`Session::new`], with only a part of the lake.
    pub fn of(lake: &Lake, as_of: &AsOf, threads: usize, scope: Scope) -> Result<Self> {
        let runtime = runtime(threads)?;
        let config = SessionConfig::new().with_target_partitions(threads.max(1));
        let context = SessionContext::new_with_config(config);
        let session = Session { context, runtime };
        for table in Table::ALL {
            let visible = match table {
                Table::Events => session.events(lake, as_of, &scope)?,
                _ => session.table(lake, table, as_of, &scope)?,
            };
            session.context.register_table(table.name(), visible.into_view())?;
        }
        Ok(session)
    }

    fn table(&self, lake: &Lake, table: Table, as_of: &AsOf, scope: &Scope) -> Result<DataFrame> {
        let path = lake.path(table).to_string_lossy().into_owned();
        let frame = self.context.read_parquet(path, ParquetReadOptions::default());
        let mut frame = self.runtime.block_on(frame)?.filter(before(table, as_of))?;
        if let (Some(range), true) = (scope.range, table != Table::Campaigns) {
            frame = frame.filter(in_range(range))?;
        }
        if table == Table::Contacts {
            // A contact may be known before it does anything.
            for name in ["first_seen_at", "first_event_at"] {
                let seen = when(col(name).lt(moment(as_of)), col(name)).end()?;
                frame = frame.with_column(name, seen)?;
            }
        }
        Ok(frame)
    }

    /// Slices that end before the as-of need no filter; those it cuts do.
    fn events(&self, lake: &Lake, as_of: &AsOf, scope: &Scope) -> Result<DataFrame> {
        let now = as_of.micros();
        let slices: Vec<&Slice> = lake.slices().iter().filter(|s| scope.holds(s)).collect();
        let paths = |keep: &dyn Fn(&Slice) -> bool| -> Vec<_> {
            slices.iter().filter(|s| keep(s)).map(|s| lake.slice_path(s)).collect()
        };
        let whole = self.frame(&paths(&|s| s.last_us < now), scope.range)?;
        let cut = paths(&|s| s.first_us < now && s.last_us >= now);
        if cut.is_empty() {
            return Ok(whole);
        }
        let cut = self.frame(&cut, scope.range)?.filter(before(Table::Events, as_of))?;
        Ok(whole.union(cut)?)
    }

    fn frame(&self, paths: &[std::path::PathBuf], range: Option<usize>) -> Result<DataFrame> {
        let table = EventsTable::new(paths, range)?;
        let filter = range.filter(|_| table.has_other_keys).map(in_range);
        let frame = self.context.read_table(Arc::new(table))?;
        Ok(match filter {
            Some(filter) => frame.filter(filter)?,
            None => frame,
        })
    }

    /// Makes rows available to queries as a table, in place of one of that name.
    pub fn register_batches(
        &self,
        name: &str,
        schema: SchemaRef,
        batches: Vec<RecordBatch>,
    ) -> Result<()> {
        let table = MemTable::try_new(schema, vec![batches])?;
        self.context.deregister_table(name)?;
        self.context.register_table(name, Arc::new(table))?;
        Ok(())
    }

    /// Makes a Parquet file available to queries as a table. What is in it must end at the as-of.
    pub fn register_parquet(&self, name: &str, path: &std::path::Path) -> Result<()> {
        let path = path.to_string_lossy().into_owned();
        let frame = self.context.read_parquet(path, ParquetReadOptions::default());
        let frame = self.runtime.block_on(frame)?;
        self.context.register_table(name, frame.into_view())?;
        Ok(())
    }

    /// Makes a function available to queries.
    pub fn register(&self, function: ScalarUDF) {
        self.context.register_udf(function);
    }

    /// Plans a query.
    pub fn sql(&self, text: &str) -> Result<DataFrame> {
        Ok(self.runtime.block_on(self.context.sql(text))?)
    }

    /// Runs a query to its end.
    pub fn collect(&self, text: &str) -> Result<Vec<RecordBatch>> {
        let frame = self.sql(text)?;
        Ok(self.runtime.block_on(frame.collect())?)
    }

    /// Runs a SELECT so that its rows are worked on in the same order every time, and sums of floats
    /// come out the same to the last bit. The session must be one of a single thread.
    pub fn collect_in_order(&self, text: &str) -> Result<Vec<RecordBatch>, DataFusionError> {
        let reading_only = SQLOptions::new()
            .with_allow_ddl(false)
            .with_allow_dml(false)
            .with_allow_statements(false);
        self.runtime.block_on(async {
            let frame = self.context.sql_with_options(text, reading_only).await?;
            let plan = in_order(frame.create_physical_plan().await?)?;
            collect(plan, Arc::new(frame.task_ctx())).await
        })
    }

    /// The names of a table's columns.
    pub fn columns(&self, table: Table) -> Result<Vec<String>> {
        let frame = self.sql(&format!("SELECT * FROM {} LIMIT 0", table.name()))?;
        Ok(frame.schema().fields().iter().map(|f| f.name().clone()).collect())
    }

    /// Runs a query for one column of words; nulls are left out.
    pub fn words(&self, text: &str) -> Result<Vec<String>> {
        let mut words = Vec::new();
        for batch in self.collect(text)? {
            let column = arrow::compute::cast(batch.column(0), &DataType::Utf8)?;
            words.extend(column.as_string::<i32>().iter().flatten().map(str::to_owned));
        }
        Ok(words)
    }
}

fn runtime(threads: usize) -> Result<Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(threads.max(1))
        .build()
        .map_err(|e| Error::internal("the query engine could not start").caused_by(e))
}

/// The keys of a range.
fn in_range(range: usize) -> Expr {
    let key = |range: usize| lit(ScalarValue::UInt64(Some((range as u64) << 60)));
    let low = col("contact_key").gt_eq(key(range));
    match range + 1 {
        KEY_RANGES => low,
        next => low.and(col("contact_key").lt(key(next))),
    }
}

fn moment(as_of: &AsOf) -> Expr {
    lit(ScalarValue::TimestampMicrosecond(Some(as_of.micros()), Some("UTC".into())))
}

/// What makes a row of `table` visible at `as_of`.
fn before(table: Table, as_of: &AsOf) -> Expr {
    let end = moment(as_of);
    let known = |column: &str| col(column).lt(end.clone());
    match table {
        Table::Events | Table::Orders | Table::OrderItems => known("ts"),
        Table::Contacts => {
            let seen = col("is_described").or(either_null_or(&["first_seen_at"], &known));
            known("created_at").or(col("created_at").is_null().and(seen))
        }
        Table::Campaigns => either_null_or(&["sent_at"], &known),
        Table::Assignments => either_null_or(&["sent_at", "assigned_at"], &known),
    }
}

/// The first of `columns` that is set decides; a row without any is always visible.
fn either_null_or(columns: &[&str], known: &dyn Fn(&str) -> Expr) -> Expr {
    columns.iter().rev().fold(cast(lit(true), DataType::Boolean), |rest, column| {
        known(column).or(col(*column).is_null().and(rest))
    })
}
