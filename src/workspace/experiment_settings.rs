//! `[[experiment]]`: how an experiment's arms are drawn, and how it is read.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use toml::Spanned;

use super::rule_settings::line_of;
use crate::error::{Error, Result};

/// One `[[experiment]]`: an experiment of the `assignments` table, or one that is to be assigned.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExperimentSettings {
    /// The experiment's id in the assignments.
    pub id: String,
    /// What was asked, for the report's heading.
    #[serde(default)]
    pub question: Option<String>,
    /// What is expected, and why; goes into the pre-registration.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hypothesis: Option<String>,
    /// Whether contents or hours are compared.
    #[serde(default, skip_serializing_if = "ExperimentKind::is_message")]
    pub kind: ExperimentKind,
    /// The arm that the others are compared with.
    pub control: String,
    /// Planned share of contacts per arm, in any unit; equal if absent.
    #[serde(default)]
    pub shares: BTreeMap<String, f64>,
    /// Share of the audience that is in no arm.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub holdout: f64,
    /// What arms are drawn with beside the contact's id; the experiment's id if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub salt: Option<String>,
    /// Metrics to read; the first decides.
    pub metrics: Vec<String>,
    /// Difference of the decision metric, in its own unit, below which arms are as good as equal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub margin: Option<f64>,
    /// Metric → the largest harm that is put up with, as a difference in the metric's own unit.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub guardrails: BTreeMap<String, f64>,
    /// Hours after its own send in which a recipient's outcomes count.
    #[serde(default = "default_window_hours")]
    pub window_hours: u32,
    /// Hours after the send at which it is looked at early; none: once, at the end.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub looks: Vec<u32>,
    /// Columns by which the result is broken down: `segment`, or a column of `contacts`.
    #[serde(default)]
    pub by: Vec<String>,
}

/// What the arms of an experiment differ in.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ExperimentKind {
    #[default]
    Message,
    /// Arms are the recipient's local hours, `h00` to `h23`.
    SendTime,
}

impl ExperimentKind {
    fn is_message(&self) -> bool {
        *self == ExperimentKind::Message
    }
}

/// Three days: most opens and clicks of a mailing arrive in the first, orders trail by a day or two.
fn default_window_hours() -> u32 {
    72
}

fn is_zero(value: &f64) -> bool {
    *value == 0.0
}

impl ExperimentSettings {
    /// An experiment with nothing but what it must have.
    pub fn new(id: impl Into<String>, control: impl Into<String>, metrics: Vec<String>) -> Self {
        ExperimentSettings {
            id: id.into(),
            question: None,
            hypothesis: None,
            kind: ExperimentKind::Message,
            control: control.into(),
            shares: BTreeMap::new(),
            holdout: 0.0,
            salt: None,
            metrics,
            margin: None,
            guardrails: BTreeMap::new(),
            window_hours: default_window_hours(),
            looks: Vec::new(),
            by: Vec::new(),
        }
    }

    /// What arms are drawn with beside the contact's id.
    pub fn salt(&self) -> &str {
        self.salt.as_deref().unwrap_or(&self.id)
    }

    /// Checks what can be checked without data.
    fn check(&self) -> Result<()> {
        self.check_draw()?;
        let margins = self.guardrails.iter().map(|(metric, margin)| (metric.as_str(), *margin));
        for (metric, margin) in margins {
            self.check_margin(&format!("the guardrail {metric}"), margin)?;
        }
        self.margin.map_or(Ok(()), |margin| self.check_margin("margin", margin))?;
        if self.window_hours == 0 {
            return Err(self
                .wrong("window_hours = 0 leaves no time for any outcome".to_owned())
                .hint("write the hours in which outcomes count, such as window_hours = 72"));
        }
        let rises = self.looks.windows(2).all(|pair| pair[0] < pair[1]);
        if !rises || self.looks.first() == Some(&0) {
            return Err(self
                .wrong(format!("looks = {:?} are not hours that rise", self.looks))
                .hint("write hours after the send, such as looks = [6, 24, 72]"));
        }
        Ok(())
    }

    fn check_draw(&self) -> Result<()> {
        if !(0.0..1.0).contains(&self.holdout) {
            return Err(self
                .wrong(format!("holdout = {} is no share of the audience", self.holdout))
                .hint("write a share from 0 to below 1, such as holdout = 0.1"));
        }
        if !self.shares.is_empty() && !self.shares.contains_key(&self.control) {
            let arms: Vec<&str> = self.shares.keys().map(String::as_str).collect();
            return Err(self
                .wrong(format!("the control `{}` has no share", self.control))
                .hint(format!("shares name {}; give the control one too", arms.join(", "))));
        }
        if self.salt.as_ref().is_some_and(String::is_empty) {
            return Err(self
                .wrong("salt is empty".to_owned())
                .hint("leave it out for the experiment's id, or write a word of your own"));
        }
        Ok(())
    }

    fn check_margin(&self, name: &str, margin: f64) -> Result<()> {
        if margin > 0.0 && margin.is_finite() {
            return Ok(());
        }
        Err(self.wrong(format!("{name} needs a margin above 0, not {margin}")).hint(
            "a margin is a difference in the metric's own unit: 0.001 is 0.1 points of a rate",
        ))
    }

    fn wrong(&self, what: String) -> Error {
        Error::settings(format!("experiment {}: {what}", self.id))
    }
}

/// Checks all experiments; what is wrong is told with the line at which its `[[experiment]]` begins in
/// `text`.
pub(super) fn check(experiments: &[ExperimentSettings], text: &str) -> Result<()> {
    for (place, experiment) in experiments.iter().enumerate() {
        experiment.check().map_err(|error| match line(text, place) {
            Some(line) => error.at_line(line),
            None => error,
        })?;
    }
    Ok(())
}

fn line(text: &str, place: usize) -> Option<u64> {
    #[derive(Deserialize)]
    struct Blocks {
        experiment: Vec<Spanned<toml::Table>>,
    }
    let blocks: Blocks = toml::from_str(text).ok()?;
    blocks.experiment.get(place).map(|block| line_of(text, block.span().start))
}

#[cfg(test)]
mod tests {
    use super::super::Settings;
    use super::*;

    const HEAD: &str = "seed = 3\n\n[[experiment]]\nid = \"a\"\ncontrol = \"x\"\nmetrics = []\n";

    fn second(text: &str) -> Result<ExperimentSettings> {
        let block = "[[experiment]]\nid = \"b\"\ncontrol = \"x\"\nmetrics = [\"click\"]\n";
        let settings = Settings::parse(&format!("{HEAD}{block}{text}\n"))?;
        Ok(settings.experiments[1].clone())
    }

    #[test]
    fn what_is_left_out_is_the_default() -> Result<()> {
        let expected = ExperimentSettings::new("b", "x", vec!["click".to_owned()]);
        assert_eq!(second("")?, expected);
        assert_eq!(expected.salt(), "b");
        let written = serde_json::to_value(&expected).map(|value| value.to_string());
        let old = r#"{"id":"b","question":null,"control":"x","shares":{},"metrics":["click"],"window_hours":72,"by":[]}"#;
        assert_eq!(written.ok().as_deref(), Some(old), "readouts made before stay up to date");
        Ok(())
    }

    #[test]
    fn all_keys_are_read() -> Result<()> {
        let read = second(
            "kind = \"send-time\"\nhypothesis = \"h\"\nsalt = \"s\"\nholdout = 0.1\nmargin = 0.01\n\
             looks = [6, 24]\n[experiment.guardrails]\nunsubscribe = 0.001\n",
        )?;
        assert_eq!((read.kind, read.salt()), (ExperimentKind::SendTime, "s"));
        assert_eq!((read.holdout, read.margin, read.looks), (0.1, Some(0.01), vec![6, 24]));
        assert_eq!(read.guardrails.get("unsubscribe"), Some(&0.001));
        Ok(())
    }

    #[test]
    fn what_cannot_be_is_refused_with_its_line() {
        for text in [
            "holdout = 1.0",
            "holdout = -0.1",
            "holdout = nan",
            "margin = 0",
            "window_hours = 0",
            "salt = \"\"",
            "looks = [24, 6]",
            "looks = [0, 6]",
            "[experiment.guardrails]\nunsubscribe = -0.1",
            "[experiment.shares]\ny = 1\nz = 1",
        ] {
            let error = second(text).unwrap_err();
            assert_eq!(error.place().line, Some(7), "{text}: {error}");
            assert!(error.to_string().contains("experiment b: "), "{error}");
            assert!(error.hint_text().is_some(), "{text}");
        }
    }
}
