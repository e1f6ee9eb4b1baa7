//! Which purchase model: the one that said most of later orders.

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
        let mut tried: Vec<ModelTried> =
            TRIED.iter().map(|kind| try_out(*kind, book, days, cutoffs, horizon, unit)).collect();
        let score = |t: &ModelTried| match cutoffs {
            [] => t.log_likelihood,
            _ => t.log_score,
        };
        tried.sort_by(|a, b| {
            let value = |t| score(t).unwrap_or(f64::NEG_INFINITY);
            value(b).total_cmp(&value(a))
        });
        let how = match cutoffs {
            [] => "by the likelihood of all that was seen: the history is too short for a holdout"
                .to_owned(),
            cutoffs => format!(
                "by what each said of the orders of {horizon} days, held out {}",
                if cutoffs.len() == 1 {
                    "once".to_owned()
                } else {
                    format!("{} times", cutoffs.len())
                }
            ),
        };
        let best = tried.first().filter(|t| score(t).is_some());
        ModelChoice { kind: best.map_or(ModelKind::MbgNbd, |t| t.kind), how, tried }
    }
}

fn try_out(
    kind: ModelKind,
    book: &OrderBook,
    days: &PurchaseDays,
    cutoffs: &[i32],
    horizon: u32,
    unit: f64,
) -> ModelTried {
    let result = || -> Result<(Option<f64>, f64)> {
        let all = fitted(kind, days, unit)?.log_likelihood;
        let mut sums = (0.0, 0usize);
        for cutoff in cutoffs {
            let (sum, contacts) = log_score(kind, book, *cutoff, horizon, unit)?;
            sums = (sums.0 + sum, sums.1 + contacts);
        }
        Ok(((sums.1 > 0).then(|| sums.0 / sums.1 as f64), all))
    };
    match result() {
        Ok((log_score, all)) => {
            ModelTried { kind, log_score, log_likelihood: Some(all), why_not: None }
        }
        Err(error) => {
            let why_not = Some(error.to_string());
            ModelTried { kind, log_score: None, log_likelihood: None, why_not }
        }
    }
}

/// Fits `kind` to all who have bought.
pub(super) fn fitted(kind: ModelKind, days: &PurchaseDays, unit: f64) -> Result<FittedPurchases> {
    let buyers = 0..days.contacts();
    let histories: Vec<History> = buyers.filter_map(|c| days.history(c, unit)).collect();
    PurchaseParams::new(kind).check()?.fit(&histories)
}

/// Σ ln P(orders that came) after `cutoff`, and over how many contacts.
fn log_score(
    kind: ModelKind,
    book: &OrderBook,
    cutoff: i32,
    horizon: u32,
    unit: f64,
) -> Result<(f64, usize)> {
    let (before, after) = (book.until(cutoff), book.until(cutoff + horizon as i32));
    let model = fitted(kind, &before, unit)?.model;
    let t = f64::from(horizon) / unit;
    let logs: Vec<f64> = (0..before.contacts())
        .into_par_iter()
        .with_min_len(256)
        .filter_map(|contact| {
            let history = before.history(contact, unit)?;
            let came = after.bought_after(contact, cutoff);
            let p = *model.order_counts(&history, t, came).last()?;
            Some(p.max(LEAST_PROBABILITY).ln())
        })
        .collect();
    Ok((logs.iter().sum(), logs.len()))
}
