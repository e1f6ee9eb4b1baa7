//! Discovered segments, as a proposal on disk has them.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use crate::error::{Error, Result};

use super::members::Members;
use super::rule::Rule;
use crate::segments::membership::read_column;

const HINT: &str = "run `microseg propose` again";

/// One discovered segment.
#[derive(Debug, Clone, PartialEq)]
pub struct Discovered {
    pub id: String,
    pub name: String,
    /// The rule that describes it, where the proposal has one. Its members are the model's, not the
    /// rule's.
    pub rule: Option<Rule>,
    pub members: Members,
}

/// The parts of `proposal.json` that are read here.
#[derive(Deserialize)]
struct Stored {
    segments: Vec<StoredSegment>,
}

#[derive(Deserialize)]
struct StoredSegment {
    id: String,
    name: String,
    #[serde(default)]
    rule: Option<Rule>,
}

/// Reads the segments of the proposal in `dir`; `ids` are those of all contacts, ascending.
///
/// # Errors
///
/// A data error if the proposal cannot be read, or is of other contacts.
pub fn read(dir: &Path, ids: &[String]) -> Result<Vec<Discovered>> {
    let path = dir.join("proposal.json");
    let bytes = std::fs::read(&path).map_err(|e| Error::io("read", &path, e).hint(HINT))?;
    let stored: Stored = serde_json::from_slice(&bytes).map_err(|e| {
        Error::data("the proposal cannot be understood").at_file(&path).caused_by(e).hint(HINT)
    })?;
    let mut members: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (contact, segment) in read_column(dir, "segment_id")? {
        members.entry(segment).or_default().push(contact);
    }
    let discovered = |segment: StoredSegment| {
        let mut ids_of = members.remove(&segment.id).unwrap_or_default();
        ids_of.sort_unstable();
        Ok(Discovered {
            id: segment.id,
            members: Members::find(ids_of.iter().map(String::as_str), ids)?,
            name: segment.name,
            rule: segment.rule,
        })
    };
    stored.segments.into_iter().map(discovered).collect()
}
