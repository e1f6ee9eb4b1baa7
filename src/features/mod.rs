//! Behavioural features: declared and measured side by side, in one query plan over the lake, at an
//! as-of.
//!
//! - [`custom`]: features of the user's own, in SQL.
//! - [`FeatureSpec`]: name, family, window, unit, meaning, formula, and what a missing value means.
//! - [`FeatureFamily`]: features of one side of behaviour, and how they are measured on a [`Timeline`].
//! - [`catalogue()`]: the families.
//! - `engine`: brings each contact's rows together and calls the families.
//! - [`FeatureTable`]: contacts × features with a mask: missing is not zero.
//! - [`Preparation`]: transform and scale, fitted once, stored with a model.

mod assembly;
pub mod attributes;
pub mod catalogue;
pub mod counts;
pub mod custom;
mod dictionary;
mod engine;
mod extract;
mod facts;
pub mod families;
mod family;
mod history;
mod kept;
mod local_time;
mod open_delays;
mod prepare;
mod spec;
mod store;
mod table;
mod timeline;

pub use catalogue::catalogue;
pub use dictionary::dictionary_csv;
pub use extract::{
    Extracted, Extraction, close_history, extract, extract_only, extract_open, manifest,
};
pub use facts::Facts;
pub use family::{Family as FeatureFamily, FeatureParams, Moments, NO_TYPE};
pub use history::{History, HistoryKey};
pub use kept::extract_with_history;
pub use local_time::LocalClock;
pub use prepare::{
    Components, Correlated, Preparation, PreparationParams, Prepared, PreparedColumn, Scale,
    Transform, Weighing,
};
pub use spec::{Family, FeatureSpec, Missing, Unit};
pub use store::{coverage, csv, read, read_specs, table_path, write, write_parquet};
pub use table::{FeatureTable, Labels};
pub use timeline::{Closed, Event, Item, Kind, Needs, Order, Places, Presence, Timeline, Word};
