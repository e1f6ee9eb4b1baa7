//! The query plan of a range of contacts.

use std::fmt::Write;
use std::sync::Arc;

use arrow::array::RecordBatch;
use arrow::datatypes::DataType;
use datafusion::dataframe::DataFrame;
use datafusion::error::Result as QueryResult;
use datafusion::logical_expr::AggregateUDF;
use datafusion::physical_expr::aggregate::AggregateExprBuilder;
use datafusion::physical_plan::aggregates::{AggregateExec, AggregateMode, PhysicalGroupBy};
use datafusion::physical_plan::coalesce_partitions::CoalescePartitionsExec;
use datafusion::physical_plan::expressions::col;
use datafusion::physical_plan::{self, ExecutionPlan};

use crate::error::{Error, Result};
use crate::lake::Session;

use super::{Layout, Measuring, Origin, Slot, aggregate};

const KEY: &str = "contact_key";

/// The SQL of the relation of all tables' rows.
pub fn relation(layout: &Layout) -> String {
    let origins = layout.origins.iter().filter_map(|code| Origin::of(*code));
    let selects: Vec<String> = origins.map(|origin| select(layout, origin)).collect();
    selects.join("\nUNION ALL ")
}

fn select(layout: &Layout, origin: Origin) -> String {
    let mut sql = format!("SELECT {KEY}");
    for slot in &layout.slots {
        let name = slot.name();
        let _ = write!(sql, ", {} AS {name}", source(layout, origin, *slot));
    }
    let _ = write!(sql, " FROM {}", origin.table());
    sql
}

fn source(layout: &Layout, origin: Origin, slot: Slot) -> String {
    match (slot, origin) {
        (Slot::Origin, _) => format!("CAST({} AS TINYINT)", origin as i8),
        (Slot::Time, Origin::Contact) => {
            "CAST(coalesce(created_at, first_seen_at) AS BIGINT)".into()
        }
        (Slot::Time, _) => "CAST(ts AS BIGINT)".to_owned(),
        _ => match (layout.source(origin, slot), slot.data_type()) {
            (Some(column), DataType::Utf8) => format!("arrow_cast({column}, 'Utf8')"),
            (Some(column), _) => column.to_owned(),
            (None, DataType::Dictionary(..)) => {
                "arrow_cast(NULL, 'Dictionary(Int32, Utf8)')".to_owned()
            }
            (None, of) => format!("arrow_cast(NULL, '{of}')"),
        },
    }
}

/// Measures the contacts of a session: batches of the columns of [`Measuring::fields`].
pub fn run(
    session: &Session,
    layout: &Arc<Layout>,
    measuring: &Arc<Measuring>,
) -> Result<Vec<RecordBatch>> {
    let frame = session.sql(&relation(layout))?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .map_err(|e| Error::internal("the query engine could not start").caused_by(e))?;
    let function = aggregate(Arc::clone(measuring), Arc::clone(layout));
    Ok(runtime.block_on(execute(frame, function, layout))?)
}

/// Rows are brought into one stream and aggregated once: partial results would only be copied.
async fn execute(
    frame: DataFrame,
    function: AggregateUDF,
    layout: &Layout,
) -> QueryResult<Vec<RecordBatch>> {
    let context = Arc::new(frame.task_ctx());
    let rows = frame.create_physical_plan().await?;
    let rows: Arc<dyn ExecutionPlan> = Arc::new(CoalescePartitionsExec::new(rows));
    let schema = rows.schema();
    let columns = layout.slots.iter().map(|slot| col(&slot.name(), &schema));
    let measured =
        AggregateExprBuilder::new(Arc::new(function), columns.collect::<QueryResult<_>>()?)
            .schema(Arc::clone(&schema))
            .alias("measured")
            .build()?;
    let groups = PhysicalGroupBy::new_single(vec![(col(KEY, &schema)?, KEY.to_owned())]);
    let aggregates = vec![Arc::new(measured)];
    let plan = AggregateExec::try_new(
        AggregateMode::Single,
        groups,
        aggregates,
        vec![None],
        rows,
        schema,
    )?;
    physical_plan::collect(Arc::new(plan), context).await
}
