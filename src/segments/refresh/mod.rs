//! Accepted segments at a new as-of: who belongs, who came, who went, and what was only noise.
//!
//! - [`Tracked`], [`Layer`], [`Observed`]: the segments, and where every contact would stand by them now.
//! - [`Damping`]: which moves between discovered segments wait.
//! - [`Standing`]: where every contact stands, and since when.
//! - [`advance`]: from one standing to the next, with the [`Change`]s.
//! - [`Migration`]: who went where; [`Sizes`]: which segments grew or shrank beyond noise.
//! - [`Survival`]: how long contacts stay.

mod advance;
mod change;
mod damping;
mod migration;
mod observed;
mod sizes;
mod standing;
mod survival;

#[cfg(test)]
mod tests;

pub use advance::{Advanced, Damped, MODEL_KEY, advance};
pub use change::{Cause, Change, ChangeKind};
pub use damping::Damping;
pub use migration::Migration;
pub use observed::{Layer, Observed, Tracked, TrackedKind};
pub use sizes::{SegmentSize, Sizes};
pub use standing::{Candidate, Held, LayerStanding, SegmentVersion, Standing};
pub use survival::{SegmentSurvival, Spell, Survival, SurvivalPoint, survival};
