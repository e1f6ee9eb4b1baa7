//! A candidate trained on some cutoffs.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

use super::super::logistic::{Design, LogisticModel, LogisticParams, LogitRecalibration, exact};
use super::candidate::Candidate;
use super::column::ColumnsModel;
use super::cutoff::{Cutoff, labels, stacked};
use super::level::{shift_to, shifted};

/// Penalty of the regression on all columns, relative to the number of rows: enough that columns which
/// say much the same share their weight, little beside what any column of use says.
const PENALTY: f64 = 3e-3;
/// Of a regression on one column: only against separation.
const SMALL_PENALTY: f64 = 1e-6;

/// The columns that a baseline of one column reads, by what counts as an action.
const HIATUS: [&str; 2] = ["days_since_last_order", "days_since_last_engagement"];
const FREQUENCY: [&str; 2] = ["repeat_purchases", "engagements"];

/// A trained candidate. Stored and read back, it gives the same bits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Stored")]
pub struct FittedCandidate {
    pub candidate: Candidate,
    rule: Rule,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    candidate: Candidate,
    rule: Rule,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Rule {
    Model(Option<LogitRecalibration>),
    Regression { columns: ColumnsModel, model: LogisticModel, after: After },
    OwnRate,
    Constant(#[serde(with = "exact")] f64),
}

/// What becomes of a regression's probabilities.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum After {
    Nothing,
    Recalibrated(LogitRecalibration),
    Levelled,
}

impl TryFrom<Stored> for FittedCandidate {
    type Error = String;

    fn try_from(Stored { candidate, rule }: Stored) -> Result<Self, String> {
        let fits = match &rule {
            Rule::Regression { columns, model, .. } => {
                let names = model.columns().iter().map(|column| column.name.as_str());
                names.eq(columns.names().iter().map(String::as_str))
            }
            Rule::Constant(share) => (0.0..=1.0).contains(share),
            Rule::Model(_) | Rule::OwnRate => true,
        };
        match fits {
            true => Ok(FittedCandidate { candidate, rule }),
            false => Err(format!("the {} does not fit its columns", candidate.title())),
        }
    }
}

/// Trains a candidate on cutoffs, newest first. `Ok(None)` where it does not apply: no purchase model,
/// no such column, too few cutoffs.
///
/// # Errors
/// If a regression fails, with the reason.
pub fn fit(candidate: Candidate, train: &[&Cutoff]) -> Result<Option<FittedCandidate>> {
    let has_model = train.iter().all(|c| c.model_risk.is_some());
    let has_rate = train.iter().all(|c| c.rate_risk.is_some());
    let rule = match candidate {
        Candidate::PurchaseModel if has_model => Some(Rule::Model(None)),
        Candidate::RecalibratedModel if has_model => Some(Rule::Model(Some(recalibrated(train)?))),
        Candidate::Regression => regression(train, After::Nothing)?,
        Candidate::LevelledRegression if has_model => regression(train, After::Levelled)?,
        Candidate::RecalibratedRegression => recalibrated_regression(train)?,
        Candidate::Hiatus => of_one_column(train, &HIATUS)?,
        Candidate::Frequency => of_one_column(train, &FREQUENCY)?,
        Candidate::OwnRate if has_rate => Some(Rule::OwnRate),
        Candidate::BaseRate => Some(Rule::Constant(share_lost(train))),
        _ => None,
    };
    Ok(rule.map(|rule| FittedCandidate { candidate, rule }))
}

fn share_lost(train: &[&Cutoff]) -> f64 {
    let labels = labels(train);
    labels.iter().filter(|lost| **lost).count() as f64 / labels.len().max(1) as f64
}

fn recalibrated(train: &[&Cutoff]) -> Result<LogitRecalibration> {
    let risks: Vec<f64> =
        train.iter().flat_map(|c| c.model_risk.iter().flatten().copied()).collect();
    LogitRecalibration::fit(&labels(train), &risks, None)
}

fn regression(train: &[&Cutoff], after: After) -> Result<Option<Rule>> {
    let names: Vec<String> = match train.first() {
        Some(newest) => newest.columns.iter().map(|c| c.name.clone()).collect(),
        None => return Ok(None),
    };
    on_columns(train, &names, PENALTY, after)
}

fn on_columns(
    train: &[&Cutoff],
    names: &[String],
    penalty: f64,
    after: After,
) -> Result<Option<Rule>> {
    if names.is_empty() {
        return Ok(None);
    }
    let raw = stacked(train, names);
    let columns = ColumnsModel::fit(&raw);
    let (values, labels, names) = (columns.apply(&raw), labels(train), columns.names());
    let design = Design::new(&names, values.view(), &labels, None)?;
    let model = LogisticParams::with_l2(penalty).check()?.fit(&design)?;
    Ok(Some(Rule::Regression { columns, model, after }))
}

/// The regression learns from the older cutoffs, its recalibration from the newest, which it has not
/// seen.
fn recalibrated_regression(train: &[&Cutoff]) -> Result<Option<Rule>> {
    let [newest, older @ ..] = train else { return Ok(None) };
    if older.is_empty() {
        return Ok(None);
    }
    let Some(Rule::Regression { columns, model, .. }) = regression(older, After::Nothing)? else {
        return Ok(None);
    };
    let plain = FittedCandidate {
        candidate: Candidate::Regression,
        rule: Rule::Regression {
            columns: columns.clone(),
            model: model.clone(),
            after: After::Nothing,
        },
    };
    let after = LogitRecalibration::fit(&newest.lost, &plain.risks(newest)?, None)?;
    Ok(Some(Rule::Regression { columns, model, after: After::Recalibrated(after) }))
}

fn of_one_column(train: &[&Cutoff], known: &[&str]) -> Result<Option<Rule>> {
    let is_there = |name: &&&str| train.iter().all(|cutoff| cutoff.column(name).is_some());
    match known.iter().find(is_there) {
        Some(name) => on_columns(train, &[(*name).to_owned()], SMALL_PENALTY, After::Nothing),
        None => Ok(None),
    }
}

impl FittedCandidate {
    /// P(lost) of every contact of `cutoff`.
    pub fn risks(&self, cutoff: &Cutoff) -> Result<Vec<f64>> {
        let missing = || Error::internal("a cutoff lacks what a churn model was trained on");
        match &self.rule {
            Rule::Model(recalibration) => {
                let risks = cutoff.model_risk.as_ref().ok_or_else(missing)?;
                Ok(match recalibration {
                    Some(after) => risks.iter().map(|p| after.recalibrate(*p)).collect(),
                    None => risks.clone(),
                })
            }
            Rule::OwnRate => cutoff.rate_risk.clone().ok_or_else(missing),
            Rule::Constant(share) => Ok(vec![*share; cutoff.contacts()]),
            Rule::Regression { columns, model, after } => {
                let raw = stacked(&[cutoff], &columns.raw_names());
                let risks = model.predict_all(columns.apply(&raw).view())?;
                Ok(match after {
                    After::Nothing => risks,
                    After::Recalibrated(after) => {
                        risks.iter().map(|p| after.recalibrate(*p)).collect()
                    }
                    After::Levelled => {
                        let level = cutoff.model_risk.as_ref().ok_or_else(missing)?;
                        let mean = level.iter().sum::<f64>() / level.len().max(1) as f64;
                        let shift = shift_to(&risks, mean);
                        risks.iter().map(|p| shifted(*p, shift)).collect()
                    }
                })
            }
        }
    }

    /// Whether a cutoff that comes after the training has what the candidate reads.
    ///
    /// # Errors
    /// If a column is gone, or one that said something of every contact now says nothing of any.
    pub fn check(&self, cutoff: &Cutoff) -> Result<()> {
        let Some((columns, _)) = self.regression() else { return Ok(()) };
        let refused = |name: &str, why: &str| {
            Err(Error::data(format!(
                "the {} was trained on `{name}`, {why}",
                self.candidate.title()
            ))
            .hint("fit the models to what there is now: run `microseg predict`"))
        };
        let names = columns.raw_names();
        if let Some(gone) = names.iter().find(|name| cutoff.column(name).is_none()) {
            return refused(gone, "which is not there any more");
        }
        let is_empty = |name: &&str| {
            let values = cutoff.column(name).map_or(&[][..], |column| &column.values);
            !values.is_empty() && values.iter().all(|value| value.is_nan())
        };
        match columns.always_there().into_iter().find(is_empty) {
            Some(empty) => refused(empty, "which now is missing for everybody"),
            None => Ok(()),
        }
    }

    /// The regression behind it, with its columns, if there is one.
    pub fn regression(&self) -> Option<(&ColumnsModel, &LogisticModel)> {
        match &self.rule {
            Rule::Regression { columns, model, .. } => Some((columns, model)),
            _ => None,
        }
    }
}
