//! `predict`: the predictions of a workspace.

use crate::error::Result;
use crate::pipeline::{Prediction, Step};

use super::super::args::{Format, Global};
use super::super::printer::Printer;
use super::super::{Verdict, run, source};
use super::result::{Question, contacts_table};
use super::tables::tables;

pub fn predict(global: &Global, printer: &Printer) -> Result<Verdict> {
    let (outcome, prediction) = source::writing(global, printer, |_, p| {
        let outcome = p.predict()?;
        Ok((outcome, p.prediction()?))
    })?;
    match printer.format {
        Format::Json => printer.json(&prediction)?,
        Format::Csv => match &prediction.outlook {
            Some(outlook) => printer.table(&contacts_table(outlook, Question::Churn))?,
            None => printer.warn(prediction.no_outlook.as_deref().unwrap_or_default()),
        },
        Format::Text => text(&prediction, printer)?,
    }
    run::say(Step::Predict, outcome, printer);
    Ok(Verdict::Fine)
}

fn text(prediction: &Prediction, printer: &Printer) -> Result<()> {
    match &prediction.outlook {
        Some(outlook) => {
            for table in tables(outlook) {
                printer.table(&table)?;
                printer.line("")?;
            }
        }
        None => printer.line(prediction.no_outlook.as_deref().unwrap_or_default())?,
    }
    match &prediction.engagement {
        Some(engagement) => printer.line(&format!(
            "Contacts without an order: {} at high, {} at medium and {} at low risk of no open, click or visit \
             within {} days; {}.",
            engagement.bands[2],
            engagement.bands[1],
            engagement.bands[0],
            engagement.horizon_days,
            engagement.risk.why
        )),
        None => printer.line(&format!(
            "Contacts without an order: {}.",
            prediction.no_engagement.as_deref().unwrap_or_default()
        )),
    }
}
