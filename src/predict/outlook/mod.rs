//! A shop's outlook: models fitted, proven, and applied to every contact.
//!
//! - [`OutlookParams`]: what to look ahead to, and how; checked.
//! - [`outlook`]: from orders to an [`Outlook`].
//! - [`model_choice`]: which purchase model, by what it said of later orders.
//! - [`history`]: the cutoffs of the backtest.
//! - [`holdout`]: expected against actual orders and revenue.
//! - [`engagement`]: contacts who have not bought: will they open, click or visit?
//! - [`StoredModels`], [`StoredSilence`]: what is kept of the fits, to score with later.
//! - [`outcome`]: earlier risks against what came.
//! - [`GroupOutlook`]: contacts taken together, such as a segment.
//! - [`spread`]: P(alive) by recency and frequency, and how value is spread, for figures.

mod contact;
mod engagement;
mod feature_columns;
mod group;
mod history;
mod holdout;
mod lost_ratio;
mod make;
mod model_choice;
mod outcome;
mod params;
mod risk;
mod risk_and_value;
mod scoring;
mod settings;
mod silence;
mod snapshots;
mod spread;
mod stored;
#[cfg(test)]
mod tests;

pub use contact::ContactOutlook;
pub use engagement::{Engagement, EngagementInput, engagement};
pub use feature_columns::{ENGAGEMENTS, days_since_engagement, feature_columns, takes_part};
pub use group::{GroupOutlook, by_group};
pub use history::{MoreColumns, closed_days};
pub use holdout::{Cohort, Holdout};
pub use make::{Outlook, OutlookInput, Took, Totals, outlook};
pub use model_choice::{ModelChoice, ModelTried};
pub use outcome::{
    ClosedOutcome, EarlierRisks, Outcome, OutcomeParams, OutcomeValidParams, Verdict,
    closed_outcome, outcome,
};
pub use params::{OutlookParams, OutlookValidParams};
pub use risk::RiskModel;
pub use risk_and_value::RiskAndValue;
pub use silence::{EngagementContact, StoredSilence};
pub use spread::{AliveCell, AliveGrid, ValueBin};
pub use stored::{ScoreInput, StoredModels};
