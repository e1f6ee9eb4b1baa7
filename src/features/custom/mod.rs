//! Features of the user's own: one SELECT each, over the lake's tables.
//!
//! Checked before any long work against empty tables ([`check`]), run in a [`Session`] whose tables end
//! at the as-of ([`columns`]). Functions that read the clock or draw numbers are refused; `as_of()` is
//! the as-of, and `local_second(us, zone)` the wall clock.

mod statement;
mod values;

use std::sync::Arc;

use arrow::datatypes::DataType;
use datafusion::logical_expr::{ColumnarValue, ScalarUDF, Volatility, create_udf};
use datafusion::scalar::ScalarValue;

use crate::error::{Error, Kind, Result};
use crate::lake::{Session, schema};
use crate::workspace::{AbsentContacts, AsOf, CustomFeature, FeatureSettings};

use super::{Family, FeatureSpec, FeatureTable, Missing, Unit, catalogue, local_time};
use statement::Planner;
use values::Contacts;

/// The specs of the features in the settings, by name. Names, units and words are checked.
pub fn specs_of(settings: &FeatureSettings) -> Result<Vec<FeatureSpec>> {
    let known = catalogue();
    let spec = |(name, feature): (&String, &CustomFeature)| {
        check_name(name, &known)
            .and_then(|()| spec(name, feature))
            .map_err(|e| e.at_line(feature.line))
    };
    settings.custom.iter().map(spec).collect()
}

fn check_name(name: &str, known: &[FeatureSpec]) -> Result<()> {
    let mut letters = name.chars();
    let is_plain = letters.next().is_some_and(|c| c.is_ascii_lowercase())
        && letters.all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if !is_plain {
        return Err(Error::settings(format!("`{name}` cannot be the name of a feature"))
            .hint("begin with a letter, go on with small letters, digits and _"));
    }
    if known.iter().any(|s| s.name == name) || statement::IDS.contains(&name) {
        return Err(Error::settings(format!("there is a `{name}` already"))
            .hint("choose another name for the feature"));
    }
    Ok(())
}

fn spec(name: &str, feature: &CustomFeature) -> Result<FeatureSpec> {
    let meaning = feature.meaning.clone().unwrap_or_else(|| name.replace('_', " "));
    let texts = [feature.statement(), &meaning, &feature.high, &feature.low];
    if texts.iter().any(|text| text.contains('@')) {
        return Err(Error::settings(format!("feature `{name}` has an @ in its text"))
            .hint("the lake holds no addresses, and the dictionary shows this text to readers"));
    }
    let missing = match feature.missing {
        AbsentContacts::Zero => Missing::Zero,
        AbsentContacts::Unknown => Missing::Unknown,
    };
    Ok(FeatureSpec::new(Family::Custom, name, unit(feature.unit.as_deref())?)
        .means(meaning)
        .formula(missing, feature.statement())
        .words(feature.high.clone(), feature.low.clone()))
}

fn unit(word: Option<&str>) -> Result<Unit> {
    const UNITS: [(&str, Unit); 6] = [
        ("count", Unit::Count),
        ("days", Unit::Days),
        ("minor_units", Unit::MinorUnits),
        ("share", Unit::Share),
        ("hour", Unit::Hour),
        ("seconds", Unit::Seconds),
    ];
    let Some(word) = word else { return Ok(Unit::Count) };
    let found = UNITS.iter().find(|(name, _)| *name == word).map(|(_, unit)| *unit);
    found.ok_or_else(|| Error::unknown(Kind::Settings, "unit", word, UNITS.map(|(name, _)| name)))
}

/// Checks everything that can be known without data: names, units, and every statement against empty
/// tables with the lake's columns. `attributes`: names of the free attributes of contacts.
pub fn check(settings: &FeatureSettings, attributes: &[String]) -> Result<()> {
    if settings.is_empty() {
        return Ok(());
    }
    specs_of(settings)?;
    let planner = Planner::new(attributes)?;
    for (name, feature) in &settings.custom {
        planner.check(name, feature.statement()).map_err(|e| e.at_line(feature.line))?;
    }
    Ok(())
}

/// The values of the features in the settings.
pub struct CustomColumns {
    /// Every contact that is known at the as-of, by id.
    pub ids: Vec<String>,
    /// One value a contact; NaN where it is missing.
    pub columns: Vec<(FeatureSpec, Vec<f64>)>,
}

/// Runs the statements of the settings, in the order of their names. The session must be one of a
/// single thread: only then do sums of floats not depend on which thread was first.
pub fn columns(
    session: &Session,
    as_of: &AsOf,
    settings: &FeatureSettings,
) -> Result<CustomColumns> {
    session.register(local_time::local_second());
    session.register(as_of_function(as_of.micros()));
    let contacts = Contacts::read(session)?;
    let mut columns = Vec::new();
    for (spec, feature) in specs_of(settings)?.into_iter().zip(settings.custom.values()) {
        let values =
            contacts.values(session, &spec, feature).map_err(|e| e.at_line(feature.line))?;
        columns.push((spec, values));
    }
    Ok(CustomColumns { ids: contacts.ids, columns })
}

impl CustomColumns {
    /// The table with these columns behind its own.
    pub fn append_to(self, mut table: FeatureTable) -> Result<FeatureTable> {
        if table.ids != self.ids {
            return Err(Error::internal("features in SQL are of other contacts"));
        }
        let failed = |e| Error::internal("a column could not be added").caused_by(e);
        for (spec, values) in self.columns {
            let column = ndarray::Array1::from(values);
            table.present.push_column(column.mapv(|v| !v.is_nan()).view()).map_err(failed)?;
            table.values.push_column(column.view()).map_err(failed)?;
            table.specs.push(spec);
        }
        Ok(table)
    }
}

/// `as_of()`: the moment up to which data counts.
fn as_of_function(us: i64) -> ScalarUDF {
    let now = ScalarValue::TimestampMicrosecond(Some(us), Some("UTC".into()));
    let run = move |_: &[ColumnarValue]| Ok(ColumnarValue::Scalar(now.clone()));
    let returns: DataType = schema::time();
    create_udf("as_of", vec![], returns, Volatility::Immutable, Arc::new(run))
}
