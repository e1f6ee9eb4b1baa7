//! From features to candidate micro-segments, with the evidence for them.
//!
//! Finding them:
//! - [`kmeans`]: clusters of prepared features, guarded and reproducible.
//! - [`mixture`]: the same with soft membership.
//! - [`silhouette`], [`separation`]: how far apart clusters are.
//! - [`stability`], [`strength`]: whether they come back.
//! - [`reference`]: contacts without segments, to compare with.
//! - [`choice`], [`verdict`]: how many there are, if any.
//! - [`reach`]: what a test on each can show, and those too small for one.
//! - [`segmentation`]: one division of contacts, made of all that.
//!
//! Saying what they are:
//! - [`profile`], [`flags`]: each against everybody, and what calls for care.
//! - [`explain`], [`neighbours`], [`map`]: what sets each apart, a rule, what lies beside it.
//! - [`naming`], [`matching`]: names from traits, and ids that stay with the people.
//! - [`plays`]: what to do with each.
//! - [`discovery`]: the discovered segments with all that.
//!
//! Segments by other means:
//! - [`rfm`]: recency, frequency and monetary scores and the named grid.
//! - [`strata`], [`micro`]: behaviour within strata.
//! - [`rules`]: segments by rule.
//!
//! - [`proposal`]: all of it together; [`model`]: what scores contacts who come later.
//! - [`refresh`]: accepted segments at a new as-of; [`drift`]: whether the model still fits.
//! - [`agreement`]: how far two partitions agree.

pub mod agreement;
pub mod choice;
mod discovery;
pub mod drift;
mod earlier;
pub mod explain;
pub mod flags;
pub mod kmeans;
pub mod map;
pub mod matching;
mod membership;
pub mod micro;
pub mod mixture;
pub mod model;
pub mod naming;
pub mod neighbours;
pub mod plays;
pub mod profile;
pub mod proposal;
pub mod reach;
pub mod reference;
pub mod refresh;
pub mod rfm;
pub mod rules;
pub mod segmentation;
pub mod separation;
pub mod silhouette;
pub mod stability;
pub mod strata;
pub mod strength;
pub mod verdict;

pub use discovery::EVERYBODY;
pub use earlier::{known, known_before};
pub use membership::{MODEL_FILE, read_membership, write};
pub use proposal::{Proposal, ProposalInput, propose};
