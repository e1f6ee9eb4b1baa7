//! What the registry keeps of a segment: enough to evaluate it again at another as-of.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// The definition of a segment, as the registry stores it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Definition {
    Rule {
        /// The rule as it was written, percentiles and all. TOML, since its floats read back exactly.
        toml: String,
        /// The rule with the numbers that percentiles were when it was accepted.
        resolved: String,
        /// The statement that selected its members then.
        sql: String,
        words: String,
    },
    Discovered {
        /// Its id in the proposal.
        segment: String,
        /// Fingerprint of the proposal whose model found it.
        proposal: String,
        /// The rule that describes it, as TOML, where the proposal has one.
        rule: Option<String>,
    },
}

impl Definition {
    /// # Errors
    ///
    /// A data error for a text that is no definition.
    pub fn parse(json: &str) -> Result<Self> {
        serde_json::from_str(json).map_err(|e| {
            Error::data("a definition in the registry cannot be understood")
                .caused_by(e)
                .hint("a newer program may have written it; accept the segment again")
        })
    }

    pub fn json(&self) -> Result<String> {
        serde_json::to_string(self)
            .map_err(|e| Error::internal("a definition could not be written").caused_by(e))
    }

    /// Whether both define the same segment; what was found with them may differ.
    pub fn is_same(&self, other: &Definition) -> bool {
        match (self, other) {
            (Definition::Rule { toml: a, .. }, Definition::Rule { toml: b, .. }) => a == b,
            (
                Definition::Discovered { segment: a, proposal: x, .. },
                Definition::Discovered { segment: b, proposal: y, .. },
            ) => (a, x) == (b, y),
            _ => false,
        }
    }
}

/// Where the model of an accepted discovered segment is kept, by the fingerprint of its proposal.
pub fn model_file(registry_dir: &Path, proposal: &str) -> PathBuf {
    registry_dir.join("models").join(format!("{proposal}.json"))
}
