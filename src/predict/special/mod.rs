//! Functions that the purchase models need and statrs does not have.
//!
//! - [`rising`]: logarithms of rising factorials, and their derivatives.
//! - [`quadrature`]: Gauss-Legendre and exp-sinh rules.

pub mod quadrature;
pub mod rising;
