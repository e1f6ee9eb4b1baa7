//! Segments by rule, as `microseg.toml` has them.

use std::fmt;

use serde::de::{self, Deserializer, SeqAccess, Visitor};
use serde::ser::Serializer;
use serde::{Deserialize, Serialize};
use toml::Spanned;

use crate::error::Result;

/// One `[segments.rules.ID]`, or one test within it: exactly one of `all`, `any`, `not`, `feature`,
/// `event` and `segment`, with the keys that go with it. Which go with which, and whether there is such
/// a feature, event or segment, is checked where the data are known.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RuleSettings {
    /// Of the segment; only at the top.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What the segment is for; only at the top.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub all: Option<Vec<Spanned<RuleSettings>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub any: Option<Vec<Spanned<RuleSettings>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not: Option<Box<Spanned<RuleSettings>>>,
    /// A feature, or a column of `contacts` that holds words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub feature: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is: Option<WordsSetting>,
    /// A kind of event, or `ordered`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub within_days: Option<u32>,
    /// Only events of campaigns of this type.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub campaign_type: Option<String>,
    /// Only events of this category; of `ordered`, orders with a line of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub segment: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub above: Option<Bound>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_least: Option<Bound>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub below: Option<Bound>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_most: Option<Bound>,
    /// What the test says of contacts without a value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub missing: Option<MissingSetting>,
    /// Line in the file.
    #[serde(skip)]
    pub line: u64,
}

/// What a test says of contacts without a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MissingSetting {
    Matches,
    Fails,
}

/// A number, or a percentile of the values that there are, such as `p80`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Bound {
    Number(f64),
    /// From 1 to 99.
    Percentile(u8),
}

/// One word or several.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct WordsSetting(pub Vec<String>);

impl RuleSettings {
    /// Reads a rule from a text of its own.
    pub fn parse(text: &str) -> Result<Self> {
        let mut rule: RuleSettings =
            toml::from_str(text).map_err(|cause| super::settings::parse_error(text, &cause))?;
        rule.locate(text, 1);
        Ok(rule)
    }

    /// Notes the lines of the tests in `text`, from which the rule was read.
    pub(super) fn locate(&mut self, text: &str, line: u64) {
        self.line = line;
        let tests = self.all.iter_mut().chain(&mut self.any).flatten();
        for test in tests.chain(self.not.as_deref_mut()) {
            let line = line_of(text, test.span().start);
            test.get_mut().locate(text, line);
        }
    }
}

/// The line of a byte in a text, from 1.
pub(super) fn line_of(text: &str, place: usize) -> u64 {
    let before = &text.as_bytes()[..place.min(text.len())];
    1 + before.iter().filter(|byte| **byte == b'\n').count() as u64
}

impl Serialize for Bound {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        match self {
            Bound::Number(number) => serializer.serialize_f64(*number),
            Bound::Percentile(percentile) => serializer.collect_str(&format!("p{percentile}")),
        }
    }
}

impl<'de> Deserialize<'de> for Bound {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        struct Reader;

        impl Visitor<'_> for Reader {
            type Value = Bound;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number, or a percentile from \"p1\" to \"p99\"")
            }

            fn visit_f64<E: de::Error>(self, number: f64) -> std::result::Result<Bound, E> {
                match number.is_finite() {
                    true => Ok(Bound::Number(number)),
                    false => Err(E::invalid_value(de::Unexpected::Float(number), &self)),
                }
            }

            fn visit_i64<E: de::Error>(self, number: i64) -> std::result::Result<Bound, E> {
                // A bound that a float cannot hold would silently be another.
                match number.unsigned_abs() <= 1 << 53 {
                    true => Ok(Bound::Number(number as f64)),
                    false => Err(E::invalid_value(de::Unexpected::Signed(number), &self)),
                }
            }

            fn visit_str<E: de::Error>(self, text: &str) -> std::result::Result<Bound, E> {
                let percentile = text.strip_prefix('p').and_then(|digits| digits.parse().ok());
                match percentile {
                    Some(percentile @ 1..=99) => Ok(Bound::Percentile(percentile)),
                    _ => Err(E::invalid_value(de::Unexpected::Str(text), &self)),
                }
            }
        }

        deserializer.deserialize_any(Reader)
    }
}

impl<'de> Deserialize<'de> for WordsSetting {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        struct Reader;

        impl<'de> Visitor<'de> for Reader {
            type Value = WordsSetting;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a word such as \"GB\", or words such as [\"GB\", \"IE\"]")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> std::result::Result<Self::Value, E> {
                Ok(WordsSetting(vec![text.to_owned()]))
            }

            fn visit_seq<A: SeqAccess<'de>>(
                self,
                mut items: A,
            ) -> std::result::Result<Self::Value, A::Error> {
                let mut words = Vec::new();
                while let Some(word) = items.next_element()? {
                    words.push(word);
                }
                Ok(WordsSetting(words))
            }
        }

        deserializer.deserialize_any(Reader)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: &str = "name = \"A\"\nall = [\n  { feature = \"x\", above = \"p80\" },\n  \
        { any = [\n    { event = \"ordered\", at_least = 1 },\n  ] },\n  { not = { segment = \"b\" } },\n]\n";

    #[test]
    fn a_rule_is_read_with_the_lines_of_its_tests() {
        let rule = RuleSettings::parse(RULE).unwrap();
        let tests = rule.all.as_deref().unwrap();
        let lines: Vec<u64> = tests.iter().map(|test| test.get_ref().line).collect();
        assert_eq!(lines, [3, 4, 7]);
        let inner = tests[1].get_ref().any.as_deref().unwrap();
        assert_eq!(inner[0].get_ref().line, 5);
        assert_eq!(tests[0].get_ref().above, Some(Bound::Percentile(80)));
        assert_eq!(inner[0].get_ref().at_least, Some(Bound::Number(1.0)));
    }

    #[test]
    fn what_cannot_be_a_bound_is_refused_where_it_stands() {
        for bad in ["nan", "inf", "\"p0\"", "\"p100\"", "\"80\"", "9007199254740993", "true"] {
            let text = format!("feature = \"x\"\nabove = {bad}\n");
            let error = RuleSettings::parse(&text).unwrap_err();
            assert_eq!(error.place().line, Some(2), "{bad}");
        }
    }

    #[test]
    fn a_slip_in_a_key_is_answered_with_the_nearest() {
        let error =
            RuleSettings::parse("all = [\n  { feature = \"x\", abov = 1 },\n]").unwrap_err();
        assert_eq!(error.place().line, Some(2));
        assert_eq!(error.hint_text(), Some("did you mean `above`?"));
    }
}
