//! Scoring by models of an earlier fit.

use crate::error::{Error, Result};
use crate::predict::outlook::{EngagementContact, RiskAndValue, ScoreInput};

use super::super::run::Pipeline;
use super::make::Ground;
use super::models::PredictionModels;
use super::orders::{buyers_by, order_book};
use super::past::Past;

/// What earlier models say at an as-of.
#[derive(Debug, Clone, PartialEq)]
pub struct Scored {
    pub as_of: String,
    /// The as-of that the models were fitted at.
    pub fitted_as_of: String,
    pub currency: String,
    /// Contacts who have bought, in id order; `None` without models of them.
    pub contacts: Option<Vec<RiskAndValue>>,
    /// Contacts who have not, in id order; `None` without a model of them.
    pub engagement: Option<Vec<EngagementContact>>,
}

impl Pipeline<'_> {
    /// Scores everybody who is known at the as-of by `models`, on the feature table, which must be up to
    /// date. Nothing is fitted or written. At the as-of of the fit these are the prediction's own numbers.
    ///
    /// # Errors
    /// If the as-of lies before the fit's, amounts are in another currency, or a column that a model reads
    /// is gone.
    pub fn score_stored(&mut self, models: &PredictionModels) -> Result<Scored> {
        self.on_ground(|ground| ground.score(models))
    }
}

impl Ground<'_> {
    fn score(&self, models: &PredictionModels) -> Result<Scored> {
        if models.currency != self.currency {
            return Err(Error::data(format!(
                "the models were fitted to amounts in {}, and these are in {}",
                models.currency, self.currency
            ))
            .hint("fit them to these amounts: run `microseg predict`"));
        }
        let book = order_book(self.session, self.as_of)?;
        let past = Past::new(self.lake, self.as_of, self.threads, self.features, self.table)?;
        let contacts = match &models.outlook {
            Some(models) => Some(models.risks_and_values(&ScoreInput {
                book: &book,
                until: past.until,
                more: &|day, ids| past.columns(day, ids),
                progress: self.progress,
            })?),
            None => None,
        };
        let engagement = match &models.engagement {
            Some(model) => {
                (self.progress)("looking at contacts without orders");
                let (ids, now) = past.silent_now(&|day| buyers_by(&book, day))?;
                Some(model.score(&ids, &now)?)
            }
            None => None,
        };
        Ok(Scored {
            as_of: self.as_of.to_string(),
            fitted_as_of: models.as_of.clone(),
            currency: self.currency.clone(),
            contacts,
            engagement,
        })
    }
}
