//! Contacts who have not bought: will they open, click or visit within the horizon?

use serde::Serialize;

use crate::error::Result;

use super::super::churn::{Band, Bands, Candidate, Cutoff, Reason, reasons};
use super::risk::{RiskModel, risk_model};

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

/// One contact's risk of going silent.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EngagementContact {
    pub contact_id: String,
    /// P(no human open, click or visit within the horizon).
    pub silence_risk: f64,
    pub band: Band,
    pub reasons: Vec<Reason>,
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
    let risks = fitted.risks(&input.now)?;
    let mut why = reasons(&fitted, &input.now, input.reasons)?.unwrap_or_default().into_iter();
    let contact = |(id, silence_risk): (&String, f64)| EngagementContact {
        contact_id: id.clone(),
        silence_risk,
        band: input.bands.of(silence_risk),
        reasons: why.next().unwrap_or_default(),
    };
    let contacts: Vec<EngagementContact> = input.ids.iter().zip(risks).map(contact).collect();
    let mut bands = [0; 3];
    contacts.iter().for_each(|contact| bands[contact.band as usize] += 1);
    Ok(Some(Engagement { horizon_days: input.horizon_days, risk, bands, contacts }))
}
