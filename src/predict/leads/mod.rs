//! Lead scores: points for what a contact is (fit) and for what it does (intent), added up in the open.
//!
//! A rule of fit gives its points once, where its test holds. A rule of intent gives its points for every
//! occurrence of its event before the as-of, halved for every half-life of age:
//!
//! > points × Σ 2^(−age / half-life)
//!
//! and no more than its cap, upwards or downwards. Each group is the sum of its rules, no less than 0 and no
//! more than the group's cap; the score is the sum of both groups. Points are whole hundredths: a rule is
//! rounded once, and everything after that adds up exactly.
//!
//! - [`LeadModel`]: the rules, caps and bands of the settings, or the [`starter`] ones.
//! - [`score`]: everybody's points at an as-of and at earlier ones, and what moved them.
//! - [`Board`]: everybody's points at one as-of, a query over the lake.
//! - [`Move`]: what one rule added to a score, or took off, between two as-ofs.
//!
//! Two groups with caps, decay by occurrence, and a history of what changed the score are the conventions
//! of the scoring of current CRMs; letters and digits those of older ones.

mod bands;
mod board;
mod fit;
mod fit_values;
mod frame;
mod intent;
mod model;
mod moves;
mod points;
mod scoring;
pub mod starter;
mod weeks;

pub use bands::Bands;
pub use board::{Board, Ground};
pub use fit::FitTest;
pub use intent::Occurrences;
pub use model::{LeadModel, LeadRule, Look};
pub use moves::{Cause, Move, moves};
pub use points::Points;
pub use scoring::{Change, LeadInput, Leads, LeftOut, Past, ScoredLead, score};
