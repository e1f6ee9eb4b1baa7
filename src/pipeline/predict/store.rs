//! The predictions on disk: `outlook.json` with models and evidence, `models.json` with what scoring later
//! reads of them, `contacts` and `silence` with a row a contact, as Parquet and CSV.

use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};

use crate::error::{Error, Result};
use crate::ingest::exponent;
use crate::lake::write_table;
use crate::predict::churn::Reason;
use crate::predict::outlook::{ContactOutlook, EngagementContact};
use crate::workspace::Manifest;
use crate::workspace::atomic::{self, Staging};

use super::make::Prediction;
use super::models::PredictionModels;

const OUTLOOK_FILE: &str = "outlook.json";
const MODELS_FILE: &str = "models.json";
const CONTACTS: &str = "contacts";
const SILENCE: &str = "silence";

/// Writes the predictions into `dir`, whole or not at all.
pub fn write(prediction: &Prediction, manifest: &Manifest, dir: &Path) -> Result<()> {
    let minor_per_major = 10f64.powi(exponent(&prediction.currency) as i32);
    let staging = Staging::new(dir)?;
    atomic::write_json(&staging.path().join(OUTLOOK_FILE), prediction)?;
    atomic::write_json(&staging.path().join(MODELS_FILE), &PredictionModels::of(prediction))?;
    if let Some(outlook) = &prediction.outlook {
        let batch =
            contacts(&outlook.contacts, &outlook.params.scores.horizons_days, minor_per_major)?;
        write_both(&batch, staging.path(), CONTACTS)?;
    }
    if let Some(engagement) = &prediction.engagement {
        write_both(&silence(&engagement.contacts, minor_per_major)?, staging.path(), SILENCE)?;
    }
    manifest.write(staging.path())?;
    staging.commit()
}

/// The models behind the predictions in `dir`; `None` where the data sufficed for none.
///
/// # Errors
/// If there are no predictions, or their models are damaged or of another version.
pub fn read_models(dir: &Path) -> Result<Option<PredictionModels>> {
    const AGAIN: &str = "make the predictions: run `microseg predict`";
    let path = dir.join(MODELS_FILE);
    let json = match std::fs::read(&path) {
        Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => {
            return Err(Error::data("there are no models to score with")
                .at_file(&path)
                .hint(AGAIN));
        }
        read => read.map_err(|e| Error::io("read", &path, e))?,
    };
    let models: PredictionModels = serde_json::from_slice(&json).map_err(|e| {
        let error = Error::data("the stored models cannot be understood");
        error.at_file(&path).hint(AGAIN).caused_by(e)
    })?;
    Ok(Some(models).filter(|models| models.outlook.is_some() || models.engagement.is_some()))
}

fn write_both(batch: &RecordBatch, dir: &Path, name: &str) -> Result<()> {
    let path = dir.join(format!("{name}.parquet"));
    write_table(&path, batch.schema(), std::iter::once(Ok(batch.clone())))?;
    let mut csv = arrow::csv::Writer::new(Vec::new());
    csv.write(batch)?;
    atomic::write_file(&dir.join(format!("{name}.csv")), &csv.into_inner())
}

fn contacts(
    rows: &[ContactOutlook],
    horizons: &[u32],
    minor_per_major: f64,
) -> Result<RecordBatch> {
    let count = |value: &dyn Fn(&ContactOutlook) -> i64| -> ArrayRef {
        Arc::new(Int64Array::from_iter_values(rows.iter().map(value)))
    };
    let number = |value: &dyn Fn(&ContactOutlook) -> Option<f64>| -> ArrayRef {
        Arc::new(rows.iter().map(value).collect::<Float64Array>())
    };
    let mut columns: Vec<(String, ArrayRef)> = vec![
        ("contact_id".to_owned(), texts(rows.iter().map(|r| r.contact_id.clone()))),
        ("repeat_purchases".to_owned(), count(&|r| i64::from(r.repeat_purchases))),
        ("age_at_last_days".to_owned(), count(&|r| i64::from(r.age_at_last_days))),
        ("age_days".to_owned(), count(&|r| i64::from(r.age_days))),
        ("days_since_last_order".to_owned(), count(&|r| i64::from(r.days_since_last_order))),
        ("historic_value_minor".to_owned(), count(&|r| r.historic_value_minor)),
        ("churn_risk".to_owned(), number(&|r| Some(r.churn_risk))),
        ("band".to_owned(), texts(rows.iter().map(|r| r.band.word().to_owned()))),
        ("p_alive".to_owned(), number(&|r| Some(r.score.p_alive.point))),
        ("p_alive_low".to_owned(), number(&|r| Some(r.score.p_alive.low))),
        ("p_alive_high".to_owned(), number(&|r| Some(r.score.p_alive.high))),
        ("p_no_order".to_owned(), number(&|r| Some(r.score.p_no_order.point))),
        ("p_no_order_low".to_owned(), number(&|r| Some(r.score.p_no_order.low))),
        ("p_no_order_high".to_owned(), number(&|r| Some(r.score.p_no_order.high))),
    ];
    for (place, days) in horizons.iter().enumerate() {
        let at = |r: &ContactOutlook| r.score.expected_orders[place];
        columns.push((format!("expected_orders_{days}d"), number(&|r| Some(at(r).point))));
        columns.push((format!("orders_low_{days}d"), number(&|r| Some(at(r).low))));
        columns.push((format!("orders_high_{days}d"), number(&|r| Some(at(r).high))));
    }
    let next = |r: &ContactOutlook| r.score.next_order;
    let value = |r: &ContactOutlook| r.score.customer_lifetime_value;
    let more: [(&str, ArrayRef); 11] = [
        ("next_order_days", number(&|r| next(r).map(|n| n.median))),
        ("next_order_days_low", number(&|r| next(r).map(|n| n.low))),
        ("next_order_days_high", number(&|r| next(r).map(|n| n.high))),
        ("next_order_probability", number(&|r| next(r).map(|n| n.probability))),
        ("expected_order_value", number(&|r| r.score.expected_order_value)),
        ("lifetime_value", number(&|r| value(r).map(|v| v.point))),
        ("lifetime_value_low", number(&|r| value(r).map(|v| v.low))),
        ("lifetime_value_high", number(&|r| value(r).map(|v| v.high))),
        ("value_at_risk", number(&|r| r.value_at_risk)),
        ("reasons", texts(rows.iter().map(|r| reasons(&r.reasons, minor_per_major)))),
        ("next_order_note", texts(rows.iter().map(note))),
    ];
    columns.extend(more.into_iter().map(|(name, column)| (name.to_owned(), column)));
    Ok(RecordBatch::try_from_iter(columns)?)
}

fn texts(values: impl Iterator<Item = String>) -> ArrayRef {
    Arc::new(StringArray::from_iter_values(values))
}

fn note(row: &ContactOutlook) -> String {
    match row.score.next_order {
        Some(_) => String::new(),
        None => "unlikely within the horizon".to_owned(),
    }
}

fn silence(rows: &[EngagementContact], minor_per_major: f64) -> Result<RecordBatch> {
    let risks = Float64Array::from_iter_values(rows.iter().map(|r| r.silence_risk));
    Ok(RecordBatch::try_from_iter([
        ("contact_id", texts(rows.iter().map(|r| r.contact_id.clone()))),
        ("silence_risk", Arc::new(risks) as ArrayRef),
        ("band", texts(rows.iter().map(|r| r.band.word().to_owned()))),
        ("reasons", texts(rows.iter().map(|r| reasons(&r.reasons, minor_per_major)))),
    ])?)
}

/// "raises: days since the last order (120); lowers: orders in the last 90 days (3)".
fn reasons(reasons: &[Reason], minor_per_major: f64) -> String {
    let words: Vec<String> = reasons.iter().map(|r| r.words(minor_per_major)).collect();
    words.join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn models_that_are_not_there_or_damaged_are_told_from_none() {
        let dir = tempfile::tempdir().unwrap();
        let missing = read_models(dir.path()).unwrap_err();
        assert!(missing.to_string().ends_with("there are no models to score with"), "{missing}");
        let none = PredictionModels {
            as_of: "2026-07-01".to_owned(),
            currency: "EUR".to_owned(),
            outlook: None,
            engagement: None,
        };
        let path = dir.path().join(MODELS_FILE);
        atomic::write_json(&path, &none).unwrap();
        assert_eq!(read_models(dir.path()).unwrap(), None);
        std::fs::write(&path, "{}").unwrap();
        let damaged = read_models(dir.path()).unwrap_err();
        assert!(damaged.to_string().contains("cannot be understood"), "{damaged}");
        assert!(damaged.hint_text().unwrap().contains("run `microseg predict`"));
    }
}
