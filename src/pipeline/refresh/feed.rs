//! The change feed: every entry and exit, as lines of JSON and as Parquet.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, StringArray, UInt32Array};
use serde::Serialize;
use xxhash_rust::xxh3::xxh3_128;

use crate::error::{Error, Result};
use crate::lake::write_table;
use crate::segments::refresh::{Cause, Change, ChangeKind};
use crate::workspace::atomic;

/// The feed as lines of JSON, in a refresh's folder.
pub const FEED_FILE: &str = "changes.ndjson";
const PARQUET_FILE: &str = "changes.parquet";

/// One line. Its id is the same whenever the change is written or sent.
#[derive(Serialize)]
struct Line<'a> {
    id: String,
    as_of: &'a str,
    contact_id: &'a str,
    kind: ChangeKind,
    segment_id: &'a str,
    segment_name: &'a str,
    version: u32,
    cause: Cause,
    other_segment_id: Option<&'a str>,
    since: Option<&'a str>,
}

/// Writes the changes into `dir`; `names` are those of segments, by id.
pub fn write(
    changes: &[Change],
    as_of: &str,
    names: &BTreeMap<String, String>,
    dir: &Path,
) -> Result<()> {
    let mut lines = Vec::with_capacity(changes.len() * 200);
    for change in changes {
        serde_json::to_writer(&mut lines, &line(change, as_of, names))
            .map_err(|e| Error::internal("a change could not be written").caused_by(e))?;
        lines.push(b'\n');
    }
    atomic::write_file(&dir.join(FEED_FILE), &lines)?;
    let batch = batch(changes, as_of, names)?;
    write_table(&dir.join(PARQUET_FILE), batch.schema(), std::iter::once(Ok(batch))).map(drop)
}

fn line<'a>(change: &'a Change, as_of: &'a str, names: &'a BTreeMap<String, String>) -> Line<'a> {
    let Change { contact_id, kind, segment_id, version, cause, other_segment_id, since } = change;
    Line {
        id: change_id(change, as_of),
        as_of,
        contact_id,
        kind: *kind,
        segment_id,
        segment_name: names.get(segment_id).map_or(segment_id, String::as_str),
        version: *version,
        cause: *cause,
        other_segment_id: other_segment_id.as_deref(),
        since: since.as_deref(),
    }
}

/// XXH3 (128 bits) of what makes a change this one.
fn change_id(change: &Change, as_of: &str) -> String {
    let Change { contact_id, kind, segment_id, .. } = change;
    let key = format!("{as_of}\n{contact_id}\n{segment_id}\n{}", kind.word());
    format!("{:032x}", xxh3_128(key.as_bytes()))
}

fn batch(changes: &[Change], as_of: &str, names: &BTreeMap<String, String>) -> Result<RecordBatch> {
    fn texts<'a>(values: impl Iterator<Item = Option<&'a str>>) -> ArrayRef {
        Arc::new(values.collect::<StringArray>())
    }
    let id = changes.iter().map(|c| change_id(c, as_of));
    let name = |c: &Change| names.get(&c.segment_id).unwrap_or(&c.segment_id).clone();
    let names = changes.iter().map(name);
    let versions = UInt32Array::from_iter_values(changes.iter().map(|c| c.version));
    Ok(RecordBatch::try_from_iter_with_nullable([
        ("id", Arc::new(StringArray::from_iter_values(id)) as ArrayRef, false),
        ("as_of", texts(changes.iter().map(|_| Some(as_of))), false),
        ("contact_id", texts(changes.iter().map(|c| Some(c.contact_id.as_str()))), false),
        ("kind", texts(changes.iter().map(|c| Some(c.kind.word()))), false),
        ("segment_id", texts(changes.iter().map(|c| Some(c.segment_id.as_str()))), false),
        ("segment_name", Arc::new(StringArray::from_iter_values(names)), false),
        ("version", Arc::new(versions), false),
        ("cause", texts(changes.iter().map(|c| Some(c.cause.word()))), false),
        ("other_segment_id", texts(changes.iter().map(|c| c.other_segment_id.as_deref())), true),
        ("since", texts(changes.iter().map(|c| c.since.as_deref())), true),
    ])?)
}

/// Some lines of a feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FeedPart {
    /// Where they begin, in bytes.
    pub first_byte: u64,
    pub lines: u64,
}

/// The feed in `dir` in parts of at most `most` lines.
///
/// # Errors
///
/// A data error if the feed cannot be read.
pub fn parts(dir: &Path, most: u64) -> Result<Vec<FeedPart>> {
    let path = dir.join(FEED_FILE);
    let bytes = std::fs::read(&path).map_err(|e| Error::io("read", &path, e))?;
    let mut parts: Vec<FeedPart> = Vec::new();
    let mut first_byte = 0;
    for end in memchr::memchr_iter(b'\n', &bytes) {
        match parts.last_mut() {
            Some(part) if part.lines < most => part.lines += 1,
            _ => parts.push(FeedPart { first_byte, lines: 1 }),
        }
        first_byte = end as u64 + 1;
    }
    Ok(parts)
}

/// The lines of one part.
///
/// # Errors
///
/// A data error if the feed cannot be read or is shorter.
pub fn lines(dir: &Path, part: FeedPart) -> Result<Vec<u8>> {
    let path = dir.join(FEED_FILE);
    let mut file = std::fs::File::open(&path).map_err(|e| Error::io("open", &path, e))?;
    file.seek(SeekFrom::Start(part.first_byte)).map_err(|e| Error::io("read", &path, e))?;
    let mut reader = BufReader::with_capacity(1 << 16, file);
    let mut lines = Vec::new();
    for _ in 0..part.lines {
        let read = reader.read_until(b'\n', &mut lines);
        if read.map_err(|e| Error::io("read", &path, e))? == 0 {
            return Err(Error::data("the change feed is shorter than it was")
                .at_file(&path)
                .hint("put back a copy of the folder `refreshes`"));
        }
    }
    Ok(lines)
}
