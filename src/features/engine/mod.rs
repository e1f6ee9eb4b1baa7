//! The engine: one pass over a range of contacts, as one query plan.
//!
//! - [`Layout`]: the relation of all tables' rows.
//! - `rows`: the rows of each group, kept as the batches in which they came.
//! - `words`: texts as codes in text order, whatever dictionary a batch came with.
//! - `gather`: one contact's rows, sorted.
//! - [`Measuring`]: calls the families.
//! - `state`: the rows of a group as bytes, for partial results.
//! - [`aggregate()`]: all of it as an aggregate function.

mod aggregate;
mod gather;
mod layout;
mod measuring;
mod plan;
mod rows;
mod state;
#[cfg(test)]
mod tests;
mod words;

pub use aggregate::aggregate;
pub use layout::{Layout, Origin, Slot};
pub use measuring::{Choice, Measuring, Surroundings};
pub use plan::run;
