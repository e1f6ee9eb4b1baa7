//! Functions that the purchase models need and statrs does not have.
//!
//! - [`rising`]: logarithms of rising factorials, and their derivatives.
//! - [`quadrature`]: Gauss-Legendre and exp-sinh rules. - [`root`]: where a function crosses zero.

pub mod quadrature;
pub mod rising;
pub mod root;
