//! Log-likelihoods of whole shops, with derivatives.
//!
//! - [`geometric`]: the BG/NBD family; exact second derivatives.
//! - [`pareto`]: Pareto/NBD; exact first derivatives.

mod geometric;
mod pareto;

pub use geometric::GeometricLikelihood;
pub use pareto::ParetoLikelihood;
