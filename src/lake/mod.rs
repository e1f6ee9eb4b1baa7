//! The lake: the canonical tables as Parquet, sorted by contact key.
//!
//! - [`Table`] and [`Field`]: the contract with source files.
//! - [`schema`]: the columns as stored.
//! - [`contact_key`]: the key of a contact, a hash of its id.
//! - [`Span`] and [`Slice`]: the events, a file for every stretch of time.
//! - [`write_table`], [`SliceWriter`]: writing, deterministically.
//! - [`Lake`]: reading, and the query session in which nothing at or after the as-of can be seen.

mod columns;
mod contract;
mod events;
mod in_order;
mod key;
mod open;
pub mod schema;
mod session;
mod slice;
mod write;

pub use contract::{Content, Field, Need, Table};
pub use key::contact_key;
pub use open::{Lake, Slices};
pub use session::{Scope, Session};
pub use slice::{Month, Slice, Span};
pub use write::{KEY_RANGES, SliceWriter, file_name, key_range, write_columns, write_table};
