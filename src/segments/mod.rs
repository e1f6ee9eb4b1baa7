//! From features to candidate micro-segments, with the evidence for them.
//!
//! - [`rfm`]: recency, frequency and monetary scores and the named grid.
//! - [`kmeans`]: clusters of prepared features through linfa, guarded and reproducible.
//! - [`silhouette`]: how well separated clusters are, and the choice of their number.
//! - [`profile`]: what each segment is, against everybody.
//! - [`explain`]: what sets each segment apart, and a rule that finds its members.
//! - [`neighbours`]: which segments lie next to which.
//! - [`agreement`]: how far two partitions agree.
//! - [`rules`]: segments by rule.
//! - [`proposal`]: all of it together.

pub mod agreement;
pub mod choice;
pub mod explain;
pub mod kmeans;
mod membership;
pub mod naming;
pub mod neighbours;
pub mod profile;
pub mod proposal;
pub mod reference;
pub mod rfm;
pub mod rules;
pub mod separation;
pub mod silhouette;
pub mod stability;
pub mod strength;

pub use membership::{read_membership, write};
pub use proposal::{Proposal, ProposalInput, propose};
