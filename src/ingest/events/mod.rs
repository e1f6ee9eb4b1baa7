//! Events on their way to the lake: checked on several threads, set down on disk by ranges of
//! contacts, then range by range put in order, freed of repeats, judged, and written in slices.
//!
//! Memory holds one range of keys at a time, whatever the number of rows.
//!
//! - [`EventIntake`]: one thread's part of the reading.
//! - [`Spill`] and [`Chunk`]: rows on their way.
//! - [`settle`]: one range of contacts in its final order.
//! - [`write_slices`]: the files.
//! - [`Touched`]: the slices of a lake that new rows change, read back.

mod chunk;
mod intake;
mod kinds;
mod known;
mod seen;
mod settle;
mod spill;
mod stored;
mod touched;
mod vocabulary;
mod write;

pub use intake::EventIntake;
pub use kinds::is_known_kind;
pub use seen::shared;
pub use spill::Spill;
pub use touched::Touched;
pub use vocabulary::Vocabulary;
pub use write::{SliceJob, write_slices};

/// Columns of words, by their names in the contract, in the stored order.
pub const WORDS: [&str; 7] =
    ["campaign", "variant", "device", "client", "product", "category", "page"];
