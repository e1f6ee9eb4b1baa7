//! The model of silence: contacts who have not bought, scored with or after its fit.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

use super::super::churn::{Band, Bands, Cutoff, FittedCandidate, Reason, reasons};
use super::super::logistic::exact;
use super::stored::not_before;

/// One contact's risk of going silent.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EngagementContact {
    pub contact_id: String,
    /// P(no human open, click or visit within the horizon).
    pub silence_risk: f64,
    pub band: Band,
    pub reasons: Vec<Reason>,
}

/// Everything that scoring contacts without an order reads of a fit: stored and read back, it gives the
/// same bits.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Stored", into = "Stored")]
pub struct StoredSilence {
    /// Last day known to the fit, in days since 1970.
    pub until: i32,
    pub horizon_days: u32,
    pub bands: Bands,
    /// Reasons given for each contact.
    pub reasons: usize,
    pub risk: FittedCandidate,
}

impl StoredSilence {
    /// The risk of the contacts called `ids`, as known at `now` and in its order. On the day of the fit
    /// these are the fit's own, bit by bit.
    ///
    /// # Errors
    /// If the day lies before the fit's, whose model knows what came after it; if a column that the model
    /// reads is gone.
    pub fn score(&self, ids: &[String], now: &Cutoff) -> Result<Vec<EngagementContact>> {
        not_before(self.until, now.until)?;
        self.risk.check(now)?;
        self.contacts(ids, now)
    }

    pub(super) fn contacts(&self, ids: &[String], now: &Cutoff) -> Result<Vec<EngagementContact>> {
        let risks = self.risk.risks(now)?;
        let mut why = reasons(&self.risk, now, self.reasons)?.unwrap_or_default().into_iter();
        let contact = |(id, silence_risk): (&String, f64)| EngagementContact {
            contact_id: id.clone(),
            silence_risk,
            band: self.bands.of(silence_risk),
            reasons: why.next().unwrap_or_default(),
        };
        Ok(ids.iter().zip(risks).map(contact).collect())
    }
}

/// Numbers are text: see [`exact`].
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    until: i32,
    horizon_days: u32,
    #[serde(with = "exact")]
    bands: [f64; 2],
    reasons: usize,
    risk: FittedCandidate,
}

impl From<StoredSilence> for Stored {
    fn from(silence: StoredSilence) -> Self {
        let StoredSilence { until, horizon_days, bands, reasons, risk } = silence;
        Stored { until, horizon_days, bands: bands.edges(), reasons, risk }
    }
}

impl TryFrom<Stored> for StoredSilence {
    type Error = Error;

    fn try_from(stored: Stored) -> Result<Self> {
        let Stored { until, horizon_days, bands: [medium, high], reasons, risk } = stored;
        Ok(StoredSilence { until, horizon_days, bands: Bands::new(medium, high)?, reasons, risk })
    }
}
