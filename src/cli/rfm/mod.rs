//! `rfm`: scores from one order file.
//!
//! - [`scoring_args`]: how to score, as it is typed.
//! - [`run`]: reading, fitting or applying, writing the model.
//! - [`result`]: what is printed.

mod result;
mod run;
pub mod scoring_args;

pub use run::run;
