//! What `churn`, `clv` and `predict` print.

use std::time::Duration;

use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::error::{Error, Result};
use crate::predict::outlook::{ContactOutlook, Outlook};
use crate::predict::purchase::{FittedPurchases, PurchaseModel};
use crate::predict::spend::FittedSpend;
use crate::reports::{Cell, Column, Table};

use super::super::args::Format;
use super::super::printer::Printer;
use super::file::OrderFile;
use super::tables::tables;

/// What was asked first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Question {
    Churn,
    Value,
}

/// The outlook of one file.
pub struct FileResult<'a> {
    pub file: &'a OrderFile,
    pub outlook: &'a Outlook,
    pub question: Question,
    pub reading: Duration,
    /// Without the rows of contacts.
    pub is_brief: bool,
}

impl FileResult<'_> {
    pub fn show(&self, printer: &Printer) -> Result<()> {
        match printer.format {
            Format::Json => printer.json(&self.json()?),
            Format::Csv => printer.table(&contacts_table(self.outlook, self.question)),
            Format::Text => {
                for table in tables(self.outlook) {
                    printer.table(&table)?;
                    printer.line("")?;
                }
                Ok(())
            }
        }
    }

    fn json(&self) -> Result<FileJson<'_>> {
        let (outlook, file) = (self.outlook, self.file);
        let mut model = Map::new();
        model_json(&outlook.purchases, &mut model);
        let took = &outlook.took;
        let seconds = |time: Duration| time.as_secs_f64();
        Ok(FileJson {
            until: date(outlook.until),
            currency: &file.currency,
            rows: serde_json::to_value(&file.orders.counts).map_err(unwritable)?,
            buyers: outlook.totals.buyers,
            repeat_buyers: outlook.totals.repeat_buyers,
            unit: if outlook.params.unit_days == 7 { "week" } else { "day" },
            model,
            spend: spend_json(outlook),
            outlook,
            seconds: json!({
                "reading": seconds(self.reading - file.sorting),
                "summary": seconds(file.sorting + took.summary),
                "choice": seconds(took.choice), "purchase_fit": seconds(took.purchase_fit),
                "spend_fit": seconds(took.spend_fit), "backtest": seconds(took.backtest),
                "scores": seconds(took.scores),
            }),
            contacts: (!self.is_brief).then_some(outlook.contacts.as_slice()),
        })
    }
}

/// The result as JSON; contacts are written as they are, without a copy.
#[derive(Serialize)]
struct FileJson<'a> {
    until: String,
    currency: &'a str,
    rows: Value,
    buyers: usize,
    repeat_buyers: usize,
    unit: &'static str,
    #[serde(flatten)]
    model: Map<String, Value>,
    spend: Value,
    outlook: &'a Outlook,
    seconds: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    contacts: Option<&'a [ContactOutlook]>,
}

fn unwritable(cause: serde_json::Error) -> Error {
    Error::internal("the result could not be written").caused_by(cause)
}

/// Days since 1970 as a date.
pub fn date(day: i32) -> String {
    let start = jiff::civil::date(1970, 1, 1);
    let date = start.checked_add(jiff::Span::new().days(i64::from(day)));
    date.map_or_else(|_| String::new(), |date| date.to_string())
}

/// Model, parameters by name, log-likelihood, standard errors by name.
pub fn model_json(fitted: &FittedPurchases, head: &mut Map<String, Value>) {
    let names = fitted.kind.parameters();
    let named = |values: [f64; 4]| -> Map<String, Value> {
        names.iter().zip(values).map(|(name, v)| ((*name).to_owned(), json!(v))).collect()
    };
    let mut parameters = named(fitted.model.parameters());
    if let PurchaseModel::Geometric(model) = &fitted.model
        && fitted.kind.has_rhythm()
    {
        parameters.insert("k".to_owned(), json!(model.k));
    }
    head.insert("model".to_owned(), json!(fitted.kind));
    head.insert("parameters".to_owned(), Value::Object(parameters));
    head.insert("log_likelihood".to_owned(), json!(fitted.log_likelihood));
    let errors = fitted.standard_errors.map(named);
    head.insert("standard_errors".to_owned(), json!(errors));
    head.insert("suspicions".to_owned(), json!(fitted.suspicions));
}

fn spend_json(outlook: &Outlook) -> Value {
    match &outlook.spend {
        Some(FittedSpend {
            model,
            log_likelihood,
            standard_errors,
            suspicions,
            contacts,
            correlation,
        }) => {
            json!({
                "model": "gamma-gamma",
                "parameters": model,
                "log_likelihood": log_likelihood,
                "standard_errors": standard_errors.map(|[p, q, v]| json!({ "p": p, "q": q, "v": v })),
                "suspicions": suspicions,
                "contacts": contacts,
                "correlation": correlation,
            })
        }
        None => json!({ "model": Value::Null, "why": outlook.no_spend }),
    }
}

/// A row a contact, in id order.
pub fn contacts_table(outlook: &Outlook, question: Question) -> Table {
    let mut names = vec!["contact_id".to_owned(), "repeat_purchases".to_owned()];
    names.extend(["age_at_last_days", "age_days", "days_since_last_order"].map(str::to_owned));
    let churn =
        ["churn_risk", "band", "p_no_order", "p_no_order_low", "p_no_order_high", "p_alive"];
    let value =
        ["expected_order_value", "lifetime_value", "lifetime_value_low", "lifetime_value_high"];
    let both = |first: &[&str], second: &[&str]| -> Vec<String> {
        first.iter().chain(second).map(|name| (*name).to_owned()).collect()
    };
    names.extend(match question {
        Question::Churn => both(&churn, &value),
        Question::Value => both(&value, &churn),
    });
    names.push("value_at_risk".to_owned());
    for days in &outlook.params.scores.horizons_days {
        names.push(format!("expected_orders_{days}d"));
    }
    names.extend(["next_order_days", "next_order_probability"].map(str::to_owned));
    let rows = outlook.contacts.iter().map(|contact| row(contact, question)).collect();
    Table {
        name: "contacts".to_owned(),
        caption: String::new(),
        columns: names.into_iter().map(Column::text).collect(),
        rows,
    }
}

fn row(contact: &ContactOutlook, question: Question) -> Vec<Cell> {
    let score = &contact.score;
    let number = |value: f64, decimals: usize| Cell::Number { value, decimals };
    let perhaps = |value: Option<f64>, decimals: usize| match value {
        Some(value) => Cell::Number { value, decimals },
        None => Cell::missing("none"),
    };
    let mut cells = vec![
        Cell::Id(contact.contact_id.clone()),
        Cell::Count(u64::from(contact.repeat_purchases)),
        Cell::Count(u64::from(contact.age_at_last_days)),
        Cell::Count(u64::from(contact.age_days)),
        Cell::Count(u64::from(contact.days_since_last_order)),
    ];
    let churn = [
        number(contact.churn_risk, 6),
        Cell::text(contact.band.word()),
        number(score.p_no_order.point, 6),
        number(score.p_no_order.low, 6),
        number(score.p_no_order.high, 6),
        number(score.p_alive.point, 6),
    ];
    let clv = score.customer_lifetime_value;
    let value = [
        perhaps(score.expected_order_value, 4),
        perhaps(clv.map(|v| v.point), 4),
        perhaps(clv.map(|v| v.low), 4),
        perhaps(clv.map(|v| v.high), 4),
    ];
    match question {
        Question::Churn => cells.extend(churn.into_iter().chain(value)),
        Question::Value => cells.extend(value.into_iter().chain(churn)),
    }
    cells.push(perhaps(contact.value_at_risk, 4));
    cells.extend(score.expected_orders.iter().map(|orders| number(orders.point, 6)));
    cells.push(perhaps(score.next_order.map(|next| next.median), 1));
    cells.push(perhaps(score.next_order.map(|next| next.probability), 6));
    cells
}
