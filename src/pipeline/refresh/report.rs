//! What came of a refresh.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::reports::digest::OutlookFacts;
use crate::segments::drift::Drift;
use crate::segments::refresh::{Cause, ChangeKind, Damped, Migration, SegmentSurvival, Sizes};

/// Serialised as `refresh.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RefreshReport {
    pub as_of: String,
    /// As-of of the refresh before.
    pub since: Option<String>,
    /// As-of of the first refresh.
    pub first: String,
    pub contacts: u64,
    pub new_contacts: u64,
    pub segments: Sizes,
    /// Entries and exits by cause.
    pub changes: Vec<CauseCount>,
    /// Moves between discovered segments that wait for being clear or lasting, and contacts concerned.
    pub damped: u64,
    pub damped_moves: Vec<Damped>,
    pub migration: Option<Migration>,
    /// Stays that ended at this refresh.
    pub ended: Vec<EndedSpells>,
    pub survival: Vec<SegmentSurvival>,
    /// One entry a stored model of segments.
    pub drift: Vec<ModelDrift>,
    /// What the stored models of churn and value say, and how earlier risks came out.
    pub outlook: Option<OutlookFacts>,
    /// Why that is not there.
    pub no_outlook: Option<String>,
    /// Rows of the sources.
    pub accepted_rows: u64,
    pub rejected_rows: u64,
    /// Accepted rows by table.
    pub rows: BTreeMap<String, u64>,
}

/// How many changes have one cause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CauseCount {
    pub kind: ChangeKind,
    pub cause: Cause,
    pub changes: u64,
}

/// Contacts who left a segment at this refresh, by the as-of of their entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndedSpells {
    pub segment_id: String,
    pub since: String,
    pub contacts: u64,
    /// Whether it was the definition that changed: the stay was cut off, and says only that it was so long.
    pub by_definition: bool,
}

/// The drift of one stored model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelDrift {
    /// Fingerprint of the proposal that it is of.
    pub proposal: String,
    /// Accepted segments that it scores.
    pub segment_ids: Vec<String>,
    pub drift: Drift,
}
