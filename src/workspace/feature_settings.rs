//! Features of the user's own, in SQL.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use toml::Spanned;

/// What `microseg.toml` says about features.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeatureSettings {
    /// Name → a feature in SQL.
    #[serde(default)]
    pub custom: BTreeMap<String, CustomFeature>,
}

/// One `[features.custom.NAME]`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CustomFeature {
    /// A SELECT over the lake's tables: `contact_id` or `contact_key`, and one value; one row a contact.
    pub sql: Spanned<String>,
    /// count, days, minor_units, share, hour or seconds; count if absent.
    #[serde(default)]
    pub unit: Option<String>,
    /// What it is, in words; its name if absent.
    #[serde(default)]
    pub meaning: Option<String>,
    #[serde(default)]
    pub missing: AbsentContacts,
    /// How a segment with high values is described.
    #[serde(default)]
    pub high: String,
    /// How a segment with low values is described.
    #[serde(default)]
    pub low: String,
    /// Line of the SQL in the settings file.
    #[serde(skip)]
    pub line: u64,
}

/// What is said of contacts for which the SQL has no row, or a null.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AbsentContacts {
    /// Their value is 0.
    Zero,
    /// Their value is missing.
    #[default]
    Unknown,
}

impl FeatureSettings {
    pub fn is_empty(&self) -> bool {
        self.custom.is_empty()
    }

    /// Notes the lines of the SQL in `text`, from which the settings were read.
    pub(super) fn locate(&mut self, text: &str) {
        for feature in self.custom.values_mut() {
            let start = feature.sql.span().start.min(text.len());
            feature.line =
                1 + text.as_bytes()[..start].iter().filter(|b| **b == b'\n').count() as u64;
        }
    }
}

impl CustomFeature {
    /// The statement, without the space around it.
    pub fn statement(&self) -> &str {
        self.sql.get_ref().trim()
    }
}
