//! Churn and value by the stored models, and how earlier risks came out.

use std::path::Path;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Float64Array, RecordBatch, StringArray};
use arrow::datatypes::Float64Type;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::error::{Error, Kind, Result};
use crate::ingest::exponent;
use crate::lake::write_table;
use crate::predict::outlook::{
    ClosedOutcome, EarlierRisks, Outcome, OutcomeParams, RiskAndValue, Verdict, outcome,
};
use crate::reports::digest::{CalibrationFacts, OutlookFacts};
use crate::workspace::AsOf;

use super::super::predict::{PredictionModels, Scored, last_day, order_book, read_models};
use super::super::run::Pipeline;
use super::history::{History, Refreshed};

/// Risks and values of everybody, in a refresh's folder.
const SCORES_FILE: &str = "scores.parquet";

/// What the stored models say, or why they say nothing.
pub(super) struct Rescored {
    pub facts: Option<OutlookFacts>,
    pub scored: Option<Scored>,
    pub why_not: Option<String>,
}

impl Rescored {
    fn nothing(why_not: impl Into<String>) -> Self {
        Rescored { facts: None, scored: None, why_not: Some(why_not.into()) }
    }
}

impl Pipeline<'_> {
    /// Scores everybody by the models of the last `predict`. Data that the models cannot score is a reason, not a
    /// failure: segments are kept current all the same.
    pub(super) fn rescored(&mut self, history: &History) -> Result<Rescored> {
        let dir = self.workspace.predict_dir();
        if !dir.exists() {
            return Ok(Rescored::nothing(
                "no models are stored; `microseg predict` fits and tests them",
            ));
        }
        let Some(models) = read_models(&dir)? else {
            return Ok(Rescored::nothing(
                "the last `microseg predict` could fit no model; its report says why",
            ));
        };
        (self.options.progress)("scoring churn and value by the stored models", 0);
        let scored = match self.score_stored(&models) {
            Ok(scored) => scored,
            Err(error) if error.kind() == Kind::Data && error.place().file.is_none() => {
                let hint = error.hint_text().unwrap_or("run `microseg predict`");
                return Ok(Rescored::nothing(format!("{error}; {hint}")));
            }
            Err(error) => return Err(error),
        };
        let facts = self.outlook_facts(&models, &scored, history)?;
        let why_not = facts.is_none().then(|| "nobody whom the models know has bought".to_owned());
        Ok(Rescored { facts, scored: Some(scored), why_not })
    }

    fn outlook_facts(
        &self,
        models: &PredictionModels,
        scored: &Scored,
        history: &History,
    ) -> Result<Option<OutlookFacts>> {
        let (Some(model), Some(contacts)) = (&models.outlook, &scored.contacts) else {
            return Ok(None);
        };
        let mut bands = [0; 3];
        contacts.iter().for_each(|contact| bands[contact.band as usize] += 1);
        let at_risk: Option<f64> = contacts.iter().map(|contact| contact.value_at_risk).sum();
        let minor = |major: f64| (major * model.minor_per_major()).round() as i64;
        let (calibration, calibration_pending) =
            self.calibration(model.horizon_days(), contacts, history)?;
        Ok(Some(OutlookFacts {
            exponent: exponent(&scored.currency) as u8,
            currency: scored.currency.clone(),
            fitted_as_of: scored.fitted_as_of.clone(),
            horizon_days: model.horizon_days(),
            buyers: contacts.len() as u64,
            value_at_risk_minor: at_risk.map(minor),
            value_at_risk_before_minor: None,
            bands,
            bands_before: None,
            calibration,
            calibration_pending,
        }))
    }

    /// How the risks of the newest refresh whose horizon has closed came out; else when the first will have.
    fn calibration(
        &self,
        horizon_days: u32,
        contacts: &[RiskAndValue],
        history: &History,
    ) -> Result<(Option<CalibrationFacts>, Option<String>)> {
        let (lake, as_of) = (self.lake()?, self.as_of()?);
        let until = last_day(&as_of)?;
        let mut pending = None;
        for earlier in history.0.iter().rev() {
            let Some(outlook) = &earlier.report.outlook else { continue };
            let given = last_day(&AsOf::parse(&earlier.report.as_of, self.workspace.zone())?)?;
            let open = i64::from(given) + i64::from(outlook.horizon_days) - i64::from(until);
            if open > 0 {
                pending = Some((earlier.report.as_of.clone(), open));
                continue;
            }
            let risks = read_risks(&earlier.dir)?;
            let risks =
                EarlierRisks { until: given, horizon_days: outlook.horizon_days, risks: &risks };
            let book = order_book(&self.session(&lake, &as_of)?, &as_of)?;
            let params = OutcomeParams::default().check()?;
            return Ok(match outcome(&risks, &book, until, &params)? {
                Outcome::Closed(closed) => (closed_facts(earlier, &closed), None),
                Outcome::Open { .. } => (None, None),
            });
        }
        let first = match pending {
            Some((as_of, days)) => {
                format!("Risks given as of {as_of} can be judged in {days} days.")
            }
            None if contacts.is_empty() => return Ok((None, None)),
            None => format!("Risks given today can be judged in {horizon_days} days."),
        };
        Ok((None, Some(first)))
    }
}

fn closed_facts(earlier: &Refreshed, closed: &ClosedOutcome) -> Option<CalibrationFacts> {
    let ratio = closed.ratio.as_ref()?;
    Some(CalibrationFacts {
        as_of: earlier.report.as_of.clone(),
        fitted_as_of: earlier
            .report
            .outlook
            .as_ref()
            .map(|o| o.fitted_as_of.clone())
            .unwrap_or_default(),
        contacts: closed.contacts as u64,
        expected_lost: closed.expected_lost,
        lost: closed.lost as u64,
        ratio: ratio.point,
        low: ratio.low,
        high: ratio.high,
        holds: !matches!(closed.verdict, Verdict::MoreLost | Verdict::FewerLost),
    })
}

/// Writes risks and values into `dir`.
pub(super) fn write_scores(scored: &Scored, dir: &Path) -> Result<()> {
    let buyers = scored.contacts.as_deref().unwrap_or_default();
    let others = scored.engagement.as_deref().unwrap_or_default();
    let ids = buyers.iter().map(|c| &c.contact_id).chain(others.iter().map(|c| &c.contact_id));
    let bands = buyers.iter().map(|c| c.band).chain(others.iter().map(|c| c.band));
    let numbers = |of_buyer: fn(&RiskAndValue) -> Option<f64>| -> ArrayRef {
        let of_others = others.iter().map(|_| None);
        Arc::new(buyers.iter().map(of_buyer).chain(of_others).collect::<Float64Array>())
    };
    let silence = buyers.iter().map(|_| None).chain(others.iter().map(|c| Some(c.silence_risk)));
    let batch = RecordBatch::try_from_iter_with_nullable([
        ("contact_id", Arc::new(StringArray::from_iter_values(ids)) as ArrayRef, false),
        ("churn_risk", numbers(|c| Some(c.churn_risk)), true),
        ("silence_risk", Arc::new(silence.collect::<Float64Array>()) as ArrayRef, true),
        ("band", Arc::new(StringArray::from_iter_values(bands.map(|b| b.word()))), false),
        ("lifetime_value", numbers(|c| c.lifetime_value), true),
        ("value_at_risk", numbers(|c| c.value_at_risk), true),
    ])?;
    write_table(&dir.join(SCORES_FILE), batch.schema(), std::iter::once(Ok(batch))).map(drop)
}

/// Churn risks of everybody who had bought, by contact id.
fn read_risks(dir: &Path) -> Result<Vec<(String, f64)>> {
    let path = dir.join(SCORES_FILE);
    let damaged = || {
        Error::data("the risks of an earlier refresh cannot be read")
            .at_file(&path)
            .hint("put back a copy of the folder `refreshes`")
    };
    let file = std::fs::File::open(&path).map_err(|e| Error::io("open", &path, e))?;
    let reader = ParquetRecordBatchReaderBuilder::try_new(file)
        .and_then(|builder| builder.build())
        .map_err(|e| damaged().caused_by(e))?;
    let mut risks = Vec::new();
    for batch in reader {
        let batch = batch?;
        let column = |name: &str| batch.column_by_name(name).ok_or_else(damaged);
        let ids = column("contact_id")?.as_string_opt::<i32>().ok_or_else(damaged)?;
        let values = column("churn_risk")?.as_primitive_opt::<Float64Type>();
        let values = values.ok_or_else(damaged)?;
        for row in (0..batch.num_rows()).filter(|row| values.is_valid(*row)) {
            risks.push((ids.value(row).to_owned(), values.value(row)));
        }
    }
    Ok(risks)
}
