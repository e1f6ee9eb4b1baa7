//! Keeping closed history between runs: made when there is none that fits, read when there is.

use std::path::Path;

use crate::error::Result;
use crate::lake::{Lake, Slice};

use super::extract::{Extracted, Extraction, close_history, extract_open};
use super::history::{History, HistoryKey};

/// Computes all features, with the closed history in `dir` in place of the events that it stands for.
/// It is brought up to date first, where it is missing, made from other slices, or three months old.
///
/// What a run costs, then, is reading the history, a row a contact, and the events of the last
/// fourteen to seventeen months; not the events before.
pub fn extract_with_history(extraction: &Extraction<'_>, dir: &Path) -> Result<Extracted> {
    let history = history(extraction, dir)?;
    let from_us = history.as_ref().map(History::open_from_us);
    let open = Extraction { from_us, ..*extraction };
    extract_open(&open, &[], history)
}

/// The closed history that fits; `None` where nothing is closed yet.
fn history(extraction: &Extraction<'_>, dir: &Path) -> Result<Option<History>> {
    let now_us = extraction.as_of.micros();
    if let Some(key) = History::key(dir)
        && key == key_at(extraction.lake, key.until_us)
        && !History::is_stale(key.until_us, now_us)?
        && let Ok(history) = History::read(dir, &key)
    {
        return Ok(Some(history));
    }
    let until_us = History::cut(now_us)?;
    if !extraction.lake.slices().iter().any(|slice| slice.first_us < until_us) {
        return Ok(None);
    }
    let closed_by_us = Some(History::closed_by_us(until_us));
    let sums = close_history(&Extraction { until_us: closed_by_us, ..*extraction }, until_us)?;
    History::write(&sums, &key_at(extraction.lake, until_us), dir)?;
    Ok(Some(History::of(until_us, &sums)))
}

/// What a history with this cut would be made from.
fn key_at(lake: &Lake, until_us: i64) -> HistoryKey {
    let closed_by_us = History::closed_by_us(until_us);
    let is_read = |slice: &&Slice| slice.first_us < closed_by_us;
    let named = |slice: &Slice| (slice.span.name(), slice.fingerprint.clone());
    let slices = lake.slices().iter().filter(is_read).map(named).collect();
    HistoryKey { until_us, program: env!("CARGO_PKG_VERSION").to_owned(), slices }
}
