//! What a statement gave, contact by contact.

use std::collections::HashMap;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Float64Type, UInt64Type};

use crate::error::{Error, Result};
use crate::lake::Session;
use crate::workspace::{AbsentContacts, CustomFeature};

use super::super::FeatureSpec;
use super::statement::{IDS, failure};

/// Every contact that is known at the as-of.
pub struct Contacts {
    /// Ascending.
    pub ids: Vec<String>,
    by_id: HashMap<String, usize>,
    by_key: HashMap<u64, usize>,
}

impl Contacts {
    pub fn read(session: &Session) -> Result<Self> {
        let (mut ids, mut by_key) = (Vec::new(), HashMap::new());
        let sql = "SELECT contact_id, contact_key FROM contacts ORDER BY contact_id";
        for batch in session.collect(sql)? {
            let id = cast(batch.column(0), &DataType::Utf8)?;
            let key = cast(batch.column(1), &DataType::UInt64)?;
            let keys = key.as_primitive::<UInt64Type>().values();
            for (id, key) in id.as_string::<i32>().iter().zip(keys) {
                by_key.insert(*key, ids.len());
                ids.push(id.unwrap_or_default().to_owned());
            }
        }
        let by_id = ids.iter().enumerate().map(|(place, id)| (id.clone(), place)).collect();
        Ok(Contacts { ids, by_id, by_key })
    }

    /// Runs the statement and puts every value in its contact's place. Rows of contacts that are not
    /// known yet at the as-of (they may have rows already) are left out, as in every other feature.
    pub fn values(
        &self,
        session: &Session,
        spec: &FeatureSpec,
        feature: &CustomFeature,
    ) -> Result<Vec<f64>> {
        let name = spec.name.as_str();
        let batches =
            session.collect_in_order(feature.statement()).map_err(|e| failure(name, &e))?;
        let mut rows = vec![0u64; self.ids.len()];
        let mut values = vec![f64::NAN; self.ids.len()];
        for batch in &batches {
            for (place, value) in self.places(name, batch)?.into_iter().zip(numbers(batch)?) {
                let Some(place) = place else { continue };
                rows[place] += 1;
                values[place] = self.finite(name, place, value)?;
            }
        }
        self.check_single(name, &rows)?;
        if feature.missing == AbsentContacts::Zero {
            values.iter_mut().filter(|v| v.is_nan()).for_each(|v| *v = 0.0);
        }
        Ok(values)
    }

    /// The place of every row's contact; `None` for one that is not known.
    fn places(&self, name: &str, batch: &RecordBatch) -> Result<Vec<Option<usize>>> {
        let ids = column(batch, true)?;
        if ids.logical_null_count() > 0 {
            return Err(Error::settings(format!("feature `{name}` gives a value for nobody"))
                .hint("a join left contact_id or contact_key empty: add WHERE … IS NOT NULL"));
        }
        if ids.data_type().is_integer() {
            let keys = cast(&ids, &DataType::UInt64)?;
            let keys = keys.as_primitive::<UInt64Type>().iter();
            return Ok(keys.map(|key| self.by_key.get(&key?).copied()).collect());
        }
        let texts = cast(&ids, &DataType::Utf8)?;
        Ok(texts.as_string::<i32>().iter().map(|id| self.by_id.get(id?).copied()).collect())
    }

    /// A missing value is NaN; a NaN or an infinity that the statement made is refused.
    fn finite(&self, name: &str, place: usize, value: Option<f64>) -> Result<f64> {
        match value {
            Some(value) if !value.is_finite() => {
                Err(Error::settings(format!("feature `{name}` is {value} for a contact"))
                    .with_value(&*self.ids[place])
                    .hint("divide by nullif(x, 0), so that nothing is divided by zero"))
            }
            // Minus zero and zero are one number, and must be the same bytes.
            value => Ok(value.map_or(f64::NAN, |v| v + 0.0)),
        }
    }

    fn check_single(&self, name: &str, rows: &[u64]) -> Result<()> {
        match rows.iter().position(|count| *count > 1) {
            None => Ok(()),
            Some(place) => Err(Error::settings(format!(
                "feature `{name}` gives {} rows for one contact",
                rows[place]
            ))
            .with_value(&*self.ids[place])
            .hint("GROUP BY contact_key, so that there is one row a contact")),
        }
    }
}

fn numbers(batch: &RecordBatch) -> Result<Vec<Option<f64>>> {
    let column = cast(&column(batch, false)?, &DataType::Float64)?;
    Ok(column.as_primitive::<Float64Type>().iter().collect())
}

/// The column that names the contact, or the other one.
fn column(batch: &RecordBatch, is_id: bool) -> Result<ArrayRef> {
    let schema = batch.schema();
    let place = schema.fields().iter().position(|f| IDS.contains(&f.name().as_str()) == is_id);
    place
        .map(|place| batch.column(place).clone())
        .ok_or_else(|| Error::internal("a feature in SQL lost a column"))
}
