//! The lake: the canonical tables as Parquet, sorted by dense contact key.
//!
//! - [`Table`] and [`Field`]: the contract with source files.
//! - [`schema`]: the columns as stored.
//! - [`write_table`]: writing, deterministically.
//! - [`Lake`]: reading, and the query session in which nothing at or after the as-of can be seen.

mod columns;
mod contract;
mod in_order;
mod open;
pub mod schema;
mod session;
mod write;

pub use contract::{Content, Field, Need, Table};
pub use open::Lake;
pub use session::Session;
pub use write::{file_name, write_table};
