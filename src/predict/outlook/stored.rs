//! Fitted models that score contacts later, without being fitted anew.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

use super::super::churn::{Bands, FittedCandidate};
use super::super::logistic::exact;
use super::super::orders::OrderBook;
use super::super::purchase::StoredPurchases;
use super::super::scores::{ScoreParams, ScoreValidParams};
use super::super::spend::GammaGamma;
use super::contact::ContactOutlook;
use super::history::MoreColumns;

/// Everything that scoring reads of a fit: stored and read back, it gives the same bits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Stored", into = "Stored")]
pub struct StoredModels {
    /// Last day known to the fit, in days since 1970.
    pub(super) until: i32,
    /// Days to the unit of time of the purchase model.
    pub(super) unit_days: u32,
    pub(super) minor_per_major: f64,
    pub(super) bands: Bands,
    /// Reasons given for each contact.
    pub(super) reasons: usize,
    /// With the horizon of churn that was chosen.
    pub(super) scores: ScoreValidParams,
    pub(super) purchases: StoredPurchases,
    pub(super) spend: Option<GammaGamma>,
    /// The way to a risk that won the backtest; without one the purchase model's own risk counts.
    pub(super) risk: Option<FittedCandidate>,
}

/// Whom to score, and when.
pub struct ScoreInput<'a> {
    pub book: &'a OrderBook,
    /// Last day that was seen, in days since 1970.
    pub until: i32,
    /// Columns besides those that orders give, as for the fit.
    pub more: &'a MoreColumns<'a>,
    /// Told what is being done.
    pub progress: &'a dyn Fn(&str),
}

impl StoredModels {
    /// Last day known to the fit, in days since 1970.
    pub fn until(&self) -> i32 {
        self.until
    }

    /// Days within which a contact who does not order counts as lost.
    pub fn horizon_days(&self) -> u32 {
        self.scores.churn_days
    }

    /// Minor units to the unit of money of the fit.
    pub fn minor_per_major(&self) -> f64 {
        self.minor_per_major
    }

    /// What the scores look ahead to.
    pub fn scores(&self) -> &ScoreValidParams {
        &self.scores
    }

    /// The outlook at the end of `input.until` of everybody who has bought by then, in id order. On the day
    /// of the fit these are the fit's own contacts, bit by bit.
    ///
    /// # Errors
    /// If the day lies before the fit's, whose models know what came after it; if a column that the churn
    /// model reads is gone.
    pub fn score(&self, input: &ScoreInput<'_>) -> Result<Vec<ContactOutlook>> {
        not_before(self.until, input.until)?;
        (input.progress)("adding up purchases");
        let days = input.book.until(input.until);
        (input.progress)("scoring contacts");
        let now = self.known(input.book, &days, input.more)?;
        if let Some(risk) = &self.risk {
            risk.check(&now.cutoff)?;
        }
        self.contacts(input.book, &days, &now)
    }
}

/// Refuses to score a day whose future the models have seen.
pub(super) fn not_before(fitted: i32, scored: i32) -> Result<()> {
    if scored >= fitted {
        return Ok(());
    }
    Err(Error::data(format!(
        "the models were fitted to {} days more than are to be scored, and know what came of them",
        fitted - scored
    ))
    .hint("choose a later as-of, or fit the models at this one: run `microseg predict`"))
}

/// Numbers are text: see [`exact`].
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    until: i32,
    unit_days: u32,
    #[serde(with = "exact")]
    minor_per_major: f64,
    #[serde(with = "exact")]
    bands: [f64; 2],
    reasons: usize,
    horizons_days: Vec<u32>,
    churn_days: u32,
    value_days: u32,
    next_order_days: u32,
    #[serde(with = "exact")]
    annual_rate: f64,
    #[serde(with = "exact")]
    level: f64,
    purchases: StoredPurchases,
    /// p, q and v.
    #[serde(with = "exact")]
    spend: Option<[f64; 3]>,
    risk: Option<FittedCandidate>,
}

impl From<StoredModels> for Stored {
    fn from(models: StoredModels) -> Self {
        let scores = &models.scores;
        Stored {
            until: models.until,
            unit_days: models.unit_days,
            minor_per_major: models.minor_per_major,
            bands: models.bands.edges(),
            reasons: models.reasons,
            horizons_days: scores.horizons_days.clone(),
            churn_days: scores.churn_days,
            value_days: scores.value_days,
            next_order_days: scores.next_order_days,
            annual_rate: scores.annual_rate,
            level: scores.level,
            purchases: models.purchases,
            spend: models.spend.map(|GammaGamma { p, q, v }| [p, q, v]),
            risk: models.risk,
        }
    }
}

impl TryFrom<Stored> for StoredModels {
    type Error = Error;

    fn try_from(stored: Stored) -> Result<Self> {
        let scores = ScoreParams {
            horizons_days: stored.horizons_days,
            churn_days: stored.churn_days,
            value_days: stored.value_days,
            annual_rate: stored.annual_rate,
            next_order_days: stored.next_order_days,
            level: stored.level,
        };
        let [medium, high] = stored.bands;
        if !matches!(stored.unit_days, 1 | 7) || stored.minor_per_major <= 0.0 {
            return Err(Error::data("stored models have no unit of time, or of money"));
        }
        let spend = stored.spend.map(|[p, q, v]| GammaGamma { p, q, v });
        if spend.is_some_and(|s| s.p <= 0.0 || s.q <= 1.0 || s.v <= 0.0) {
            return Err(Error::data("a stored model of order values has no mean"));
        }
        Ok(StoredModels {
            until: stored.until,
            unit_days: stored.unit_days,
            minor_per_major: stored.minor_per_major,
            bands: Bands::new(medium, high)?,
            reasons: stored.reasons,
            scores: scores.check()?,
            purchases: stored.purchases,
            spend,
            risk: stored.risk,
        })
    }
}
