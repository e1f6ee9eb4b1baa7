//! One file without a workspace, read with the same rules as a workspace's sources.
//!
//! - [`read_orders`] adds an order file up by contact.
//! - [`read_columns`] takes any columns as text or numbers, whole.
//! - [`fold_rows`] gives them some rows at a time to several threads, and keeps none.

mod columns;
mod orders;
mod rows;
mod words;

pub use columns::{FlatColumns, read_columns};
pub use orders::{ContactOrders, FlatOrders, read_orders};
pub use rows::{FlatCounts, FlatPart, FlatRequest, FlatRows, fold_rows};
