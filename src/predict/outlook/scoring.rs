//! Every contact's outlook, by models that are there already.

use rayon::prelude::*;
use rustc_hash::FxHashMap;

use crate::error::Result;

use super::super::churn::{Reason, history_reasons, reasons};
use super::super::orders::{OrderBook, PurchaseDays};
use super::super::purchase::History;
use super::super::scores::{HistoryScore, Models, ScoreValidParams};
use super::contact::ContactOutlook;
use super::history::{Known, MoreColumns, known};
use super::stored::StoredModels;

impl StoredModels {
    fn models(&self) -> Models<'_> {
        Models {
            purchases: &self.purchases.model,
            log_covariance: self.purchases.log_covariance.as_ref(),
            spend: self.spend.as_ref(),
            unit_days: f64::from(self.unit_days),
        }
    }

    /// The buyers at the end of the last day of `days`, with all that the models read.
    pub(super) fn known(
        &self,
        book: &OrderBook,
        days: &PurchaseDays,
        more: &MoreColumns<'_>,
    ) -> Result<Known> {
        let at = (self.scores.churn_days, f64::from(self.unit_days));
        known(book, days, None, &self.purchases.model, at, more)
    }

    /// The outlook of everybody who is known, in id order.
    pub(super) fn contacts(
        &self,
        book: &OrderBook,
        days: &PurchaseDays,
        now: &Known,
    ) -> Result<Vec<ContactOutlook>> {
        let risks = match &self.risk {
            Some(fitted) => fitted.risks(&now.cutoff)?,
            None => now.cutoff.model_risk.clone().unwrap_or_default(),
        };
        let by_columns = match &self.risk {
            Some(fitted) => reasons(fitted, &now.cutoff, self.reasons)?,
            None => None,
        };
        let (models, scores) = (self.models(), &self.scores);
        let typical = typical(&now.histories);
        let churn = f64::from(scores.churn_days) / models.unit_days;
        let (of_history, shared) = by_history(&models, &now.histories, scores);
        let row = |place: usize| {
            let (contact, history) = (now.buyers[place], &now.histories[place]);
            let spending = days.spending(contact, self.minor_per_major);
            let score = shared[of_history[place]].contact(models.spend, &spending, scores);
            let reasons: Vec<Reason> = match &by_columns {
                Some(reasons) => reasons[place].clone(),
                None => {
                    history_reasons(models.purchases, history, &typical, churn, models.unit_days)
                }
            };
            let bought = days.days(contact);
            let (first, last) = (bought[0], bought[bought.len() - 1]);
            let value = score.customer_lifetime_value.map(|value| value.point);
            ContactOutlook {
                contact_id: book.ids()[contact].clone(),
                repeat_purchases: history.repeats,
                age_at_last_days: last.abs_diff(first),
                age_days: days.until().abs_diff(first),
                days_since_last_order: days.until().abs_diff(last),
                historic_value_minor: days.minor(contact).iter().sum(),
                churn_risk: risks[place],
                band: self.bands.of(risks[place]),
                value_at_risk: value.map(|value| value * risks[place]),
                score,
                reasons,
            }
        };
        Ok((0..now.buyers.len()).into_par_iter().with_min_len(64).map(row).collect())
    }
}

/// Scores of every history that differs, and which each contact has.
fn by_history(
    models: &Models<'_>,
    histories: &[History],
    scores: &ScoreValidParams,
) -> (Vec<usize>, Vec<HistoryScore>) {
    let (of_history, different) = distinct(histories);
    let score = |history: &History| HistoryScore::new(models, history, scores);
    (of_history, different.par_iter().with_min_len(64).map(score).collect())
}

/// The histories that differ, and the place of each history among them: contacts who share one are asked about once.
pub(super) fn distinct(histories: &[History]) -> (Vec<usize>, Vec<History>) {
    let mut places: FxHashMap<[u64; 4], usize> = FxHashMap::default();
    let mut different: Vec<History> = Vec::new();
    let place = |history: &History| {
        let History { repeats, age_at_last, age, log_gaps } = *history;
        let key = [u64::from(repeats), age_at_last.to_bits(), age.to_bits(), log_gaps.to_bits()];
        *places.entry(key).or_insert_with(|| {
            different.push(*history);
            different.len() - 1
        })
    };
    (histories.iter().map(place).collect(), different)
}

/// The middle of each part of a history by itself.
fn typical(histories: &[History]) -> History {
    let middle = |value: &dyn Fn(&History) -> f64| {
        let mut values: Vec<f64> = histories.iter().map(value).collect();
        values.sort_unstable_by(f64::total_cmp);
        values.get(values.len() / 2).copied().unwrap_or(0.0)
    };
    let age = middle(&|h| h.age);
    History {
        repeats: middle(&|h| f64::from(h.repeats)) as u32,
        age_at_last: (age - middle(&|h| h.age - h.age_at_last)).max(0.0),
        age,
        log_gaps: 0.0,
    }
}
