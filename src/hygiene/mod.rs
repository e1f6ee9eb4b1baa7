//! What is wrong with the data, in the order of what it costs.
//!
//! [`audit`] runs every check over the tables of a lake before an as-of, and over what became of the
//! source rows. A check that cannot run on this data says why and what it needs; it never says that
//! nothing was found. Examples are ids of contacts, campaigns or orders, never addresses.

mod audit;
mod checks;
mod facts;
mod finding;
mod mail;
mod people;
mod rows;

pub use audit::{AuditInput, audit};
pub use finding::{Audit, Finding, NotChecked, Rates, Status};
