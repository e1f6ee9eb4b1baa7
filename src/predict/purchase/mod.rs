//! When does a contact buy next, and does he still buy at all?
//!
//! - [`History`]: what the models know of a contact.
//! - [`Geometric`]: BG/NBD, MBG/NBD and (M)BG/CNBD-k; [`Pareto`]: Pareto/NBD.
//! - [`PurchaseModel`]: any of them, as the scores ask it.
//! - [`ModelKind`]: their names; [`PurchaseParams`]: what to fit.
//! - [`FittedPurchases`]: a model with its log-likelihood, standard errors, and what is suspicious.
//! - [`StoredPurchases`]: what is kept of it to score with later.

mod fit;
mod geometric;
mod history;
mod kind;
mod likelihood;
mod model;
mod pareto;
mod stored;
#[cfg(test)]
mod tests;

pub use fit::{
    FittedPurchases, LEAST_CONTACTS, LEAST_REPEAT_BUYERS, PurchaseParams, PurchaseValidParams,
};
pub use geometric::Geometric;
pub use history::{History, Weighted, compress};
pub use kind::ModelKind;
pub use model::PurchaseModel;
pub use pareto::Pareto;
pub use stored::StoredPurchases;
