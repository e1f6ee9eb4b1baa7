//! The result: contacts × features, with a mask.

use ndarray::Array2;

use crate::error::{Error, Kind, Result};

use super::FeatureSpec;

/// One row a contact, one column a feature. A missing value is NaN in `values` and false in `present`.
#[derive(Debug, Clone)]
pub struct FeatureTable {
    /// Contact ids, ascending.
    pub ids: Vec<String>,
    /// The features that are numbers.
    pub specs: Vec<FeatureSpec>,
    /// Shape (contacts, features).
    pub values: Array2<f64>,
    /// Shape (contacts, features).
    pub present: Array2<bool>,
    /// The features that are words, and their columns. They take no part in distances.
    pub label_specs: Vec<FeatureSpec>,
    pub labels: Vec<Labels>,
}

/// A column of words.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Labels {
    /// Positions in `texts`; `None` where missing.
    pub codes: Vec<Option<u32>>,
    /// The different words, ascending.
    pub texts: Vec<String>,
}

impl FeatureTable {
    /// A table whose missing values are NaN.
    pub fn new(
        ids: Vec<String>,
        specs: Vec<FeatureSpec>,
        values: Array2<f64>,
        label_specs: Vec<FeatureSpec>,
        labels: Vec<Labels>,
    ) -> Self {
        let present = values.mapv(|v| !v.is_nan());
        FeatureTable { ids, specs, values, present, label_specs, labels }
    }

    pub fn contacts(&self) -> usize {
        self.ids.len()
    }

    /// All features, numbers first.
    pub fn all_specs(&self) -> Vec<FeatureSpec> {
        self.specs.iter().chain(&self.label_specs).cloned().collect()
    }

    /// The column number of the feature called `name`.
    pub fn position(&self, name: &str) -> Result<usize> {
        self.specs.iter().position(|s| s.name == name).ok_or_else(|| {
            if self.label_specs.iter().any(|s| s.name == name) {
                return Error::settings(format!("the feature `{name}` is a word, not a number"))
                    .hint("words take no part in distances; choose features that are numbers");
            }
            let known = self.specs.iter().map(|s| s.name.as_str());
            Error::unknown(Kind::Settings, "feature", name, known)
        })
    }

    /// The values of the feature called `name`; NaN where missing.
    pub fn column(&self, name: &str) -> Result<ndarray::ArrayView1<'_, f64>> {
        Ok(self.values.column(self.position(name)?))
    }

    /// The words of the feature called `name`, by contact.
    pub fn label(&self, name: &str) -> Result<Vec<Option<&str>>> {
        let place = self.label_specs.iter().position(|s| s.name == name).ok_or_else(|| {
            let known = self.label_specs.iter().map(|s| s.name.as_str());
            Error::unknown(Kind::Settings, "feature", name, known)
        })?;
        let Labels { codes, texts } = &self.labels[place];
        Ok(codes.iter().map(|code| code.map(|code| texts[code as usize].as_str())).collect())
    }

    /// Puts numbers and labels each into the order of `names`.
    pub fn arrange(&mut self, names: &[String]) {
        let place = |spec: &FeatureSpec| names.iter().position(|name| *name == spec.name);
        let mut at: Vec<usize> = (0..self.specs.len()).collect();
        at.sort_by_key(|column| place(&self.specs[*column]));
        self.specs.sort_by_key(place);
        self.values = self.values.select(ndarray::Axis(1), &at);
        self.present = self.present.select(ndarray::Axis(1), &at);
        let mut labels: Vec<(FeatureSpec, Labels)> =
            self.label_specs.drain(..).zip(self.labels.drain(..)).collect();
        labels.sort_by_key(|(spec, _)| place(spec));
        (self.label_specs, self.labels) = labels.into_iter().unzip();
    }

    /// The table with only the contacts at `rows`.
    pub fn rows(&self, rows: &[usize]) -> FeatureTable {
        let labels = self.labels.iter().map(|column| Labels {
            codes: rows.iter().map(|&row| column.codes[row]).collect(),
            texts: column.texts.clone(),
        });
        FeatureTable {
            ids: rows.iter().map(|&row| self.ids[row].clone()).collect(),
            specs: self.specs.clone(),
            values: self.values.select(ndarray::Axis(0), rows),
            present: self.present.select(ndarray::Axis(0), rows),
            label_specs: self.label_specs.clone(),
            labels: labels.collect(),
        }
    }

    /// The table with only the numbers called `names`, in that order.
    pub fn select(&self, names: &[String]) -> Result<FeatureTable> {
        let at: Vec<usize> = names.iter().map(|n| self.position(n)).collect::<Result<_>>()?;
        Ok(FeatureTable {
            ids: self.ids.clone(),
            specs: at.iter().map(|&i| self.specs[i].clone()).collect(),
            values: self.values.select(ndarray::Axis(1), &at),
            present: self.present.select(ndarray::Axis(1), &at),
            label_specs: Vec::new(),
            labels: Vec::new(),
        })
    }
}
