//! Fitting a purchase model.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

use super::super::maximum::{Maximum, Objective, Suspicion};
use super::history::{History, Weighted, compress};
use super::kind::ModelKind;
use super::likelihood::{GeometricLikelihood, ParetoLikelihood};
use super::model::PurchaseModel;

/// Fewer buyers say nothing about a distribution of rates over buyers.
pub const LEAST_CONTACTS: usize = 30;
/// Fewer buyers with a second purchase say nothing about gaps.
pub const LEAST_REPEAT_BUYERS: usize = 10;
/// Rhythms that are tried; nobody's gaps are more regular than Erlang-12.
pub(super) const MOST_REGULAR: u32 = 12;
/// Distinct histories on which starts are compared; the fit itself uses all.
const SCOUTED: usize = 1_000;

/// What to fit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PurchaseParams {
    pub kind: ModelKind,
    /// k of the regular models; found by the likelihood if not given.
    pub k: Option<u32>,
}

/// [`PurchaseParams`], checked.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PurchaseValidParams(PurchaseParams);

/// A fitted purchase model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FittedPurchases {
    pub kind: ModelKind,
    pub model: PurchaseModel,
    pub log_likelihood: f64,
    /// In the order of [`ModelKind::parameters`]; absent where the curvature says nothing.
    pub standard_errors: Option<[f64; 4]>,
    /// Covariance of the logarithms of the parameters.
    pub log_covariance: Option<[[f64; 4]; 4]>,
    pub suspicions: Vec<Suspicion>,
    pub contacts: usize,
    pub repeat_buyers: usize,
    /// Histories that the likelihood can tell apart.
    pub distinct_histories: usize,
    /// k = 1, 2, … that were tried, with their log-likelihoods.
    pub rhythms: Vec<(u32, f64)>,
}

impl PurchaseParams {
    pub fn new(kind: ModelKind) -> Self {
        PurchaseParams { kind, k: None }
    }

    pub fn check(self) -> Result<PurchaseValidParams> {
        match self.k {
            Some(k) if !self.kind.has_rhythm() && k != 1 => {
                Err(Error::settings(format!("{} has no k", self.kind.title()))
                    .hint("choose bg-cnbd-k or mbg-cnbd-k, or leave k out"))
            }
            Some(k) if !(1..=MOST_REGULAR).contains(&k) => {
                Err(Error::settings("that cannot be the regularity of gaps")
                    .with_value(k.to_string())
                    .hint(format!("choose 1 to {MOST_REGULAR}")))
            }
            _ => Ok(PurchaseValidParams(self)),
        }
    }
}

impl PurchaseValidParams {
    /// Fits the model by maximum likelihood. Times are in any one unit.
    ///
    /// Cost: a few passes over the distinct histories, for each k that is tried.
    ///
    /// # Errors
    /// Too few buyers, too few of them with a second purchase, no time after the first purchases, or no
    /// start with a finite likelihood; with what would be needed.
    pub fn fit(&self, histories: &[History]) -> Result<FittedPurchases> {
        let PurchaseParams { kind, k } = self.0;
        let repeat_buyers = histories.iter().filter(|h| h.repeats > 0).count();
        enough(histories, repeat_buyers)?;
        let rows = compress(histories);
        // Times are measured in mean ages, so that starts and edges mean the same in days and weeks.
        let ages: f64 = rows.iter().map(|row| row.contacts * row.history.age).sum();
        let scale = (ages / histories.len() as f64).max(f64::MIN_POSITIVE);
        let scaled = rescaled(&rows, scale);
        let (maximum, k, rhythms) = match (kind, k) {
            (ModelKind::ParetoNbd, _) => (fit_pareto(&scaled), 1, Vec::new()),
            (_, Some(k)) => (fit_geometric(&scaled, kind, k), k, Vec::new()),
            (kind, None) if kind.has_rhythm() => best_rhythm(&scaled, kind),
            _ => (fit_geometric(&scaled, kind, 1), 1, Vec::new()),
        };
        let Some(maximum) = maximum else {
            return Err(Error::data(format!(
                "{} cannot be fitted: its likelihood is not a number anywhere near",
                kind.title()
            ))
            .hint("check the times of the orders for outliers"));
        };
        let repeats: f64 = rows.iter().map(|r| r.contacts * f64::from(r.history.repeats)).sum();
        let offset = repeats * scale.ln();
        Ok(FittedPurchases {
            kind,
            model: PurchaseModel::new(kind, k, unscaled(kind, maximum.parameters, scale)),
            log_likelihood: maximum.log_likelihood - offset,
            standard_errors: maximum.standard_errors.map(|e| unscaled(kind, e, scale)),
            log_covariance: maximum.log_covariance,
            suspicions: maximum.suspicions,
            contacts: histories.len(),
            repeat_buyers,
            distinct_histories: rows.len(),
            rhythms: rhythms.into_iter().map(|(k, value)| (k, value - offset)).collect(),
        })
    }
}

/// Refuses what no purchase model can be fitted to.
fn enough(histories: &[History], repeat_buyers: usize) -> Result<()> {
    if histories.len() < LEAST_CONTACTS {
        return Err(Error::data(format!(
            "a purchase model needs {LEAST_CONTACTS} buyers, and there are {}",
            histories.len()
        ))
        .hint("use a longer history, or all customers instead of some"));
    }
    if repeat_buyers < LEAST_REPEAT_BUYERS {
        return Err(Error::data(format!(
            "a purchase model needs {LEAST_REPEAT_BUYERS} buyers who bought on a second day, and there are \
             {repeat_buyers} among {}",
            histories.len()
        ))
        .hint("use a longer history: who never came back says nothing about when people come back"));
    }
    Ok(())
}

fn rescaled(rows: &[Weighted], scale: f64) -> Vec<Weighted> {
    let row = |row: &Weighted| {
        let h = row.history;
        Weighted {
            history: History {
                repeats: h.repeats,
                age_at_last: h.age_at_last / scale,
                age: h.age / scale,
                log_gaps: h.log_gaps - f64::from(h.repeats) * scale.ln(),
            },
            contacts: row.contacts,
        }
    };
    rows.iter().map(row).collect()
}

/// Every so manieth history.
fn sampled(rows: &[Weighted]) -> Vec<Weighted> {
    rows.iter().step_by(rows.len().div_ceil(SCOUTED)).copied().collect()
}

/// Logarithms of parameters, for times in mean ages: few and many purchases, few and many lost.
const STARTS: [[f64; 4]; 5] = [
    [-1.0, -1.0, -0.5, 0.5],
    [0.0, 0.0, 0.0, 1.0],
    [-1.5, -2.5, -1.0, -0.5],
    [0.7, 0.7, 1.5, 3.0],
    [-0.5, -2.0, -2.0, 1.0],
];

fn fit_geometric(rows: &[Weighted], kind: ModelKind, k: u32) -> Option<Maximum<4>> {
    let sample = sampled(rows);
    let first = kind.may_drop_at_first();
    let scout = GeometricLikelihood::new(&sample, k, first);
    let whole = GeometricLikelihood::new(rows, k, first);
    // Erlang-k gaps take k arrivals each.
    let starts = STARTS.map(|[r, alpha, a, b]| [r, alpha - f64::from(k).ln(), a, b]);
    best(&scout, &whole, &starts, kind)
}

fn fit_pareto(rows: &[Weighted]) -> Option<Maximum<4>> {
    let sample = sampled(rows);
    let starts = STARTS.map(|[r, alpha, s, beta]| [r, alpha, s, beta - 0.5]);
    let scout = ParetoLikelihood::new(&sample);
    best(&scout, &ParetoLikelihood::new(rows), &starts, ModelKind::ParetoNbd)
}

fn best(
    scout: &impl Objective<4>,
    whole: &impl Objective<4>,
    starts: &[[f64; 4]],
    kind: ModelKind,
) -> Option<Maximum<4>> {
    Maximum::find(scout, whole, starts, &kind.parameters())
}

/// k = 1, 2, … until the log-likelihood has fallen twice in a row.
fn best_rhythm(rows: &[Weighted], kind: ModelKind) -> (Option<Maximum<4>>, u32, Vec<(u32, f64)>) {
    let mut tried: Vec<(u32, f64)> = Vec::new();
    let mut best: Option<(Maximum<4>, u32)> = None;
    let mut falls = 0;
    for k in 1..=MOST_REGULAR {
        let Some(maximum) = fit_geometric(rows, kind, k) else { break };
        tried.push((k, maximum.log_likelihood));
        if best.as_ref().is_none_or(|(b, _)| maximum.log_likelihood > b.log_likelihood) {
            (best, falls) = (Some((maximum, k)), 0);
        } else {
            falls += 1;
        }
        if falls == 2 {
            break;
        }
    }
    match best {
        Some((maximum, k)) => (Some(maximum), k, tried),
        None => (None, 1, tried),
    }
}

/// α and β are times.
fn unscaled(kind: ModelKind, [one, alpha, three, four]: [f64; 4], scale: f64) -> [f64; 4] {
    let beta = if kind == ModelKind::ParetoNbd { four * scale } else { four };
    [one, alpha * scale, three, beta]
}
