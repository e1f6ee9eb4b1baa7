//! Which purchase model: the one that said most of later orders.

use std::collections::BTreeMap;

use rayon::prelude::*;
use serde::Serialize;

use crate::error::Result;

use super::super::orders::{OrderBook, PurchaseDays};
use super::super::purchase::{FittedPurchases, History, ModelKind, PurchaseParams};

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

/// Probabilities below this count as this: one contact whom no model foresaw does not decide.
const LEAST_PROBABILITY: f64 = 1e-9;

impl ModelChoice {
    /// The model that was asked for.
    pub fn given(kind: ModelKind) -> Self {
        ModelChoice { kind, how: "as given".to_owned(), tried: Vec::new() }
    }

    /// Fits every model at the end of each of `cutoffs` and asks what it says of the orders of the
    /// `horizon` days after it. Without cutoffs the likelihood of all that was seen decides.
    pub fn by_holdout(
        book: &OrderBook,
        days: &PurchaseDays,
        cutoffs: &[i32],
        horizon: u32,
        unit: f64,
    ) -> Self {
        let mut logs: BTreeMap<ModelKind, Vec<f64>> = BTreeMap::new();
        let mut tried: Vec<ModelTried> = Vec::with_capacity(TRIED.len());
        for kind in TRIED {
            let (one, scores) = try_out(kind, book, days, cutoffs, horizon, unit);
            tried.push(one);
            logs.insert(kind, scores);
        }
        let score = |t: &ModelTried| match cutoffs {
            [] => t.log_likelihood,
            _ => t.log_score,
        };
        tried.sort_by(|a, b| {
            let value = |t| score(t).unwrap_or(f64::NEG_INFINITY);
            value(b).total_cmp(&value(a))
        });
        let best = tried.first().filter(|t| score(t).is_some()).map(|t| t.kind);
        let usual = ModelKind::MbgNbd;
        let is_close =
            best.is_some_and(|best| best != usual && is_close(&logs[&usual], &logs[&best]));
        let kind = if is_close { usual } else { best.unwrap_or(usual) };
        ModelChoice { kind, how: how(cutoffs.len(), horizon, is_close), tried }
    }
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

/// What became of one model, and ln P(orders that came) of every contact and holdout.
fn try_out(
    kind: ModelKind,
    book: &OrderBook,
    days: &PurchaseDays,
    cutoffs: &[i32],
    horizon: u32,
    unit: f64,
) -> (ModelTried, Vec<f64>) {
    let result = || -> Result<(Vec<f64>, f64)> {
        let all = fitted(kind, days, unit)?.log_likelihood;
        let mut logs = Vec::new();
        for cutoff in cutoffs {
            logs.extend(log_scores(kind, book, *cutoff, horizon, unit)?);
        }
        Ok((logs, all))
    };
    match result() {
        Ok((logs, all)) => {
            let mean = logs.iter().sum::<f64>() / logs.len().max(1) as f64;
            let log_score = (!logs.is_empty()).then_some(mean);
            (ModelTried { kind, log_score, log_likelihood: Some(all), why_not: None }, logs)
        }
        Err(error) => {
            let why_not = Some(error.to_string());
            (ModelTried { kind, log_score: None, log_likelihood: None, why_not }, Vec::new())
        }
    }
}

/// Fits `kind` to all who have bought.
pub(super) fn fitted(kind: ModelKind, days: &PurchaseDays, unit: f64) -> Result<FittedPurchases> {
    let buyers = 0..days.contacts();
    let histories: Vec<History> = buyers.filter_map(|c| days.history(c, unit)).collect();
    PurchaseParams::new(kind).check()?.fit(&histories)
}

/// ln P(orders that came) after `cutoff`, of every contact known by then.
fn log_scores(
    kind: ModelKind,
    book: &OrderBook,
    cutoff: i32,
    horizon: u32,
    unit: f64,
) -> Result<Vec<f64>> {
    let (before, after) = (book.until(cutoff), book.until(cutoff + horizon as i32));
    let model = fitted(kind, &before, unit)?.model;
    let t = f64::from(horizon) / unit;
    let logs = (0..before.contacts())
        .into_par_iter()
        .with_min_len(256)
        .filter_map(|contact| {
            let history = before.history(contact, unit)?;
            let came = after.bought_after(contact, cutoff);
            let p = *model.order_counts(&history, t, came).last()?;
            Some(p.max(LEAST_PROBABILITY).ln())
        })
        .collect();
    Ok(logs)
}
