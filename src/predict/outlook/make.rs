//! From orders to an outlook.

use std::time::{Duration, Instant};

use serde::Serialize;

use crate::error::{Error, Result};

use super::super::churn::{Candidate, Cutoff, Horizon};
use super::super::orders::{OrderBook, PurchaseDays};
use super::super::purchase::{FittedPurchases, ModelKind, StoredPurchases};
use super::super::spend::{self, FittedSpend, Spending};
use super::contact::ContactOutlook;
use super::history::{LEAST_DAYS, MoreColumns, closed_days, known};
use super::holdout::{Before, Holdout, holdout};
use super::model_choice::{ModelChoice, fitted};
use super::params::OutlookValidParams;
use super::risk::{RiskModel, risk_model};
use super::snapshots::Snapshots;
use super::spread::{AliveGrid, ValueBin, value_bins};
use super::stored::StoredModels;

/// What an outlook is made from.
pub struct OutlookInput<'a> {
    pub book: &'a OrderBook,
    /// Last day that was seen, in days since 1970.
    pub until: i32,
    pub params: &'a OutlookValidParams,
    pub minor_per_major: f64,
    /// Columns besides those that orders give.
    pub more: &'a MoreColumns<'a>,
    /// Told what is being done.
    pub progress: &'a dyn Fn(&str),
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Outlook {
    pub until: i32,
    pub first_order: i32,
    pub params: OutlookValidParams,
    pub horizon: Horizon,
    pub choice: ModelChoice,
    pub purchases: FittedPurchases,
    pub spend: Option<FittedSpend>,
    /// Why there is no model of values.
    pub no_spend: Option<String>,
    pub risk: RiskModel,
    pub holdout: Option<Holdout>,
    pub totals: Totals,
    pub alive: AliveGrid,
    pub value_bins: Vec<ValueBin>,
    /// Who has bought, in id order.
    #[serde(skip)]
    pub contacts: Vec<ContactOutlook>,
    /// What the contacts were scored with.
    #[serde(skip)]
    pub models: StoredModels,
    #[serde(skip)]
    pub took: Took,
}

/// Sums over contacts.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Totals {
    pub buyers: usize,
    pub repeat_buyers: usize,
    pub expected_alive: f64,
    /// One a horizon of the scores, in their order.
    pub expected_orders: Vec<f64>,
    pub lifetime_value: Option<f64>,
    pub value_at_risk: Option<f64>,
    /// Contacts at low, medium and high risk.
    pub bands: [usize; 3],
}

/// Wall time of the parts.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Took {
    pub summary: Duration,
    pub choice: Duration,
    pub purchase_fit: Duration,
    pub spend_fit: Duration,
    pub backtest: Duration,
    pub scores: Duration,
}

/// Fits, proves and applies the models.
///
/// # Errors
/// If the history is too short or too few have bought, with what would be needed.
pub fn outlook(input: &OutlookInput<'_>) -> Result<Outlook> {
    let OutlookInput { book, until, params, .. } = *input;
    let mut clock = Clock::start();
    (input.progress)("adding up purchases");
    let days = book.until(until);
    let first_order = long_enough(book, until)?;
    let mut took = Took { summary: clock.lap(), ..Took::default() };
    let horizon = Horizon::choose(params.churn_days, &days, until.abs_diff(first_order));
    let closed = closed_days(first_order, until, horizon.days, params.cutoffs);
    let snapshots = Snapshots::new(book, days, &closed);
    let days = snapshots.now();
    (input.progress)("choosing a purchase model");
    let unit = params.unit();
    let (choice, fits) = match params.model {
        Some(kind) => (ModelChoice::given(kind), Vec::new()),
        None => ModelChoice::by_holdout(&snapshots, horizon.days, unit),
    };
    took.choice = clock.lap();
    let mut fits = fits.into_iter();
    let purchases = fits.next().map_or_else(|| fitted(choice.kind, days, unit), Ok)?;
    took.purchase_fit = clock.lap();
    let (spend, no_spend) = match fit_spend(days, input.minor_per_major) {
        Ok(spend) => (Some(spend), None),
        Err(error) => (None, Some(error.to_string())),
    };
    took.spend_fit = clock.lap();
    (input.progress)("testing on earlier days");
    let scores = params.scores_with(horizon.days)?;
    let past = past(input, &snapshots, (choice.kind, fits), horizon.days, scores.tails())?;
    let cutoffs: Vec<&Cutoff> = past.cutoffs.iter().collect();
    let (risk, fitted_risk) = risk_model(&cutoffs, Candidate::PurchaseModel, horizon.days)?;
    took.backtest = clock.lap();
    (input.progress)("scoring contacts");
    let models = StoredModels {
        until,
        unit_days: params.unit_days,
        minor_per_major: input.minor_per_major,
        bands: params.bands,
        reasons: params.reasons,
        purchases: StoredPurchases::of(&purchases),
        spend: spend.as_ref().map(|spend| spend.model),
        risk: fitted_risk,
        scores,
    };
    let contacts = models.contacts(book, days, &models.known(book, days, input.more)?)?;
    took.scores = clock.lap();
    Ok(Outlook {
        until,
        first_order,
        params: params.clone(),
        totals: totals(&contacts, params.scores.horizons_days.len()),
        alive: AliveGrid::of(&contacts),
        value_bins: value_bins(&contacts),
        horizon,
        choice,
        purchases,
        spend,
        no_spend,
        risk,
        holdout: past.holdout,
        contacts,
        models,
        took,
    })
}

struct Clock(Instant);

impl Clock {
    fn start() -> Self {
        Clock(Instant::now())
    }

    fn lap(&mut self) -> Duration {
        let lap = self.0.elapsed();
        self.0 = Instant::now();
        lap
    }
}

/// The first day with an order.
fn long_enough(book: &OrderBook, until: i32) -> Result<i32> {
    let Some((first, _)) = book.span() else {
        return Err(Error::data("there are no orders, so nothing can be said of the next ones")
            .hint("map a source of orders"));
    };
    if first > until {
        return Err(Error::data(format!(
            "the first order is {} days after the last day that counts",
            first - until
        ))
        .hint("choose a later last day"));
    }
    let seen = until - first + 1;
    if seen < LEAST_DAYS {
        return Err(Error::data(format!(
            "the orders span {seen} days, and a purchase model needs {LEAST_DAYS}"
        ))
        .hint("come back when there is more history, or add older exports"));
    }
    Ok(first)
}

fn fit_spend(days: &PurchaseDays, minor_per_major: f64) -> Result<FittedSpend> {
    let spendings: Vec<Spending> =
        days.buyers().iter().map(|contact| days.spending(*contact, minor_per_major)).collect();
    spend::fit(&spendings)
}

struct Past {
    cutoffs: Vec<Cutoff>,
    holdout: Option<Holdout>,
}

/// Cutoffs at which the model could be fitted, newest first, and the holdout after the newest. `fits` are
/// those that the choice of the model has made already.
fn past(
    input: &OutlookInput<'_>,
    snapshots: &Snapshots,
    (kind, mut fits): (ModelKind, impl Iterator<Item = FittedPurchases>),
    horizon: u32,
    tails: [f64; 2],
) -> Result<Past> {
    let (minor_per_major, unit) = (input.minor_per_major, input.params.unit());
    let mut past = Past { cutoffs: Vec::new(), holdout: None };
    for (days, after) in snapshots.closed() {
        // Too few buyers that early: nothing older can be used either.
        let Ok(purchases) = fits.next().map_or_else(|| fitted(kind, days, unit), Ok) else { break };
        if past.holdout.is_none() {
            let spend = fit_spend(days, minor_per_major).ok();
            let (purchases, spend) = (&purchases, spend.as_ref());
            let before = Before { days, purchases, spend, unit, minor_per_major };
            past.holdout = Some(holdout(&before, after, horizon, tails)?);
        }
        let at = (horizon, unit);
        past.cutoffs
            .push(known(input.book, days, Some(after), &purchases.model, at, input.more)?.cutoff);
    }
    Ok(past)
}

fn totals(contacts: &[ContactOutlook], horizons: usize) -> Totals {
    let sum = |value: &dyn Fn(&ContactOutlook) -> f64| contacts.iter().map(value).sum::<f64>();
    let some = |value: &dyn Fn(&ContactOutlook) -> Option<f64>| contacts.iter().map(value).sum();
    let mut bands = [0; 3];
    contacts.iter().for_each(|contact| bands[contact.band as usize] += 1);
    Totals {
        buyers: contacts.len(),
        repeat_buyers: contacts.iter().filter(|c| c.repeat_purchases > 0).count(),
        expected_alive: sum(&|c| c.score.p_alive.point),
        expected_orders: (0..horizons)
            .map(|horizon| sum(&|c| c.score.expected_orders[horizon].point))
            .collect(),
        lifetime_value: some(&|c| c.score.customer_lifetime_value.map(|v| v.point)),
        value_at_risk: some(&|c| c.value_at_risk),
        bands,
    }
}
