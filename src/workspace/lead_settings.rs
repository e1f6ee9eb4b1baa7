//! `[leads]`: points for what a contact is and does, and what the sums of them are called.

use std::collections::BTreeMap;

use serde::de::Deserializer;
use serde::{Deserialize, Serialize};
use toml::Spanned;

use super::lead_rule_settings::{LeadRuleSettings, cap, check_id, finite, whole};
use super::rule_settings::line_of;
use crate::error::{Error, Result};

/// What `microseg.toml` says about lead scores. Without `[leads]` nobody is scored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeadSettings {
    /// Most points of all rules of the group fit; the least are 0.
    #[serde(default = "default_group_cap", deserialize_with = "cap")]
    pub fit_cap: f64,
    /// Most points of all rules of the group intent; the least are 0.
    #[serde(default = "default_group_cap", deserialize_with = "cap")]
    pub intent_cap: f64,
    /// Earlier weeks for which scores are shown.
    #[serde(default = "default_weeks", deserialize_with = "weeks")]
    pub weeks: u32,
    /// From how many points of both groups a contact is hot, and warm.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bands: Option<Spanned<LeadBands>>,
    /// In place of bands: a letter for the fit and a digit for the intent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grid: Option<Spanned<LeadGrid>>,
    /// Id → a rule. None at all: the starter rules.
    #[serde(default)]
    pub rules: BTreeMap<String, Spanned<LeadRuleSettings>>,
    /// Line of the bands or the grid in the file.
    #[serde(skip)]
    line: u64,
}

/// Hot from here, warm from there, cold below.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeadBands {
    #[serde(deserialize_with = "finite")]
    pub hot: f64,
    #[serde(deserialize_with = "finite")]
    pub warm: f64,
}

/// Fewest points of fit for A, B and C, D below; of intent for 1, 2 and 3, 4 below.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeadGrid {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fit: Option<[f64; 3]>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub intent: Option<[f64; 3]>,
}

/// Two years; each week reads the lake once more.
const MOST_WEEKS: u32 = 104;

/// Rules of one score.
const MOST_RULES: usize = 100;

/// Two groups of fifty make a score of up to a hundred.
fn default_group_cap() -> f64 {
    50.0
}

/// A month: whether a contact is warming up or cooling down.
fn default_weeks() -> u32 {
    4
}

impl Default for LeadSettings {
    fn default() -> Self {
        LeadSettings {
            fit_cap: default_group_cap(),
            intent_cap: default_group_cap(),
            weeks: default_weeks(),
            bands: None,
            grid: None,
            rules: BTreeMap::new(),
            line: 0,
        }
    }
}

impl LeadSettings {
    /// Reads settings from a text of their own, which begins with `[leads]`.
    ///
    /// # Errors
    /// What cannot be read, or says what cannot be, with its line.
    pub fn parse(text: &str) -> Result<Self> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct File {
            leads: LeadSettings,
        }
        let file: File =
            toml::from_str(text).map_err(|cause| super::settings::parse_error(text, &cause))?;
        let mut leads = file.leads;
        leads.locate(text);
        leads.check()?;
        Ok(leads)
    }

    /// Notes the lines of the rules in `text`, from which the settings were read.
    pub(super) fn locate(&mut self, text: &str) {
        let bands = self.bands.as_ref().map(|bands| bands.span().start);
        let grid = self.grid.as_ref().map(|grid| grid.span().start);
        self.line = grid.or(bands).map_or(0, |start| line_of(text, start));
        for rule in self.rules.values_mut() {
            let line = line_of(text, rule.span().start);
            rule.get_mut().line = line;
        }
    }

    /// Checks what can be checked without data.
    pub(super) fn check(&self) -> Result<()> {
        self.check_bands().map_err(|e| e.at_line(self.line))?;
        if self.rules.len() > MOST_RULES {
            return Err(Error::settings(format!("{} rules of lead scores", self.rules.len()))
                .hint(format!("{MOST_RULES} are read; a score that people follow has a dozen")));
        }
        self.rules.iter().try_for_each(|(id, rule)| {
            let rule = rule.get_ref();
            check_id(id).and_then(|()| rule.check(id)).map_err(|e| e.at_line(rule.line))
        })
    }
}

impl LeadSettings {
    fn check_bands(&self) -> Result<()> {
        let (bands, grid) = (self.bands.as_ref(), self.grid.as_ref());
        if bands.is_some() && grid.is_some() {
            return Err(Error::settings("[leads] has both bands and a grid")
                .hint("keep [leads.bands] for hot, warm and cold, or [leads.grid] for A1 to D4"));
        }
        let bands = bands.map(Spanned::get_ref);
        if let Some(LeadBands { hot, warm }) = bands.filter(|bands| bands.hot <= bands.warm) {
            return Err(Error::settings(format!(
                "leads.bands: hot from {hot} points and warm from {warm} leaves nobody warm"
            ))
            .hint("hot needs more points than warm"));
        }
        grid.map_or(Ok(()), |grid| grid.get_ref().check())
    }
}

impl LeadGrid {
    fn check(&self) -> Result<()> {
        for (name, points) in [("fit", self.fit), ("intent", self.intent)] {
            let Some(points) = points else { continue };
            let falls = points.windows(2).all(|pair| pair[0] > pair[1]);
            if !falls || points.iter().any(|points| !points.is_finite()) {
                return Err(Error::settings(format!(
                    "leads.grid.{name}: {points:?} are not three numbers that fall"
                ))
                .hint("write the fewest points of the best first, such as [37.5, 25, 12.5]"));
            }
        }
        Ok(())
    }
}

fn weeks<'de, D: Deserializer<'de>>(from: D) -> Result<u32, D::Error> {
    whole(from, 0..=MOST_WEEKS, "weeks")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bands_and_grids_fall_and_exclude_each_other() {
        for (text, line) in [
            ("[leads.bands]\nhot = 20\nwarm = 20", 2),
            ("[leads.grid]\nfit = [1, 2, 3]", 2),
            ("[leads.grid]\nintent = [3, 2, nan]", 2),
            ("[leads.bands]\nhot = 20\nwarm = 10\n[leads.grid]", 5),
        ] {
            let error = LeadSettings::parse(&format!("[leads]\n{text}\n")).unwrap_err();
            assert_eq!(error.place().line, Some(line), "{text}");
        }
        assert!(LeadSettings::parse("[leads.grid]\nfit = [30, 20, 10]\n").is_ok());
    }

    #[test]
    fn an_empty_section_is_the_defaults() {
        assert_eq!(LeadSettings::parse("[leads]\n").ok(), Some(LeadSettings::default()));
    }
}
