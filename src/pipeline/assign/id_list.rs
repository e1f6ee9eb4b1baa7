//! Lists of contacts in files.

use std::collections::BTreeSet;
use std::path::Path;

use arrow::array::AsArray;
use arrow::compute::cast;
use arrow::datatypes::DataType;

use crate::error::{Error, Result, has_address};
use crate::ingest::{source, words};

/// Reads the ids in `path`: one a line of a `.txt` file, else the column `contact_id` of a table. Addresses become
/// the codes that stand for them in the lake.
///
/// # Errors
///
/// A data error for a file that cannot be read; a settings error for a table without the column.
pub fn read(path: &Path) -> Result<BTreeSet<String>> {
    let mut ids = BTreeSet::new();
    let mut add = |id: &str| {
        let id = id.trim();
        match has_address(id) {
            true => ids.insert(words::address_code(id)),
            false => !id.is_empty() && ids.insert(id.to_owned()),
        };
    };
    if path.extension().is_some_and(|ending| ending == "txt") {
        let text = std::fs::read_to_string(path).map_err(|e| Error::io("read", path, e))?;
        text.trim_start_matches('\u{feff}').lines().for_each(add);
        return Ok(ids);
    }
    let wanted = ["contact_id".to_owned()];
    source::stream(path, &wanted, &mut |batch| {
        let column = cast(&batch.columns[0], &DataType::Utf8)?;
        column.as_string::<i32>().iter().flatten().for_each(&mut add);
        Ok(())
    })
    .map_err(|e| {
        e.or_hint("a list has the column contact_id, or ends in .txt with an id a line")
    })?;
    Ok(ids)
}
