//! `[leads.rules.ID]`: one rule of lead scores.

use serde::de::{self, Deserializer};
use serde::{Deserialize, Serialize};

use super::WordsSetting;
use crate::error::{Error, Result};

/// The two groups of rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeadGroup {
    /// What the contact is.
    Fit,
    /// What the contact does.
    Intent,
}

/// One `[leads.rules.ID]`. A rule of fit names a `feature`, one of intent an `event`, each with the keys
/// that go with it. Whether there is such a feature or event is checked where the data are known.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeadRuleSettings {
    pub group: LeadGroup,
    /// Of fit: points once; of intent: points for every occurrence. May be negative.
    #[serde(deserialize_with = "points")]
    pub points: f64,
    /// A feature, or a column of `contacts` that holds words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub feature: Option<String>,
    /// One of these words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is: Option<WordsSetting>,
    /// Whether there is a value at all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known: Option<bool>,
    #[serde(default, deserialize_with = "some_finite", skip_serializing_if = "Option::is_none")]
    pub above: Option<f64>,
    #[serde(default, deserialize_with = "some_finite", skip_serializing_if = "Option::is_none")]
    pub at_least: Option<f64>,
    #[serde(default, deserialize_with = "some_finite", skip_serializing_if = "Option::is_none")]
    pub below: Option<f64>,
    #[serde(default, deserialize_with = "some_finite", skip_serializing_if = "Option::is_none")]
    pub at_most: Option<f64>,
    /// A kind of event, or `ordered`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<String>,
    /// Only events of campaigns of this type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub campaign_type: Option<String>,
    /// Only events of this category; of `ordered`, orders with a line of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// Opens and clicks of machines count too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub machines: Option<bool>,
    /// Only the last so many days of 24 hours; all of history if absent.
    #[serde(default, deserialize_with = "days", skip_serializing_if = "Option::is_none")]
    pub within_days: Option<u32>,
    /// Days of 24 hours after which an occurrence is worth half; it keeps its worth if absent.
    #[serde(default, deserialize_with = "half_life", skip_serializing_if = "Option::is_none")]
    pub half_life_days: Option<f64>,
    /// Most points that the rule gives or takes.
    #[serde(default, deserialize_with = "some_cap", skip_serializing_if = "Option::is_none")]
    pub cap: Option<f64>,
    /// Line in the file.
    #[serde(skip)]
    pub line: u64,
}

/// Points beyond this are a slip: scores run to a hundred or so.
const MOST_POINTS: f64 = 1_000.0;

/// A century: what is longer is all of history.
const MOST_DAYS: u32 = 36_525;

impl LeadRuleSettings {
    pub(super) fn check(&self, id: &str) -> Result<()> {
        let (subject, other) = match self.group {
            LeadGroup::Fit => ("feature", "event"),
            LeadGroup::Intent => ("event", "feature"),
        };
        let set = self.keys();
        if set.contains(&other) {
            return Err(Error::settings(format!(
                "the rule `{id}` of the group {} names an `{other}`",
                self.group.word()
            ))
            .hint("fit looks at a feature of the contact, intent at an event"));
        }
        if !set.contains(&subject) {
            return Err(Error::settings(format!("the rule `{id}` names no `{subject}`"))
                .hint(format!("add {subject} = \"…\": what the points are for")));
        }
        let with: &[&str] = match self.group {
            LeadGroup::Fit => &FIT_KEYS,
            LeadGroup::Intent => &INTENT_KEYS,
        };
        if let Some(key) = set.iter().find(|key| **key != subject && !with.contains(key)) {
            return Err(Error::settings(format!("the rule `{id}`: `{key}` is not for {subject}s"))
                .hint(format!("with `{subject}` go {}", with.join(", "))));
        }
        match self.group {
            LeadGroup::Fit => self.check_fit(id),
            LeadGroup::Intent => Ok(()),
        }
    }

    /// Exactly one of words, bounds and `known`, and room between the bounds.
    fn check_fit(&self, id: &str) -> Result<()> {
        let has_bounds =
            [self.above, self.at_least, self.below, self.at_most].iter().any(Option::is_some);
        let tests = [self.is.is_some(), self.known.is_some(), has_bounds];
        if tests.iter().filter(|test| **test).count() != 1 {
            return Err(Error::settings(format!(
                "the rule `{id}` does not say one thing about its feature"
            ))
            .hint("add `is` for words, bounds such as at_least for numbers, or known = true"));
        }
        if self.is.as_ref().is_some_and(|words| words.0.is_empty()) {
            return Err(Error::settings(format!("the rule `{id}` names no word"))
                .hint("write is = [\"…\"]"));
        }
        let low = [self.above, self.at_least].into_iter().flatten().reduce(f64::max);
        let high = [self.below, self.at_most].into_iter().flatten().reduce(f64::min);
        let (Some(low), Some(high)) = (low, high) else { return Ok(()) };
        let is_strict = self.above == Some(low) || self.below == Some(high);
        if low > high || (low == high && is_strict) {
            return Err(Error::settings(format!(
                "the rule `{id}`: nothing lies between the bounds {low} and {high}"
            ))
            .hint("swap the bounds, or make two rules"));
        }
        Ok(())
    }

    /// The keys that are set, but for group and points.
    fn keys(&self) -> Vec<&'static str> {
        let set = [
            ("feature", self.feature.is_some()),
            ("is", self.is.is_some()),
            ("known", self.known.is_some()),
            ("above", self.above.is_some()),
            ("at_least", self.at_least.is_some()),
            ("below", self.below.is_some()),
            ("at_most", self.at_most.is_some()),
            ("event", self.event.is_some()),
            ("campaign_type", self.campaign_type.is_some()),
            ("category", self.category.is_some()),
            ("machines", self.machines.is_some()),
            ("within_days", self.within_days.is_some()),
            ("half_life_days", self.half_life_days.is_some()),
            ("cap", self.cap.is_some()),
        ];
        set.into_iter().filter(|(_, is_set)| *is_set).map(|(key, _)| key).collect()
    }
}

const FIT_KEYS: [&str; 6] = ["is", "known", "above", "at_least", "below", "at_most"];

const INTENT_KEYS: [&str; 6] =
    ["campaign_type", "category", "machines", "within_days", "half_life_days", "cap"];

impl LeadGroup {
    pub const ALL: [Self; 2] = [Self::Fit, Self::Intent];

    /// The word in settings and in results.
    pub fn word(self) -> &'static str {
        match self {
            Self::Fit => "fit",
            Self::Intent => "intent",
        }
    }
}

/// Ids become names of columns.
pub(super) fn check_id(id: &str) -> Result<()> {
    const LONGEST: usize = 64;
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    let begins = id.starts_with(|c: char| c.is_ascii_lowercase());
    if begins && id.len() <= LONGEST && id.chars().all(is_plain) {
        return Ok(());
    }
    Err(Error::settings("that cannot be the id of a rule of lead scores").with_value(id).hint(
        format!("begin with a letter, go on with small letters, digits and _, {LONGEST} at most"),
    ))
}

/// A number for which `is_fine` holds; what it should be is said otherwise, at its line.
fn number<'de, D: Deserializer<'de>>(
    from: D,
    is_fine: impl Fn(f64) -> bool,
    wanted: &str,
) -> Result<f64, D::Error> {
    let value = f64::deserialize(from)?;
    match value.is_finite() && is_fine(value) {
        true => Ok(value),
        false => Err(de::Error::custom(format!("{value} is not {wanted}"))),
    }
}

pub(super) fn whole<'de, D: Deserializer<'de>>(
    from: D,
    range: std::ops::RangeInclusive<u32>,
    what: &str,
) -> Result<u32, D::Error> {
    let value = i64::deserialize(from)?;
    let fits = u32::try_from(value).ok().filter(|value| range.contains(value));
    fits.ok_or_else(|| {
        let (least, most) = (range.start(), range.end());
        de::Error::custom(format!("{value} is not a number of {what} from {least} to {most}"))
    })
}

pub(super) fn finite<'de, D: Deserializer<'de>>(from: D) -> Result<f64, D::Error> {
    number(from, |_| true, "a finite number")
}

fn some_finite<'de, D: Deserializer<'de>>(from: D) -> Result<Option<f64>, D::Error> {
    finite(from).map(Some)
}

fn points<'de, D: Deserializer<'de>>(from: D) -> Result<f64, D::Error> {
    let is_fine =
        |points: f64| points != 0.0 && points.abs() <= MOST_POINTS && is_in_hundredths(points);
    let wanted = "a number of points: in hundredths, up to 1000 or down to -1000, and not 0";
    number(from, is_fine, wanted)
}

pub(super) fn cap<'de, D: Deserializer<'de>>(from: D) -> Result<f64, D::Error> {
    let is_fine = |cap: f64| cap > 0.0 && cap <= MOST_POINTS && is_in_hundredths(cap);
    number(from, is_fine, "a cap: points in hundredths, above 0 and at most 1000")
}

/// Points are counted in hundredths, so that they add up to what is shown.
fn is_in_hundredths(points: f64) -> bool {
    (points * 100.0).round() / 100.0 == points
}

fn some_cap<'de, D: Deserializer<'de>>(from: D) -> Result<Option<f64>, D::Error> {
    cap(from).map(Some)
}

fn half_life<'de, D: Deserializer<'de>>(from: D) -> Result<Option<f64>, D::Error> {
    let is_fine = |days: f64| days > 0.0 && days <= f64::from(MOST_DAYS);
    number(from, is_fine, "a half-life: a number of days above 0, and at most 36525").map(Some)
}

fn days<'de, D: Deserializer<'de>>(from: D) -> Result<Option<u32>, D::Error> {
    whole(from, 1..=MOST_DAYS, "days").map(Some)
}

#[cfg(test)]
mod tests {
    use super::super::LeadSettings;

    /// What is wrong, at which line, and what is said.
    const WRONG: &[(&str, u64, &str)] = &[
        ("fit_cap = 0", 2, "0 is not a cap"),
        ("weeks = -1", 2, "-1 is not a number of weeks from 0 to 104"),
        ("caps = 3", 2, "unknown field"),
        ("[leads.bands]\nhot = 20", 2, "missing field `warm`"),
        ("[leads.bands]\nhot = nan\nwarm = 2", 3, "not a finite number"),
        ("[leads.rules.a]\ngroup = \"fit\"\nfeature = \"x\"\nknown = true", 2, "points"),
        ("[leads.rules.a]\ngroup = \"fit\"\npoints = 0", 4, "0 is not a number of points"),
        ("[leads.rules.a]\ngroup = \"fits\"\npoints = 1", 3, "unknown variant `fits`"),
        ("[leads.rules.a]\ngroup = \"fit\"\npoints = 1", 2, "names no `feature`"),
        ("[leads.rules.a]\ngroup = \"fit\"\npoints = 1\nevent = \"x\"", 2, "names an `event`"),
        (
            "[leads.rules.a]\ngroup = \"fit\"\npoints = 1\nfeature = \"x\"",
            2,
            "does not say one thing",
        ),
        (
            "[leads.rules.a]\ngroup = \"fit\"\npoints = 1\nfeature = \"x\"\nknown = true\nis = \"b\"",
            2,
            "does not say one thing",
        ),
        (
            "[leads.rules.a]\ngroup = \"fit\"\npoints = 1\nfeature = \"x\"\nat_least = 3\nbelow = 3",
            2,
            "nothing lies between",
        ),
        (
            "[leads.rules.a]\ngroup = \"fit\"\npoints = 1\nfeature = \"x\"\nknown = true\ncap = 3",
            2,
            "`cap` is not for features",
        ),
        (
            "[leads.rules.a]\ngroup = \"intent\"\npoints = 1\nevent = \"x\"\nis = \"b\"",
            2,
            "`is` is not",
        ),
        (
            "[leads.rules.a]\ngroup = \"intent\"\npoints = 1\nevent = \"x\"\nwithin_days = 0",
            6,
            "0 is not",
        ),
        (
            "[leads.rules.a]\ngroup = \"intent\"\npoints = 1\nevent = \"x\"\nhalf_life_days = 0",
            6,
            "0 is not a half-life",
        ),
        (
            "[leads.rules.a]\ngroup = \"intent\"\npoints = 1\nevent = \"x\"\ncap = -1",
            6,
            "-1 is not a cap",
        ),
        ("[leads.rules.A]\ngroup = \"intent\"\npoints = 1\nevent = \"x\"", 2, "cannot be the id"),
    ];

    #[test]
    fn what_is_wrong_is_refused_where_it_stands() {
        for (text, line, words) in WRONG {
            let error = LeadSettings::parse(&format!("[leads]\n{text}\n")).unwrap_err();
            assert_eq!(error.place().line, Some(*line), "{text}: {error}");
            assert!(error.to_string().contains(words), "{text}: {error}");
            assert!(error.hint_text().is_some(), "{text}");
        }
    }
}
