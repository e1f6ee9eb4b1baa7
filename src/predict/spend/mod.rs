//! How much does a contact spend in an order?
//!
//! - [`GammaGamma`]: the model; [`fit`]: by maximum likelihood, and the correlation it assumes away.

mod fit;
mod gamma_gamma;
#[cfg(test)]
mod tests;

pub use fit::{Correlation, FittedSpend, fit};
pub use gamma_gamma::{GammaGamma, Spending};
