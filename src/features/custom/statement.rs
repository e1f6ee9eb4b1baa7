//! What a statement may be, found out by planning it against empty tables.

use std::sync::Arc;

use arrow::datatypes::{DataType, SchemaRef};
use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::common::{Column, DFSchema, SchemaError};
use datafusion::datasource::empty::EmptyTable;
use datafusion::error::DataFusionError;
use datafusion::logical_expr::{Expr, LogicalPlan, Volatility};
use datafusion::prelude::{SessionConfig, SessionContext};
use datafusion::sql::parser::{DFParser, Statement};
use datafusion::sql::resolve::resolve_table_references;
use datafusion::sql::sqlparser::ast;
use tokio::runtime::Runtime;

use crate::error::{Error, Kind, Result};
use crate::lake::{Table, schema};

use super::super::local_time;

/// The columns that say which contact a row is of.
pub const IDS: [&str; 2] = ["contact_id", "contact_key"];

/// Plans statements against the lake's tables without their rows.
pub struct Planner {
    context: SessionContext,
    runtime: Runtime,
    columns: Vec<String>,
}

impl Planner {
    /// `attributes`: names of the free attributes of contacts.
    pub fn new(attributes: &[String]) -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .map_err(|e| Error::internal("the query engine could not start").caused_by(e))?;
        let config = SessionConfig::new().with_target_partitions(1);
        let context = SessionContext::new_with_config(config);
        let mut columns = Vec::new();
        for table in Table::ALL {
            let schema = stored(table, attributes);
            columns.extend(schema.fields().iter().map(|f| f.name().clone()));
            context.register_table(table.name(), Arc::new(EmptyTable::new(schema)))?;
        }
        context.register_udf(local_time::local_second());
        context.register_udf(super::as_of_function(0));
        columns.sort();
        columns.dedup();
        Ok(Planner { context, runtime, columns })
    }

    /// Checks that `sql` is one SELECT over the lake's tables that names contacts and gives one number
    /// for each, and that reads neither the clock nor chance.
    pub fn check(&self, name: &str, sql: &str) -> Result<()> {
        let statement = one_select(name, sql)?;
        check_tables(&statement)?;
        let state = self.context.state();
        let plan = self.runtime.block_on(state.statement_to_plan(statement));
        let plan = plan.map_err(|e| self.refusal(name, &e))?;
        check_nodes(name, &plan)?;
        check_columns(name, plan.schema())?;
        // Types are settled only now: a sum of words is found here.
        let physical = self.runtime.block_on(state.create_physical_plan(&plan));
        physical.map(drop).map_err(|e| self.refusal(name, &e))
    }

    fn refusal(&self, name: &str, error: &DataFusionError) -> Error {
        match unknown_column(error) {
            Some((column, nearby)) if nearby.is_empty() => {
                let known = self.columns.iter().map(String::as_str);
                Error::unknown(Kind::Settings, "column", column, known)
            }
            Some((column, nearby)) => Error::unknown(Kind::Settings, "column", column, nearby),
            None => failure(name, error),
        }
    }
}

/// A statement that the query engine refuses or cannot finish, in one line.
pub fn failure(name: &str, error: &DataFusionError) -> Error {
    let text = error.strip_backtrace().split_whitespace().collect::<Vec<_>>().join(" ");
    Error::settings(format!("the SQL of feature `{name}` fails"))
        .caused_by(text)
        .hint("data/MAPPING.md lists the tables, their columns, and examples")
}

fn stored(table: Table, attributes: &[String]) -> SchemaRef {
    match table {
        Table::Contacts => schema::contacts(attributes),
        Table::Campaigns => schema::campaigns(),
        Table::Events => schema::events(),
        Table::Orders => schema::orders(),
        Table::OrderItems => schema::order_items(),
        Table::Assignments => schema::assignments(),
    }
}

fn one_select(name: &str, sql: &str) -> Result<Statement> {
    let mut statements = DFParser::parse_sql(sql).map_err(|e| failure(name, &e))?;
    let (Some(statement), true) = (statements.pop_front(), statements.is_empty()) else {
        return Err(Error::settings(format!("feature `{name}` is not exactly one statement"))
            .hint("write one SELECT"));
    };
    match &statement {
        Statement::Statement(inner) if matches!(**inner, ast::Statement::Query(_)) => Ok(statement),
        _ => Err(not_a_select(name)),
    }
}

fn not_a_select(name: &str) -> Error {
    Error::settings(format!("the SQL of feature `{name}` is not a SELECT"))
        .hint("write SELECT …, or WITH … SELECT …: a feature reads and changes nothing")
}

fn check_tables(statement: &Statement) -> Result<()> {
    let (tables, _) = resolve_table_references(statement, true)?;
    for table in tables {
        let name = table.to_string();
        if !Table::ALL.iter().any(|t| t.name() == name) {
            return Err(Error::unknown(
                Kind::Settings,
                "table",
                &name,
                Table::ALL.map(Table::name),
            ));
        }
    }
    Ok(())
}

/// Looks at every step of the plan, also within subqueries.
fn check_nodes(name: &str, plan: &LogicalPlan) -> Result<()> {
    let mut wrong = None;
    plan.apply_with_subqueries(|node| {
        let changes = matches!(
            node,
            LogicalPlan::Ddl(_)
                | LogicalPlan::Dml(_)
                | LogicalPlan::Copy(_)
                | LogicalPlan::Statement(_)
                | LogicalPlan::Explain(_)
                | LogicalPlan::Analyze(_)
                | LogicalPlan::DescribeTable(_)
        );
        if changes {
            wrong = Some(not_a_select(name));
            return Ok(TreeNodeRecursion::Stop);
        }
        node.apply_expressions(|expression| {
            expression.apply(|part| {
                if let Some(found) = unsteady(part) {
                    wrong = Some(unsteady_refusal(name, &found));
                    return Ok(TreeNodeRecursion::Stop);
                }
                Ok(TreeNodeRecursion::Continue)
            })
        })
    })?;
    wrong.map_or(Ok(()), Err)
}

/// A part whose value does not follow from the rows alone.
fn unsteady(part: &Expr) -> Option<String> {
    match part {
        Expr::ScalarFunction(call) if call.func.signature().volatility != Volatility::Immutable => {
            Some(format!("{}()", call.func.name()))
        }
        Expr::Placeholder(placeholder) => Some(placeholder.id.clone()),
        Expr::ScalarVariable(_, names) => Some(names.join(".")),
        _ => None,
    }
}

fn unsteady_refusal(name: &str, part: &str) -> Error {
    Error::settings(format!("feature `{name}` uses {part}, which does not follow from the data"))
        .hint("as_of() is the moment up to which data counts; nothing may read the clock or draw")
}

/// Exactly one value beside the contact.
fn check_columns(name: &str, schema: &DFSchema) -> Result<()> {
    let is_id = |name: &str| IDS.contains(&name);
    let fields = schema.fields();
    let ids: Vec<_> = fields.iter().filter(|f| is_id(f.name())).collect();
    let values: Vec<_> = fields.iter().filter(|f| !is_id(f.name())).collect();
    let [id] = ids[..] else {
        return Err(Error::settings(format!(
            "the SQL of feature `{name}` gives {} columns called contact_id or contact_key",
            ids.len()
        ))
        .hint("select one of the two, to say whose value it is"));
    };
    if !(id.name() == "contact_id" && is_text(id.data_type()) || id.data_type().is_integer()) {
        return Err(Error::settings(format!("feature `{name}` gives another {}", id.name()))
            .hint("select the column as it is in the lake"));
    }
    let [value] = values[..] else {
        return Err(Error::settings(format!(
            "the SQL of feature `{name}` gives {} values a contact",
            values.len()
        ))
        .hint("select contact_id or contact_key, and one value beside it"));
    };
    let of = value.data_type();
    if of.is_numeric() || *of == DataType::Boolean {
        return Ok(());
    }
    Err(Error::settings(format!("feature `{name}` is of type {of}, not a number or true/false"))
        .hint("count, add up or CAST; CAST(ts AS BIGINT) is microseconds since 1970"))
}

fn is_text(of: &DataType) -> bool {
    matches!(of, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View)
}

/// The column that an error is about, and those that there are.
fn unknown_column(error: &DataFusionError) -> Option<(&str, Vec<&str>)> {
    match error {
        DataFusionError::SchemaError(cause, _) => match &**cause {
            SchemaError::FieldNotFound { field, valid_fields } => {
                Some((field.name(), valid_fields.iter().map(Column::name).collect()))
            }
            _ => None,
        },
        DataFusionError::Context(_, cause) | DataFusionError::Diagnostic(_, cause) => {
            unknown_column(cause)
        }
        DataFusionError::Collection(errors) => errors.first().and_then(unknown_column),
        _ => None,
    }
}
