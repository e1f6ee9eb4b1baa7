//! Fitting and scoring in one step, where anybody has an order.

use crate::error::Result;

use super::params::RfmValidParams;
use super::purchases::{Purchases, Scored};
use super::summary::{RfmSummary, summary};

/// The fitted model with its counts, and the contacts scored by it, in their order; `None` where nobody has
/// an order and there is nothing to score. `gap_days` as for [`RfmValidParams::fit`].
///
/// # Errors
/// If the gaps do not tell a cycle.
pub fn score(
    params: &RfmValidParams,
    contacts: Vec<Purchases>,
    gap_days: &[f64],
) -> Result<Option<(RfmSummary, Vec<Scored>)>> {
    if contacts.iter().all(|contact| contact.recency_days.is_none()) {
        return Ok(None);
    }
    let model = params.fit(&contacts, gap_days)?;
    let scored = model.apply(contacts);
    Ok(Some((summary(&model, &scored), scored)))
}
