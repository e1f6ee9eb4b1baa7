//! Which purchase model: the one that said most of later orders.

use std::collections::BTreeMap;

use rayon::prelude::*;
use serde::Serialize;

use crate::error::Result;

use super::super::orders::PurchaseDays;
use super::super::purchase::{FittedPurchases, History, ModelKind, PurchaseModel, PurchaseParams};
use super::snapshots::Snapshots;

/// One model tried.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ModelTried {
    pub kind: ModelKind,
    /// Mean ln P(the number of orders that came) over contacts and holdouts; nearer 0 is better.
    pub log_score: Option<f64>,
    /// On all that was seen.
    pub log_likelihood: Option<f64>,
    /// Why there is no number.
    pub why_not: Option<String>,
}

/// How the model was chosen.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ModelChoice {
    pub kind: ModelKind,
    pub how: String,
    pub tried: Vec<ModelTried>,
}

/// Models that are tried. BG/CNBD-k is left to be asked for: like BG/NBD it takes everybody with a single
/// order for alive.
const TRIED: [ModelKind; 4] =
    [ModelKind::MbgNbd, ModelKind::ParetoNbd, ModelKind::BgNbd, ModelKind::MbgCnbdK];

/// Closed days that are held out.
const HOLDOUTS: usize = 2;

/// Probabilities below this count as this: one contact whom no model foresaw does not decide.
const LEAST_PROBABILITY: f64 = 1e-9;

impl ModelChoice {
    /// The model that was asked for.
    pub fn given(kind: ModelKind) -> Self {
        ModelChoice { kind, how: "as given".to_owned(), tried: Vec::new() }
    }

    /// Fits every model to what was known on the newest closed days, and asks what it says of the orders of
    /// the `horizon` days after each. Without such days the likelihood of all that was seen decides. With
    /// the choice come its fits: to all that was seen, and to those days, newest first.
    pub(super) fn by_holdout(
        snapshots: &Snapshots,
        horizon: u32,
        unit: f64,
    ) -> (Self, Vec<FittedPurchases>) {
        let usual = ModelKind::MbgNbd;
        // A day with too few buyers says nothing about any model.
        let holdouts: Vec<(&PurchaseDays, &PurchaseDays)> = snapshots
            .closed()
            .take(HOLDOUTS)
            .take_while(|(before, _)| fitted(usual, before, unit).is_ok())
            .collect();
        let mut tried: Vec<ModelTried> = Vec::with_capacity(TRIED.len());
        let mut found: BTreeMap<ModelKind, Trial> = BTreeMap::new();
        for kind in TRIED {
            let (one, trial) = try_out(kind, snapshots.now(), &holdouts, horizon, unit);
            tried.push(one);
            found.insert(kind, trial);
        }
        let score = |t: &ModelTried| match holdouts.is_empty() {
            true => t.log_likelihood,
            false => t.log_score,
        };
        tried.sort_by(|a, b| {
            let value = |t| score(t).unwrap_or(f64::NEG_INFINITY);
            value(b).total_cmp(&value(a))
        });
        let best = tried.first().filter(|t| score(t).is_some()).map(|t| t.kind);
        let is_close = best
            .is_some_and(|best| best != usual && is_close(&found[&usual].logs, &found[&best].logs));
        let kind = if is_close { usual } else { best.unwrap_or(usual) };
        let fits = found.remove(&kind).map(|trial| trial.fits).unwrap_or_default();
        (ModelChoice { kind, how: how(holdouts.len(), horizon, is_close), tried }, fits)
    }
}

/// What became of one model: its fits, and ln P(orders that came) of every contact and holdout.
#[derive(Default)]
struct Trial {
    fits: Vec<FittedPurchases>,
    logs: Vec<f64>,
}

fn how(holdouts: usize, horizon: u32, is_close: bool) -> String {
    let times = match holdouts {
        0 => {
            return "by the likelihood of all that was seen: the history is too short for a holdout"
                .to_owned();
        }
        1 => "once".to_owned(),
        several => format!("{several} times"),
    };
    let close = match is_close {
        true => ", the usual one among those within a standard error of the best",
        false => "",
    };
    format!("by what each said of the orders of {horizon} days, held out {times}{close}")
}

/// A difference below this in mean ln P is none, whatever its standard error.
const NEGLIGIBLE: f64 = 1e-4;

/// Whether the mean of `one` is within a standard error of the mean of `best`, contact by contact.
fn is_close(one: &[f64], best: &[f64]) -> bool {
    if one.is_empty() || one.len() != best.len() {
        return false;
    }
    let n = one.len() as f64;
    let apart: Vec<f64> = one.iter().zip(best).map(|(one, best)| best - one).collect();
    let mean = apart.iter().sum::<f64>() / n;
    let variance = apart.iter().map(|d| (d - mean) * (d - mean)).sum::<f64>() / n;
    mean <= (variance / n).sqrt().max(NEGLIGIBLE)
}

fn try_out(
    kind: ModelKind,
    now: &PurchaseDays,
    holdouts: &[(&PurchaseDays, &PurchaseDays)],
    horizon: u32,
    unit: f64,
) -> (ModelTried, Trial) {
    let result = || -> Result<Trial> {
        let mut trial = Trial { fits: vec![fitted(kind, now, unit)?], logs: Vec::new() };
        for (before, after) in holdouts {
            let fit = fitted(kind, before, unit)?;
            trial.logs.extend(log_scores(
                &fit.model,
                before,
                after,
                f64::from(horizon) / unit,
                unit,
            ));
            trial.fits.push(fit);
        }
        Ok(trial)
    };
    match result() {
        Ok(trial) => {
            let mean = trial.logs.iter().sum::<f64>() / trial.logs.len().max(1) as f64;
            let log_score = (!trial.logs.is_empty()).then_some(mean);
            let log_likelihood = Some(trial.fits[0].log_likelihood);
            (ModelTried { kind, log_score, log_likelihood, why_not: None }, trial)
        }
        Err(error) => {
            let why_not = Some(error.to_string());
            (ModelTried { kind, log_score: None, log_likelihood: None, why_not }, Trial::default())
        }
    }
}

/// Fits `kind` to all who have bought.
pub(super) fn fitted(kind: ModelKind, days: &PurchaseDays, unit: f64) -> Result<FittedPurchases> {
    let buyers = 0..days.contacts();
    let histories: Vec<History> = buyers.filter_map(|c| days.history(c, unit)).collect();
    PurchaseParams::new(kind).check()?.fit(&histories)
}

/// ln P(orders that came within t after `before`), of every contact known by then.
fn log_scores(
    model: &PurchaseModel,
    before: &PurchaseDays,
    after: &PurchaseDays,
    t: f64,
    unit: f64,
) -> Vec<f64> {
    (0..before.contacts())
        .into_par_iter()
        .with_min_len(256)
        .filter_map(|contact| {
            let history = before.history(contact, unit)?;
            let came = after.bought_after(contact, before.until());
            let p = *model.order_counts(&history, t, came).last()?;
            Some(p.max(LEAST_PROBABILITY).ln())
        })
        .collect()
}
