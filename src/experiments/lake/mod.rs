//! An experiment's units from the lake: who was assigned, and what each did in their own window.
//!
//! - [`intake`]: one row a recipient, as [`Units`](super::Units), and how the arms were filled and treated,
//!   as an [`ArmLog`](super::ArmLog);
//! - [`past_campaigns`]: the decision metric in earlier mailings, for a prior.

mod arm_log;
mod campaign;
mod columns;
mod intake;
mod metric;
mod past;
mod statement;

pub use columns::UNKNOWN_LEVEL;
pub use intake::{DELIVERED, Intake, Starts, intake};
pub use metric::{check_metrics, counts_mail, lower_is_better};
pub use past::past_campaigns;
pub use statement::SEGMENT_COLUMN;
