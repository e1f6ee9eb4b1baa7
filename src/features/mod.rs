//! Behavioural features: declared, compiled to one query plan over the lake, run at an as-of.
//!
//! - [`FeatureSpec`]: name, family, window, unit, meaning, and the formula over named measures.
//! - [`catalogue()`]: the specs, one family a file.
//! - [`FeatureTable`]: contacts × features with a mask: missing is not zero.
//! - [`Preparation`]: transform and scale, fitted once, stored with a model.

pub mod attributes;
pub mod catalogue;
pub mod counts;
mod dictionary;
mod extract;
pub mod families;
mod family;
mod local_time;
mod plan;
mod prepare;
mod spec;
mod table;
mod timeline;

pub use catalogue::catalogue;
pub use dictionary::dictionary_csv;
pub use extract::{Extraction, extract, manifest, read, write};
pub use family::{Family as FeatureFamily, FeatureParams, Moments};
pub use local_time::LocalClock;
pub use plan::compile;
pub use prepare::{Preparation, Prepared, Scale, Transform};
pub use spec::{Family, FeatureSpec, Measure, Missing, Relation, Unit};
pub use table::FeatureTable;
pub use timeline::{Closed, Event, Item, Kind, Needs, Order, Places, Timeline, Word};
