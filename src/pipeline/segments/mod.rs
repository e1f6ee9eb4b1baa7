//! The segments of a workspace: discovered ones, those by rule, and what was decided on them.
//!
//! - [`Segments`]: all of them over one as-of, evaluated when they are asked for.
//! - [`listing`]: which there are, and what each is.
//! - [`stored`]: accepted discovered segments by the models that were kept with them.
//! - [`trial`]: a rule tried out.
//! - [`decision`]: accepting, rejecting, renaming.
//! - [`definition`]: what the registry keeps of a segment.
//! - [`export`]: members as files; [`audience`]: members of whom an experiment is made.

pub mod audience;
mod book;
pub mod decision;
pub mod definition;
pub mod export;
pub mod listing;
pub mod stored;
pub mod trial;

pub use book::Segments;
pub use decision::{Decided, Words};
pub use definition::Definition;
pub use export::Exported;
pub use listing::{Kind, Listed, Shown, Standing};
pub use trial::{Look, Overlap, Trial};
