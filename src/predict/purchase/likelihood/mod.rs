//! Log-likelihoods of whole shops, with derivatives.
//!
//! - [`geometric`]: the BG/NBD family. - [`pareto`]: Pareto/NBD.

mod geometric;
mod pareto;
#[cfg(test)]
mod tests;

pub use geometric::GeometricLikelihood;
pub use pareto::ParetoLikelihood;
