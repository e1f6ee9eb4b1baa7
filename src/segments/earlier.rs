//! What a proposal on disk says of its segments, and of those of the proposal before it.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use serde_json::Value;

use crate::error::{Error, Result};

use super::matching::Known;
use super::membership::{PROPOSAL_FILE, read_column};

/// The segments of the proposal before, beside a proposal; their members are a column of the
/// membership.
pub(super) const EARLIER_FILE: &str = "earlier.json";

/// The segments of the proposal in `dir`; `None` if there is none, or one of another version.
///
/// # Errors
/// If its files cannot be read.
pub fn known(dir: &Path) -> Result<Option<Known>> {
    let Some(proposal) = read_json(&dir.join(PROPOSAL_FILE))? else { return Ok(None) };
    let Some(mut known) = of_proposal(&proposal) else { return Ok(None) };
    known.members = members(&known, read_column(dir, "segment_id")?);
    Ok(Some(known))
}

/// The segments of the proposal before the one in `dir`, if there was one.
///
/// # Errors
/// If its files cannot be read.
pub fn known_before(dir: &Path) -> Result<Option<Known>> {
    let path = dir.join(EARLIER_FILE);
    let Some(value) = read_json(&path)? else { return Ok(None) };
    let mut known: Known = serde_json::from_value(value).map_err(|e| {
        Error::data("the earlier segments cannot be read").at_file(&path).caused_by(e)
    })?;
    known.members = members(&known, read_column(dir, "earlier_segment_id")?);
    Ok(Some(known))
}

fn read_json(path: &Path) -> Result<Option<Value>> {
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(Error::io("read", path, e)),
    };
    serde_json::from_slice(&bytes).map(Some).map_err(|e| {
        Error::data("the proposal cannot be read")
            .at_file(path)
            .caused_by(e)
            .hint("delete the folder `segments` and run `microseg propose` again")
    })
}

fn of_proposal(proposal: &Value) -> Option<Known> {
    let segments = proposal["segments"].as_array()?;
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let named = |s: &Value| Some((text(&s["id"])?, text(&s["name"])?));
    let centre = |s: &Value| -> Option<BTreeMap<String, f64>> {
        let features = s["features"].as_array()?.iter();
        features
            .map(|f| Some((text(&f["name"])?, f["standardized_difference"].as_f64()?)))
            .collect()
    };
    Some(Known {
        as_of: text(&proposal["as_of"])?,
        segments: segments.iter().map(named).collect::<Option<_>>()?,
        centres: segments.iter().map(centre).collect::<Option<_>>()?,
        members: HashMap::new(),
        ids_given: proposal["ids_given"].as_u64()? as usize,
    })
}

fn members(known: &Known, ids: HashMap<String, String>) -> HashMap<String, usize> {
    let place: HashMap<&str, usize> =
        known.segments.iter().enumerate().map(|(place, (id, _))| (id.as_str(), place)).collect();
    let placed = ids.into_iter().filter_map(|(contact, id)| {
        let place = place.get(id.as_str())?;
        Some((contact, *place))
    });
    placed.collect()
}
