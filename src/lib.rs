//! microseg: micro-segments and experiment readouts for email programmes, with the evidence.
//!
//! Data flows one way: exports → [`ingest`] → [`lake`] → [`features`] → [`segments`] → [`reports`],
//! and assignments → [`lake`] → [`experiments`] → [`reports`]. A module imports only earlier ones and
//! the base ([`error`], [`estimate`], [`workspace`], [`lake`]); `ARCHITECTURE.md` has the map.

pub mod cli;
pub mod delivery;
pub mod error;
pub mod estimate;
pub mod experiments;
pub mod features;
pub mod hygiene;
pub mod ingest;
pub mod lake;
pub mod numeric;
pub mod pipeline;
pub mod predict;
pub mod reports;
pub mod schedule;
pub mod segments;
pub mod simulate;
pub mod workspace;
