//! How probable it is that an arm is better, and what a wrong choice would cost.
//!
//! Everything is exact or by quadrature; nothing is drawn at random.
//!
//! - [`BetaPrior`]: what is known of a rate beforehand, given or by [`campaign_prior`] from past
//!   campaigns;
//! - [`Beta`]: a rate's posterior; [`bayes_rates`]: two or more arms by their rates;
//! - [`NormalPosterior`]: an effect or a mean with a standard error under a [`NormalPrior`];
//!   [`bayes_effect`], [`bayes_means`], [`bayes_best`].

mod beta;
mod beta_prior;
mod campaign_prior;
mod effect;
mod normal;
mod rates;
mod standing;

#[cfg(test)]
mod tests;

pub use beta::Beta;
pub use beta_prior::BetaPrior;
pub use campaign_prior::{CampaignPrior, campaign_prior};
pub use effect::{BayesEffect, bayes_effect, bayes_means};
pub use normal::{NormalPosterior, NormalPrior, bayes_best};
pub use rates::{BayesArm, BayesRates, bayes_rates};
pub use standing::Standing;
