//! What `microseg.toml` may say. Unknown keys are refused, so a slip never silently does nothing.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

use super::FeatureSettings;
use super::delivery_settings::{self, DeliverySettings};
use super::experiment_settings::{self, ExperimentSettings};
use super::ingest_settings::IngestSettings;
use super::lead_settings::LeadSettings;
use super::lifecycle_settings::LifecycleSettings;
use super::predict_settings::PredictSettings;
use super::refresh_settings::{DigestSettings, RefreshSettings};
use super::rule_settings::line_of;
use super::schedule_settings::{self, ScheduleSettings};
use super::segment_settings::SegmentSettings;

/// The whole of `microseg.toml`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    #[serde(default)]
    pub shop: ShopSettings,
    /// Seed of everything that draws random numbers.
    #[serde(default = "default_seed")]
    pub seed: u64,
    /// The moment up to which data counts; without it, the midnight after the last row.
    #[serde(default)]
    pub as_of: Option<String>,
    #[serde(default)]
    pub ingest: IngestSettings,
    /// Source files and how they map to the canonical tables.
    #[serde(default, rename = "source")]
    pub sources: Vec<SourceSettings>,
    #[serde(default, skip_serializing_if = "FeatureSettings::is_empty")]
    pub features: FeatureSettings,
    #[serde(default)]
    pub segments: SegmentSettings,
    #[serde(default)]
    pub predict: PredictSettings,
    /// Without it nobody is scored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leads: Option<LeadSettings>,
    #[serde(default, skip_serializing_if = "LifecycleSettings::is_default")]
    pub lifecycle: LifecycleSettings,
    #[serde(default, rename = "experiment")]
    pub experiments: Vec<ExperimentSettings>,
    #[serde(default, skip_serializing_if = "RefreshSettings::is_default")]
    pub refresh: RefreshSettings,
    #[serde(default, skip_serializing_if = "DigestSettings::is_default")]
    pub digest: DigestSettings,
    /// Jobs that run by themselves, and where their results go. They change no result, so that they are no part of
    /// its fingerprint.
    #[serde(default, rename = "schedule", skip_serializing)]
    pub schedule: Vec<ScheduleSettings>,
    #[serde(default, rename = "delivery", skip_serializing)]
    pub deliveries: Vec<DeliverySettings>,
}

fn default_seed() -> u64 {
    1
}

/// Facts about the shop.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShopSettings {
    #[serde(default = "default_shop_name")]
    pub name: String,
    /// ISO 4217 code for amounts whose rows carry none.
    #[serde(default)]
    pub currency: Option<String>,
    /// IANA name: for contacts without a zone, for times without a zone, and for counting days.
    #[serde(default = "default_zone")]
    pub timezone: String,
}

impl Default for ShopSettings {
    fn default() -> Self {
        ShopSettings { name: default_shop_name(), currency: None, timezone: default_zone() }
    }
}

fn default_shop_name() -> String {
    "The shop".to_owned()
}

fn default_zone() -> String {
    "UTC".to_owned()
}

impl ShopSettings {
    /// The shop's time zone. [`Settings::parse`] has checked that it exists.
    pub fn zone(&self) -> TimeZone {
        TimeZone::get(&self.timezone).unwrap_or(TimeZone::UTC)
    }
}

/// One `[[source]]`: files of one shape that feed one canonical table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourceSettings {
    /// Canonical table: contacts, campaigns, events, orders, order_items or assignments.
    pub table: String,
    /// Paths relative to the workspace: a file, a folder or a glob.
    pub files: Vec<String>,
    /// Canonical column → column of the file.
    pub columns: BTreeMap<String, String>,
    /// Canonical column → one value for every row (a file that holds only opens).
    #[serde(default)]
    pub constants: BTreeMap<String, String>,
    /// Word in the `kind` or `status` column → canonical word.
    #[serde(default)]
    pub words: BTreeMap<String, String>,
    /// `iso`, `unix_s`, `unix_ms`, or a strftime pattern such as `%d/%m/%Y %H:%M`.
    #[serde(default = "default_time_format")]
    pub time_format: String,
    /// Zone of times that carry none; the shop's zone if absent.
    #[serde(default)]
    pub timezone: Option<String>,
    /// `.` or `,`.
    #[serde(default = "default_decimal")]
    pub decimal: char,
    /// Further columns kept as free attributes (contacts only).
    #[serde(default)]
    pub attributes: Vec<String>,
}

fn default_time_format() -> String {
    "iso".to_owned()
}

fn default_decimal() -> char {
    '.'
}

impl Settings {
    /// Parses and checks the text of a `microseg.toml`.
    pub fn parse(text: &str) -> Result<Self> {
        let mut settings: Settings =
            toml::from_str(text).map_err(|cause| parse_error(text, &cause))?;
        settings.features.locate(text);
        for rule in settings.segments.rules.values_mut() {
            let line = line_of(text, rule.span().start);
            rule.get_mut().locate(text, line);
        }
        if let Some(leads) = &mut settings.leads {
            leads.locate(text);
        }
        settings.lifecycle.locate(text);
        settings.check()?;
        experiment_settings::check(&settings.experiments, text)?;
        schedule_settings::check(&settings.schedule)?;
        delivery_settings::check(&settings.deliveries, text)?;
        Ok(settings)
    }

    fn check(&self) -> Result<()> {
        check_zone(&self.shop.timezone)?;
        for source in &self.sources {
            source.timezone.as_deref().map_or(Ok(()), check_zone)?;
        }
        self.ingest.check()?;
        self.segments.check()?;
        self.leads.as_ref().map_or(Ok(()), LeadSettings::check)?;
        self.lifecycle.check()?;
        self.refresh.check()?;
        self.digest.check()?;
        for job in &self.schedule {
            job.timezone.as_deref().map_or(Ok(()), check_zone)?;
        }
        for (id, rule) in &self.segments.rules {
            check_rule_id(id).map_err(|e| e.at_line(rule.get_ref().line))?;
        }
        Ok(())
    }
}

fn check_zone(name: &str) -> Result<()> {
    TimeZone::get(name).map(drop).map_err(|_| {
        Error::settings("unknown time zone")
            .with_value(name)
            .hint("use a name such as Europe/London")
    })
}

/// Ids become names of files.
fn check_rule_id(id: &str) -> Result<()> {
    const LONGEST: usize = 64;
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "_-".contains(c);
    let begins = id.starts_with(|c: char| c.is_ascii_lowercase());
    if begins && id.len() <= LONGEST && id.chars().all(is_plain) {
        return Ok(());
    }
    Err(Error::settings("that cannot be the id of a segment").with_value(id).hint(format!(
        "begin with a letter, go on with small letters, digits, _ and -, {LONGEST} at most; `name` may \
         be anything"
    )))
}

/// TOML's own message says what and which keys exist; the line comes from its span.
pub(super) fn parse_error(text: &str, cause: &toml::de::Error) -> Error {
    let line = cause.span().map_or(1, |span| line_of(text, span.start));
    let message = cause.message().trim().replace('\n', " ");
    let error = Error::settings(message.clone()).at_line(line);
    match unknown_key_hint(&message) {
        Some(hint) => error.hint(hint),
        None => error.hint("correct that line; `microseg init` writes an example with comments"),
    }
}

/// Turns "unknown field `a`, expected one of `b`, `c`" into a suggestion.
fn unknown_key_hint(message: &str) -> Option<String> {
    let mut names = message.strip_prefix("unknown field")?.split('`').skip(1).step_by(2);
    let unknown = names.next()?;
    let known: Vec<&str> = names.collect();
    let error = Error::unknown(crate::error::Kind::Settings, "key", unknown, known);
    error.hint_text().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_key_is_refused_with_its_line_and_the_nearest_name() {
        let text = "seed = 3\n[shop]\nname = \"x\"\ntimezon = \"UTC\"\n";
        let error = Settings::parse(text).err();
        let error = error.as_ref();
        assert_eq!(error.and_then(|e| e.place().line), Some(4));
        assert_eq!(error.and_then(|e| e.hint_text()), Some("did you mean `timezone`?"));
    }

    #[test]
    fn an_empty_file_is_the_defaults() {
        assert_eq!(Settings::parse("").map(|s| (s.seed, s.segments.k.min)).ok(), Some((1, 2)));
    }
}
