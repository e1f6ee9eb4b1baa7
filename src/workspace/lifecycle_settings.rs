//! `[lifecycle]`: what makes a lead, a loyal customer and a lapsed one, or whose word is taken for it.

use std::collections::{BTreeMap, BTreeSet};

use serde::de::{self, Deserializer};
use serde::{Deserialize, Serialize};
use toml::Spanned;

use super::rule_settings::line_of;
use crate::error::{Error, Result};

/// What `microseg.toml` says about lifecycle stages.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LifecycleSettings {
    #[serde(default)]
    pub source: StageSource,
    /// Kinds of event that make a lead; those of machines do not count.
    #[serde(default = "default_lead_events")]
    pub lead_events: Vec<Spanned<String>>,
    /// How many such events make a lead.
    #[serde(default = "default_lead_after", deserialize_with = "times")]
    pub lead_after: u32,
    /// Orders that make a loyal customer.
    #[serde(default = "default_loyal_orders", deserialize_with = "orders")]
    pub loyal_orders: u32,
    /// Money spent, less refunds, that makes a loyal customer too: in major units such as 500.00, and
    /// from the second order on. Without it orders decide alone.
    #[serde(default, deserialize_with = "money", skip_serializing_if = "Option::is_none")]
    pub loyal_spend: Option<f64>,
    /// Days without an order until a customer is at risk; from the shop's own gaps if absent.
    #[serde(default, deserialize_with = "days", skip_serializing_if = "Option::is_none")]
    pub at_risk_days: Option<Spanned<u32>>,
    /// Days without an order until a customer has lapsed; twice those of `at_risk_days` if absent.
    #[serde(default, deserialize_with = "days", skip_serializing_if = "Option::is_none")]
    pub lapsed_days: Option<Spanned<u32>>,
    /// The percentile of the gaps between orders after which a customer is at risk.
    #[serde(default = "default_gap_percentile", deserialize_with = "percentile")]
    pub gap_percentile: u32,
    /// Of the CRM: stages in their order; a contact does not go back in it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub forward_only: Vec<Spanned<String>>,
    /// Of the CRM: stage → the free attribute with the date on which the contact entered it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub stage_dates: BTreeMap<String, Spanned<String>>,
    /// Lines of the file, in the order of `lead_events`; empty where they are the default.
    #[serde(skip)]
    pub lead_event_lines: Vec<u64>,
    /// In the order of `forward_only`.
    #[serde(skip)]
    pub forward_only_lines: Vec<u64>,
    /// In the order of `stage_dates`.
    #[serde(skip)]
    pub stage_date_lines: Vec<u64>,
    #[serde(skip)]
    lapsed_line: Option<u64>,
}

/// Whose word decides on the stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StageSource {
    /// What the contact did.
    #[default]
    Behaviour,
    /// `lifecycle_stage` of the contacts, as it is.
    Crm,
}

/// A century.
const MOST_DAYS: u32 = 36_525;

/// Looking at a product is more than opening a mail, which pictures and machines can bring about.
fn default_lead_events() -> Vec<Spanned<String>> {
    let kinds = ["cart_added", "checkout_started", "clicked", "product_viewed"];
    kinds.map(|kind| Spanned::new(0..0, kind.to_owned())).into()
}

fn default_lead_after() -> u32 {
    1
}

/// The fourth order is the third return: chance alone rarely brings somebody back three times.
fn default_loyal_orders() -> u32 {
    4
}

/// Nine of ten who came back did so sooner.
fn default_gap_percentile() -> u32 {
    90
}

impl Default for LifecycleSettings {
    fn default() -> Self {
        LifecycleSettings {
            source: StageSource::default(),
            lead_events: default_lead_events(),
            lead_after: default_lead_after(),
            loyal_orders: default_loyal_orders(),
            loyal_spend: None,
            at_risk_days: None,
            lapsed_days: None,
            gap_percentile: default_gap_percentile(),
            forward_only: Vec::new(),
            stage_dates: BTreeMap::new(),
            lead_event_lines: Vec::new(),
            forward_only_lines: Vec::new(),
            stage_date_lines: Vec::new(),
            lapsed_line: None,
        }
    }
}

impl LifecycleSettings {
    pub fn is_default(&self) -> bool {
        *self == LifecycleSettings::default()
    }

    /// Notes the lines of what is named in `text`, from which the settings were read.
    pub(super) fn locate(&mut self, text: &str) {
        let line = |word: &Spanned<String>| line_of(text, word.span().start);
        let is_written = |word: &Spanned<String>| !word.span().is_empty();
        self.lead_event_lines =
            self.lead_events.iter().filter(|w| is_written(w)).map(line).collect();
        self.forward_only_lines = self.forward_only.iter().map(line).collect();
        self.stage_date_lines = self.stage_dates.values().map(line).collect();
        self.lapsed_line = self.lapsed_days.as_ref().map(|days| line_of(text, days.span().start));
    }

    /// Checks what can be checked without data.
    pub(super) fn check(&self) -> Result<()> {
        self.check_days()?;
        if self.lead_events.is_empty() {
            return Err(Error::settings("lifecycle.lead_events names no event")
                .hint("name the kinds of event that make a lead, such as [\"clicked\"]"));
        }
        distinct("lead_events", &self.lead_events, &self.lead_event_lines)?;
        distinct("forward_only", &self.forward_only, &self.forward_only_lines)?;
        self.check_source()
    }

    fn check_days(&self) -> Result<()> {
        let days = |days: &Option<Spanned<u32>>| days.as_ref().map(|days| *days.get_ref());
        match (days(&self.at_risk_days), days(&self.lapsed_days)) {
            (Some(risk), Some(lapsed)) if risk >= lapsed => {
                let what = format!(
                    "lifecycle: lapsed after {lapsed} days and at risk after {risk} leaves nobody at risk"
                );
                Err(Error::settings(what)
                    .at_line(self.lapsed_line.unwrap_or(1))
                    .hint("lapsed_days must be more than at_risk_days"))
            }
            _ => Ok(()),
        }
    }

    /// What is said of the CRM's stages needs the CRM as source.
    fn check_source(&self) -> Result<()> {
        let said = [
            ("forward_only", self.forward_only_lines.first()),
            ("stage_dates", self.stage_date_lines.first()),
        ];
        let said = said.into_iter().find_map(|(key, line)| Some((key, *line?)));
        match (self.source, said) {
            (StageSource::Behaviour, Some((key, line))) => {
                Err(Error::settings(format!("lifecycle.{key} is for the stages of a CRM"))
                    .at_line(line)
                    .hint("add source = \"crm\" under [lifecycle], or take it out"))
            }
            _ => self.check_dated(),
        }
    }

    /// Dates are compared in the order of the stages.
    fn check_dated(&self) -> Result<()> {
        let listed = |stage: &str| self.forward_only.iter().any(|known| known.get_ref() == stage);
        let mut lines = self.stage_dates.keys().zip(&self.stage_date_lines);
        let Some((stage, line)) = lines.find(|(stage, _)| !listed(stage)) else { return Ok(()) };
        let known = self.forward_only.iter().map(|stage| stage.get_ref().as_str());
        let kind = crate::error::Kind::Settings;
        Err(Error::unknown(kind, "stage of forward_only", stage, known).at_line(*line))
    }
}

/// Refuses a word that is named twice.
fn distinct(key: &str, words: &[Spanned<String>], lines: &[u64]) -> Result<()> {
    let mut seen = BTreeSet::new();
    let twice = words.iter().zip(lines).find(|(word, _)| !seen.insert(word.get_ref()));
    match twice {
        None => Ok(()),
        Some((word, line)) => {
            Err(Error::settings(format!("lifecycle.{key} names `{}` twice", word.get_ref()))
                .at_line(*line)
                .hint("name each once"))
        }
    }
}

fn whole<'de, D: Deserializer<'de>>(
    from: D,
    least: u32,
    most: u32,
    what: &str,
) -> Result<u32, D::Error> {
    within(i64::deserialize(from)?, least, most, what)
}

fn within<E: de::Error>(value: i64, least: u32, most: u32, what: &str) -> Result<u32, E> {
    let fits = u32::try_from(value).ok().filter(|value| (least..=most).contains(value));
    fits.ok_or_else(|| {
        E::custom(format!("{value} is not a number of {what} from {least} to {most}"))
    })
}

fn days<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Spanned<u32>>, D::Error> {
    let value = Spanned::<i64>::deserialize(from)?;
    let days = within(*value.get_ref(), 1, MOST_DAYS, "days")?;
    Ok(Some(Spanned::new(value.span(), days)))
}

fn times<'de, D: Deserializer<'de>>(from: D) -> Result<u32, D::Error> {
    whole(from, 1, 1_000, "events")
}

/// One order makes a first-time buyer, two make a repeat buyer.
fn orders<'de, D: Deserializer<'de>>(from: D) -> Result<u32, D::Error> {
    whole(from, 3, 1_000, "orders")
}

fn percentile<'de, D: Deserializer<'de>>(from: D) -> Result<u32, D::Error> {
    whole(from, 50, 99, "per cent")
}

fn money<'de, D: Deserializer<'de>>(from: D) -> Result<Option<f64>, D::Error> {
    const MOST: f64 = 1e12;
    let value = f64::deserialize(from)?;
    match value > 0.0 && value <= MOST {
        true => Ok(Some(value)),
        false => Err(de::Error::custom(format!("{value} is not an amount above 0"))),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Settings;

    /// What is wrong, at which line if it has one, and what is said.
    const WRONG: &[(&str, Option<u64>, &str)] = &[
        ("at_risk = 3", Some(2), "unknown field"),
        ("at_risk_days = 0", Some(2), "0 is not a number of days"),
        ("loyal_orders = 2", Some(2), "2 is not a number of orders from 3 to 1000"),
        ("loyal_spend = nan", Some(2), "not an amount above 0"),
        ("gap_percentile = 100", Some(2), "100 is not a number of per cent"),
        ("at_risk_days = 30\nlapsed_days = 30", Some(3), "leaves nobody at risk"),
        ("lead_events = []", None, "names no event"),
        ("lead_events = [\n\"clicked\",\n\"clicked\"]", Some(4), "names `clicked` twice"),
        ("source = \"hubspot\"", Some(2), "unknown variant `hubspot`"),
        ("forward_only = [\"lead\"]", Some(2), "is for the stages of a CRM"),
        ("source = \"crm\"\nforward_only = [\"a\", \"a\"]", Some(3), "names `a` twice"),
        (
            "source = \"crm\"\nforward_only = [\"customer\"]\n[lifecycle.stage_dates]\ncustomr = \"attr_x\"",
            Some(5),
            "unknown stage of forward_only `customr`",
        ),
    ];

    #[test]
    fn what_is_wrong_is_refused_where_it_stands() {
        for (text, line, words) in WRONG {
            let error = Settings::parse(&format!("[lifecycle]\n{text}\n")).unwrap_err();
            assert_eq!(error.place().line, *line, "{text}: {error}");
            assert!(error.to_string().contains(words), "{text}: {error}");
            assert!(error.hint_text().is_some(), "{text}");
        }
    }

    #[test]
    fn nothing_said_is_the_default() {
        let settings = Settings::parse("[lifecycle]\n").unwrap();
        assert!(settings.lifecycle.is_default());
        assert_eq!(settings.lifecycle.lead_events.len(), 4);
    }
}
