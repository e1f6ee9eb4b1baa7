//! What was decided about an experiment before it was sent.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::plan::PlannedReach;
use super::roster::Draw;
use crate::error::{Error, Result};
use crate::workspace::ExperimentKind;

/// The pre-registration of an experiment. Only [`Answers`] bind: contacts come and go.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Registration {
    pub made: Made,
    #[serde(rename = "experiment")]
    pub answers: Answers,
    /// Everybody in arms first, then the strata.
    #[serde(default)]
    pub planned: Vec<PlannedReach>,
}

/// When and by what the registration was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Made {
    pub program_version: String,
    pub as_of: String,
}

/// When the result is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StoppingRule {
    /// Once, when all windows are over.
    Fixed,
    /// At planned hours after the send, and at the end.
    PlannedLooks,
}

/// What binds the reading.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Answers {
    pub id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hypothesis: Option<String>,
    pub kind: ExperimentKind,
    /// A segment, or `everybody`.
    pub audience: String,
    pub control: String,
    pub decision_metric: String,
    pub secondary_metrics: Vec<String>,
    /// Of the decision metric, absolute: smaller differences are practically none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub margin: Option<f64>,
    pub segment_columns: Vec<String>,
    pub window_hours: u32,
    pub stopping_rule: StoppingRule,
    /// Hours after the send.
    pub looks: Vec<u32>,
    pub alpha: f64,
    pub power: f64,
    pub draw: Draw,
    pub salt: String,
    /// Share of the audience that is in no arm.
    pub holdout: f64,
    /// Shares of the arms, adding up to 1.
    pub shares: BTreeMap<String, f64>,
    /// Metric → margin, absolute.
    pub guardrails: BTreeMap<String, f64>,
}

/// The first answer that is another one now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// Such as `guardrails.unsubscribe`.
    pub field: String,
    pub registered: String,
    pub now: String,
}

impl Registration {
    /// # Errors
    ///
    /// A data error for a text that is no registration.
    pub fn parse(text: &str) -> Result<Self> {
        toml::from_str(text).map_err(|cause| {
            Error::data("the registration cannot be understood").caused_by(cause).hint(
                "it is written by `microseg experiment assign` and not edited; fetch it again",
            )
        })
    }

    /// The file's text.
    pub fn toml(&self) -> Result<String> {
        let text = toml::to_string(self).map_err(|cause| {
            Error::internal("the registration could not be written").caused_by(cause)
        })?;
        Ok(format!(
            "# Written by `microseg experiment assign` before the send, and never changed: the experiment is read \
             by it.\n\n{text}"
        ))
    }
}

impl Answers {
    /// The first answer, in the order of the file, that differs.
    pub fn difference(&self, now: &Answers) -> Result<Option<Difference>> {
        let (before, now) = (fields(self)?, fields(now)?);
        let value = |of: &[(String, String)], field: &str| {
            let found = of.iter().find(|(name, _)| name == field);
            found.map_or_else(|| "nothing".to_owned(), |(_, value)| value.clone())
        };
        let names = before.iter().chain(&now).map(|(name, _)| name);
        let mut differences = names.map(|name| Difference {
            field: name.clone(),
            registered: value(&before, name),
            now: value(&now, name),
        });
        Ok(differences.find(|one| one.registered != one.now))
    }
}

/// Names and values, tables taken apart.
fn fields(answers: &Answers) -> Result<Vec<(String, String)>> {
    let value = serde_json::to_value(answers)
        .map_err(|e| Error::internal("answers could not be compared").caused_by(e))?;
    let mut fields = Vec::new();
    for (name, value) in value.as_object().into_iter().flatten() {
        match value {
            Value::Object(table) => {
                fields.extend(table.iter().map(|(key, one)| (format!("{name}.{key}"), shown(one))));
            }
            other => fields.push((name.clone(), shown(other))),
        }
    }
    Ok(fields)
}

fn shown(value: &Value) -> String {
    match value {
        Value::String(text) => format!("\"{text}\""),
        Value::Array(all) => format!("[{}]", all.iter().map(shown).collect::<Vec<_>>().join(", ")),
        other => other.to_string(),
    }
}
