//! The document as JSON, for programs that read reports.

use serde::Serialize;

use super::document::Document;
use crate::error::{Error, Result};

/// Version of the JSON layout; raised when a field changes meaning or goes.
pub const SCHEMA: u32 = 1;

#[derive(Serialize)]
struct Versioned<'a> {
    schema: u32,
    document: &'a Document,
}

/// The document as indented JSON. Infinite and undefined numbers are `null`.
pub fn render(document: &Document) -> Result<String> {
    let mut text = serde_json::to_string_pretty(&Versioned { schema: SCHEMA, document })
        .map_err(|cause| Error::internal("could not make the report's JSON").caused_by(cause))?;
    text.push('\n');
    Ok(text)
}
