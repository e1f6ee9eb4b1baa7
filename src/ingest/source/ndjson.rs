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

pub fn read(path: &Path, wanted: &[String], send: &mut dyn FnMut(RawBatch) -> bool) -> Result<()> {
    let mut reader = format::open(path)?;
    let mut columns = TextColumns::new(wanted.len());
    let mut bytes = Vec::new();
    let mut line = 0;
    while reader.read_until(b'\n', &mut bytes).map_err(|e| Error::io("read", path, e))? > 0 {
        line += 1;
        push(&mut columns, &bytes, wanted, line);
        bytes.clear();
        if columns.is_full() && !send(columns.take()) {
            return Ok(());
        }
    }
    if !columns.is_empty() {
        send(columns.take());
    }
    Ok(())
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
    let cells: Vec<Option<&str>> = cells.iter().map(|c| c.as_deref().and_then(present)).collect();
    columns.push(line, &cells);
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
