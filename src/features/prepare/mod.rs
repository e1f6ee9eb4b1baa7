//! From raw features to the numbers that distances are computed on: bend, fill, clip, scale, weigh.
//!
//! Fitted once and stored with the model, so that a new contact is prepared exactly as the old ones.
//!
//! - [`column`]: one column, from its raw values to the standard scale.
//! - [`weights`]: how much each column counts: families alike, twins once.
//! - [`components`]: principal components, for maps and, where asked for, for distances.
//! - [`preparation`]: all of it together.

mod column;
mod components;
mod preparation;
mod weights;

pub use column::{PreparedColumn, Scale, Transform};
pub use components::Components;
pub use preparation::{Preparation, PreparationParams, Prepared};
pub use weights::{Correlated, Weighing};
