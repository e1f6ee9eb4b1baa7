//! Contacts who have not bought: will they open, click or visit within the horizon?

use serde::Serialize;

use crate::error::Result;

use super::super::churn::{Bands, Candidate, Cutoff};
use super::risk::{RiskModel, risk_model};
use super::silence::{EngagementContact, StoredSilence};

/// Contacts without an order, as known on some days.
pub struct EngagementInput {
    /// In the order of `now`.
    pub ids: Vec<String>,
    pub now: Cutoff,
    /// Days on which a horizon began whose end is known, newest first.
    pub closed: Vec<Cutoff>,
    pub horizon_days: u32,
    pub bands: Bands,
    /// Reasons given for each contact.
    pub reasons: usize,
}

/// The outlook of contacts who have not bought.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Engagement {
    pub horizon_days: u32,
    pub risk: RiskModel,
    /// Contacts at low, medium and high risk.
    pub bands: [usize; 3],
    /// In id order.
    #[serde(skip)]
    pub contacts: Vec<EngagementContact>,
    /// What they were scored with.
    #[serde(skip)]
    pub model: StoredSilence,
}

/// Trains, proves and applies the model of silence. `None` where nothing is known to train on: no earlier
/// day with contacts who fell silent and contacts who did not.
pub fn engagement(input: &EngagementInput) -> Result<Option<Engagement>> {
    let closed: Vec<&Cutoff> = input.closed.iter().filter(|cutoff| cutoff.has_both()).collect();
    if closed.is_empty() || input.ids.is_empty() {
        return Ok(None);
    }
    let (risk, fitted) = risk_model(&closed, Candidate::Hiatus, input.horizon_days)?;
    let Some(fitted) = fitted else { return Ok(None) };
    let model = StoredSilence {
        until: input.now.until,
        horizon_days: input.horizon_days,
        bands: input.bands,
        reasons: input.reasons,
        risk: fitted,
    };
    let contacts = model.contacts(&input.ids, &input.now)?;
    let mut bands = [0; 3];
    contacts.iter().for_each(|contact| bands[contact.band as usize] += 1);
    Ok(Some(Engagement { horizon_days: input.horizon_days, risk, bands, contacts, model }))
}
