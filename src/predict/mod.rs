//! What will a contact do: order again, when, for how much, or not at all? With the evidence.
//!
//! From orders to an outlook:
//!
//! - [`orders`]: every order and refund, and the purchases as known on a day.
//! - [`purchase`]: models of when people buy; [`spend`]: of how much.
//! - [`scores`]: what the models say of each contact.
//! - [`churn`]: who will not order, or not engage: ways to a risk, and proof by backtest.
//! - [`outlook`]: all of it together.
//!
//! What these take:
//!
//! - [`maximum`]: maximum likelihood; [`logistic`]: regression and recalibration.
//! - [`evidence`]: how good probabilities and counts are.
//!
//! By rules that people declare:
//!
//! - [`leads`]: points for fit and intent. [`lifecycle`]: stages, and since when.

pub mod churn;
pub mod evidence;
pub mod leads;
pub mod lifecycle;
pub mod logistic;
pub mod maximum;
pub mod orders;
pub mod outlook;
pub mod purchase;
pub mod scores;
pub mod spend;
