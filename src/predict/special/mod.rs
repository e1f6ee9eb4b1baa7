//! Functions that the purchase models need and statrs does not have.
//!
//! - [`hypergeometric`]: the Gauss function with one upper parameter 1, and its derivatives.
//! - [`rising`]: logarithms of rising factorials, and their derivatives.
//! - [`quadrature`]: Gauss-Legendre and exp-sinh rules.

pub mod hypergeometric;
pub mod quadrature;
pub mod rising;
