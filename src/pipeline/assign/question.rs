//! What is asked of an assignment, and what came out.

use std::path::PathBuf;

use serde::Serialize;

use crate::experiments::assignment::{Balance, Draw, PlannedReach};

/// What is asked.
#[derive(Debug, Clone, Default)]
pub struct AssignQuestion {
    /// An experiment of the settings.
    pub id: String,
    /// A segment by id or name; everybody if absent.
    pub audience: Option<String>,
    /// The assignment file; `assignments/<id>.csv` in the workspace if absent.
    pub out: Option<PathBuf>,
    /// Files with ids of contacts that are kept out, such as those in other running experiments.
    pub exclude: Vec<PathBuf>,
    pub draw: Draw,
    /// Nothing is written.
    pub is_dry: bool,
}

/// How many of an audience may be assigned.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Audience {
    /// The segment's id, or `everybody`.
    pub name: String,
    pub contacts: usize,
    /// Left out because they did not agree to be mailed, or have left.
    pub without_consent: usize,
    /// Left out because a file names them.
    pub excluded: usize,
    /// False if no contact has a word on consent and nobody ever left: then nobody could be left out.
    pub is_consent_known: bool,
}

/// An experiment whose arms are drawn.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Assigned {
    pub experiment: String,
    pub as_of: String,
    pub decision_metric: String,
    pub draw: Draw,
    /// The column that strata are the levels of; `None` without any.
    pub stratum_column: Option<String>,
    pub audience: Audience,
    /// Contacts of an earlier file, whose arms stay.
    pub kept: usize,
    /// Contacts that are new.
    pub drawn: usize,
    /// Kept contacts who would be drawn otherwise now.
    pub otherwise_now: Option<usize>,
    /// Arms of the earlier file that are no arms any more.
    pub gone: Vec<String>,
    pub balance: Balance,
    pub planned: Vec<PlannedReach>,
    pub path: PathBuf,
    pub registration: PathBuf,
    /// Whether the registration was there already.
    pub was_registered: bool,
    pub is_dry: bool,
    /// What `microseg.toml` needs for the file to be read; `None` where it has it.
    pub source_toml: Option<String>,
}
