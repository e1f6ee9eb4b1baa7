//! The data dictionary, made from the specs.

use crate::error::{Error, Result};

use super::FeatureSpec;

/// One line a feature: name, family, window, unit, meaning, what missing means, formula.
pub fn dictionary_csv(specs: &[FeatureSpec]) -> Result<Vec<u8>> {
    let failed = |e: csv::Error| Error::internal("the data dictionary failed").caused_by(e);
    let mut writer = csv::Writer::from_writer(Vec::new());
    let header = ["name", "family", "window_days", "unit", "meaning", "missing", "formula"];
    writer.write_record(header).map_err(failed)?;
    for spec in specs {
        let window = spec.window_days.map_or("all".to_owned(), |d| d.to_string());
        let (family, unit) = (word(&spec.family)?, word(&spec.unit)?);
        let missing = spec.missing.words();
        let row = [&spec.name, &family, &window, &unit, &spec.meaning, missing, &spec.formula];
        writer.write_record(row).map_err(failed)?;
    }
    writer
        .into_inner()
        .map_err(|e| Error::internal("the data dictionary failed").caused_by(e.into_error()))
}

fn word<T: serde::Serialize>(value: &T) -> Result<String> {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => Ok(word),
        _ => Err(Error::internal("a word of the data dictionary failed")),
    }
}
