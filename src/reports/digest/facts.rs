//! Everything that a digest says.

use serde::{Deserialize, Serialize};

use super::super::Link;
use crate::segments::drift::Drift;
use crate::segments::refresh::{Migration, SegmentSurvival, Sizes};

/// Finished numbers of one digest. "Before" is the digest before this one.
#[derive(Debug, Clone, PartialEq)]
pub struct DigestFacts {
    pub shop: String,
    pub as_of: String,
    /// As-of of the digest before; `None` for the first.
    pub since: Option<String>,
    pub contacts: u64,
    pub new_contacts: u64,
    /// Sizes now, with entries and exits since the digest before.
    pub sizes: Sizes,
    /// Sizes at every refresh so far, the oldest first.
    pub history: Vec<SizesOn>,
    /// Of the last refresh.
    pub migration: Option<Migration>,
    /// Contacts whose move waits for being clear or lasting.
    pub damped: u64,
    pub survival: Vec<SegmentSurvival>,
    /// One entry a stored model.
    pub drift: Vec<Drift>,
    pub outlook: Option<OutlookFacts>,
    /// Why there is none.
    pub no_outlook: Option<String>,
    pub experiments: Vec<ExperimentFacts>,
    pub hygiene: HygieneFacts,
    /// Runs and deliveries that failed since the digest before, in sentences.
    pub trouble: Vec<String>,
    pub links: Vec<Link>,
}

/// Members by segment id at one refresh.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SizesOn {
    pub date: jiff::civil::Date,
    pub sizes: Vec<(String, u64)>,
}

/// What is expected of the contacts who have bought.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OutlookFacts {
    pub currency: String,
    /// Decimals of the currency.
    pub exponent: u8,
    /// As-of of the fit of the models.
    pub fitted_as_of: String,
    pub horizon_days: u32,
    pub buyers: u64,
    /// Risk × lifetime value, in minor units.
    pub value_at_risk_minor: Option<i64>,
    /// At the digest before.
    pub value_at_risk_before_minor: Option<i64>,
    /// Contacts at low, medium and high risk.
    pub bands: [u64; 3],
    pub bands_before: Option<[u64; 3]>,
    /// How earlier risks came out.
    pub calibration: Option<CalibrationFacts>,
    /// When that can be said, if not yet.
    pub calibration_pending: Option<String>,
}

/// Risks given at an earlier refresh, and what happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CalibrationFacts {
    /// As-of of the refresh that gave the risks, and of the fit of its models.
    pub as_of: String,
    pub fitted_as_of: String,
    pub contacts: u64,
    pub expected_lost: f64,
    pub lost: u64,
    /// Lost over expected, with its interval.
    pub ratio: f64,
    pub low: f64,
    pub high: f64,
    /// True where the interval holds 1.
    pub holds: bool,
}

/// Where an experiment stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExperimentStanding {
    /// Nobody can be read yet.
    NotYet,
    /// Read, and not decided.
    Open,
    Decided,
    /// A check of the data failed.
    NotTrustworthy,
}

/// One experiment.
#[derive(Debug, Clone, PartialEq)]
pub struct ExperimentFacts {
    pub id: String,
    pub question: Option<String>,
    pub standing: ExperimentStanding,
    /// At the digest before; `None` if it was not known then.
    pub before: Option<ExperimentStanding>,
    /// In plain words: what to do.
    pub recommendation: String,
    /// In plain words: what it shows.
    pub answer: String,
}

/// What the audit of the data found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HygieneFacts {
    pub found: Vec<HygieneItem>,
    /// Titles of findings of the digest before that are gone.
    pub fixed: Vec<String>,
    pub checks: usize,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HygieneItem {
    pub code: String,
    pub title: String,
    pub unit: String,
    pub count: u64,
    /// At the digest before; `None` if it was not found then.
    pub before: Option<u64>,
    pub what_to_do: String,
}
