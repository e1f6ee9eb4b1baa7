//! NDJSON: one object a line. Nested objects are addressed with dots (`properties.value`).

use std::io::BufRead;
use std::path::Path;

use serde_json::{Map, Value};

use crate::error::{Error, Result};

use super::super::quarantine::Rule;
use super::{RawBatch, TextColumns, format, present};

/// Rows whose keys make up the header: enough to meet every event kind of a mixed export.
const HEADER_ROWS: usize = 1_000;

pub fn header(path: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for line in format::open(path)?.lines().take(HEADER_ROWS) {
        let line = line.map_err(|e| Error::io("read", path, e))?;
        if let Ok(Value::Object(object)) = serde_json::from_str(&line) {
            collect_names(&object, "", &mut names);
        }
    }
    if names.is_empty() {
        let hint = "NDJSON is one {…} object a line; an array […] has to be unpacked first";
        return Err(Error::data("no JSON objects found").at_file(path).hint(hint));
    }
    Ok(names)
}

fn collect_names(object: &Map<String, Value>, prefix: &str, names: &mut Vec<String>) {
    for (key, value) in object {
        let name = format!("{prefix}{key}");
        match value {
            Value::Object(inner) => collect_names(inner, &format!("{name}."), names),
            _ if !names.contains(&name) => names.push(name),
            _ => {}
        }
    }
}

/// Reads whole lines, the first of which is `first_line`; stops when `take` returns false.
pub fn read(
    bytes: &[u8],
    first_line: u64,
    wanted: &[String],
    take: &mut dyn FnMut(RawBatch) -> bool,
) {
    let mut columns = TextColumns::new(wanted.len());
    for (line, bytes) in (first_line..).zip(bytes.split(|&byte| byte == b'\n')) {
        push(&mut columns, bytes, wanted, line);
        if columns.is_full() && !take(columns.take()) {
            return;
        }
    }
    if !columns.is_empty() {
        take(columns.take());
    }
}

fn push(columns: &mut TextColumns, bytes: &[u8], wanted: &[String], line: u64) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return columns.fault(line, Rule::NotUtf8, &String::from_utf8_lossy(bytes));
    };
    if text.trim().is_empty() {
        return;
    }
    let Ok(Value::Object(object)) = serde_json::from_str::<Value>(text) else {
        return columns.fault(line, Rule::NotJson, text.trim());
    };
    let cells: Vec<Option<String>> = wanted.iter().map(|name| cell(&object, name)).collect();
    columns.push(line, cells.iter().map(|c| c.as_deref().and_then(present)));
}

fn cell(object: &Map<String, Value>, name: &str) -> Option<String> {
    if let Some(value) = object.get(name) {
        return text(value);
    }
    let (first, rest) = name.split_once('.')?;
    cell(object.get(first)?.as_object()?, rest)
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}
