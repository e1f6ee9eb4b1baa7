//! The result: contacts × features, with a mask.

use ndarray::Array2;

use crate::error::{Error, Kind, Result};

use super::FeatureSpec;

/// One row a contact, one column a feature. A missing value is NaN in `values` and false in `present`.
#[derive(Debug, Clone)]
pub struct FeatureTable {
    /// Contact ids, ascending.
    pub ids: Vec<String>,
    pub specs: Vec<FeatureSpec>,
    /// Shape (contacts, features).
    pub values: Array2<f64>,
    /// Shape (contacts, features).
    pub present: Array2<bool>,
}

impl FeatureTable {
    pub fn contacts(&self) -> usize {
        self.ids.len()
    }

    /// The column number of the feature called `name`.
    pub fn position(&self, name: &str) -> Result<usize> {
        self.specs.iter().position(|s| s.name == name).ok_or_else(|| {
            let known = self.specs.iter().map(|s| s.name.as_str());
            Error::unknown(Kind::Settings, "feature", name, known)
        })
    }

    /// The values of the feature called `name`; NaN where missing.
    pub fn column(&self, name: &str) -> Result<ndarray::ArrayView1<'_, f64>> {
        Ok(self.values.column(self.position(name)?))
    }

    /// The table with only the features called `names`, in that order.
    pub fn select(&self, names: &[String]) -> Result<FeatureTable> {
        let at: Vec<usize> = names.iter().map(|n| self.position(n)).collect::<Result<_>>()?;
        Ok(FeatureTable {
            ids: self.ids.clone(),
            specs: at.iter().map(|&i| self.specs[i].clone()).collect(),
            values: self.values.select(ndarray::Axis(1), &at),
            present: self.present.select(ndarray::Axis(1), &at),
        })
    }
}
