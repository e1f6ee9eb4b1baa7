//! From the lake and the features to predictions.

use serde::Serialize;

use crate::error::{Kind, Result};
use crate::features::FeatureTable;
use crate::ingest::exponent;
use crate::lake::{Lake, Session};
use crate::predict::orders::OrderBook;
use crate::predict::outlook::{
    Engagement, Outlook, OutlookInput, OutlookValidParams, closed_days, engagement, outlook,
};
use crate::workspace::{AsOf, FeatureSettings};

use super::orders::{buyers_by, order_book};
use super::past::{Past, last_day};

/// What is to be expected of the contacts of a workspace.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Prediction {
    pub as_of: String,
    pub currency: String,
    /// Contacts who have bought.
    pub outlook: Option<Outlook>,
    /// Why there is none, and what is needed.
    pub no_outlook: Option<String>,
    /// Contacts who have not.
    pub engagement: Option<Engagement>,
    pub no_engagement: Option<String>,
}

/// What a prediction is made from.
pub(super) struct Ground<'a> {
    pub lake: &'a Lake,
    pub session: &'a Session,
    pub as_of: &'a AsOf,
    pub threads: usize,
    pub features: &'a FeatureSettings,
    pub table: &'a FeatureTable,
    pub params: &'a OutlookValidParams,
    pub currency: String,
    pub progress: &'a dyn Fn(&str),
}

/// Horizon of silence where orders give none: as of churn without gaps.
const SILENCE_DAYS: u32 = 90;

impl Ground<'_> {
    pub fn predict(&self) -> Result<Prediction> {
        let book = order_book(self.session, self.as_of)?;
        let past = Past::new(self.lake, self.as_of, self.threads, self.features, self.table)?;
        let (outlook, no_outlook) = reasoned(self.outlook(&book, &past).map(Some))?;
        let horizon = outlook.as_ref().map(|outlook| outlook.horizon.days);
        let (engagement, no_engagement) = reasoned(self.engagement(&book, &past, horizon))?;
        let no_engagement = match (&engagement, no_engagement) {
            (None, None) => Some(
                "there is no earlier day on which some contacts without an order went on to open, click or \
                 visit and others did not"
                    .to_owned(),
            ),
            (_, why) => why,
        };
        Ok(Prediction {
            as_of: self.as_of.to_string(),
            currency: self.currency.clone(),
            outlook,
            no_outlook,
            engagement,
            no_engagement,
        })
    }

    fn outlook(&self, book: &OrderBook, past: &Past<'_>) -> Result<Outlook> {
        outlook(&OutlookInput {
            book,
            until: last_day(self.as_of)?,
            params: self.params,
            minor_per_major: 10f64.powi(exponent(&self.currency) as i32),
            more: &|day, ids| past.columns(day, ids),
            progress: self.progress,
        })
    }

    fn engagement(
        &self,
        book: &OrderBook,
        past: &Past<'_>,
        horizon: Option<u32>,
    ) -> Result<Option<Engagement>> {
        (self.progress)("looking at contacts without orders");
        let horizon = self.params.churn_days.or(horizon).unwrap_or(SILENCE_DAYS);
        let Some(first) = self.first_day()? else { return Ok(None) };
        let closed = closed_days(first, past.until, horizon, self.params.cutoffs);
        let buyers_at = |day| buyers_by(book, day);
        engagement(&past.engagement(horizon, &closed, self.params, &buyers_at)?)
    }

    /// The first day with an event.
    fn first_day(&self) -> Result<Option<i32>> {
        let slices = self.lake.slices().iter().map(|slice| slice.first_us).min();
        let Some(us) = slices else { return Ok(None) };
        let days = self.as_of.days_since(us);
        Ok(Some(last_day(self.as_of)? + 1 - i32::try_from(days).unwrap_or(0)))
    }
}

/// Data that does not suffice is a reason, not a failure.
fn reasoned<T>(result: Result<Option<T>>) -> Result<(Option<T>, Option<String>)> {
    match result {
        Ok(found) => Ok((found, None)),
        Err(error) if error.kind() == Kind::Data && error.place().file.is_none() => {
            let hint = error.hint_text().map(|hint| format!("; {hint}")).unwrap_or_default();
            Ok((None, Some(format!("{error}{hint}"))))
        }
        Err(error) => Err(error),
    }
}
