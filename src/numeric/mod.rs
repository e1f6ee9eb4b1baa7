//! Functions that the statistics of several modules rest on and statrs does not have, or not to the last
//! digits.
//!
//! - [`quadrature`]: Gauss-Legendre and exp-sinh rules.
//! - [`rising`]: logarithms of rising factorials, and their derivatives.
//! - [`root`]: where a function crosses zero.
//! - [`tail`]: tail probabilities with their logarithms, and critical values.

pub mod quadrature;
pub mod rising;
pub mod root;
pub mod tail;
