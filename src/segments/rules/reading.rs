//! From a rule as it is written to one that can be evaluated: keys that go together, percentiles as
//! numbers, and a missing value that means something.

use serde::Serialize;

use crate::error::{Error, Result};
use crate::features::Missing;
use crate::workspace::{Bound, RuleSettings};

use super::ground::Ground;
use super::rule::{EventTest, MissingMeans, NumberTest, Rule, SegmentTest, WordTest};

/// A rule, ready to be evaluated.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Reading {
    pub rule: Rule,
    /// What percentiles came to, in the order in which they are written.
    pub percentiles: Vec<Percentile>,
    /// What can be evaluated but looks like a slip.
    pub remarks: Vec<String>,
}

/// A percentile, and the number that it is on these data: the smallest value that at least this many
/// per cent of the values do not exceed (the nearest-rank definition, the inverse of the empirical
/// distribution function). It is a value that somebody has.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Percentile {
    pub feature: String,
    pub percentile: u8,
    pub value: f64,
    /// Contacts whose values were ranked: those who have one; and of a feature that is zero where
    /// nothing happened, those whose value is not zero.
    pub of: usize,
}

/// Which keys go with which kind of test.
const KEYS: [(&str, &[&str]); 6] = [
    ("all", &[]),
    ("any", &[]),
    ("not", &[]),
    ("feature", &["is", "above", "at_least", "below", "at_most", "missing"]),
    ("event", &["at_least", "at_most", "within_days", "campaign_type", "category"]),
    ("segment", &[]),
];

impl Ground {
    /// Reads a rule as it is written, and checks that it can be evaluated.
    ///
    /// # Errors
    ///
    /// As [`Ground::check`], and a settings error for keys that do not go together and for tests that
    /// do not say what a missing value means; with the line of the test.
    pub fn read(&self, written: &RuleSettings) -> Result<Reading> {
        let mut reader = Reader { ground: self, percentiles: Vec::new(), remarks: Vec::new() };
        let rule = reader.rule(written, true)?;
        super::check::check_size(&rule).map_err(|e| e.at_line(written.line))?;
        Ok(Reading { rule, percentiles: reader.percentiles, remarks: reader.remarks })
    }
}

/// The segments that a rule asks for, as it is written.
pub fn segments_of(written: &RuleSettings) -> Vec<(&str, u64)> {
    let own = written.segment.as_deref().map(|segment| (segment, written.line));
    let parts = written.all.iter().chain(&written.any).flatten().map(toml::Spanned::get_ref);
    let parts = parts.chain(written.not.as_deref().map(toml::Spanned::get_ref));
    own.into_iter().chain(parts.flat_map(segments_of)).collect()
}

struct Reader<'a> {
    ground: &'a Ground,
    percentiles: Vec<Percentile>,
    remarks: Vec<String>,
}

impl Reader<'_> {
    fn rule(&mut self, written: &RuleSettings, is_top: bool) -> Result<Rule> {
        check_keys(written, is_top).map_err(|e| e.at_line(written.line))?;
        if let Some(all) = &written.all {
            return Ok(Rule::All(self.parts(all)?));
        }
        if let Some(any) = &written.any {
            return Ok(Rule::Any(self.parts(any)?));
        }
        if let Some(not) = &written.not {
            return Ok(Rule::Not(Box::new(self.rule(not.get_ref(), false)?)));
        }
        self.test(written).map_err(|e| e.at_line(written.line))
    }

    fn parts(&mut self, parts: &[toml::Spanned<RuleSettings>]) -> Result<Vec<Rule>> {
        parts.iter().map(|part| self.rule(part.get_ref(), false)).collect()
    }

    fn test(&mut self, written: &RuleSettings) -> Result<Rule> {
        let test = match (&written.feature, &written.event, &written.segment) {
            (Some(feature), ..) => self.feature(feature, written)?,
            (_, Some(event), _) => Rule::Event(event_test(event, written)?),
            (_, _, Some(segment)) => Rule::Segment(SegmentTest { segment: segment.clone() }),
            // The keys are checked.
            _ => return Err(Error::internal("a test without a subject was let through")),
        };
        self.remarks.extend(self.ground.check_test(&test)?);
        Ok(test)
    }

    fn feature(&mut self, feature: &str, written: &RuleSettings) -> Result<Rule> {
        let bounds = [written.above, written.at_least, written.below, written.at_most];
        let missing = written.missing.map(MissingMeans::from);
        if let Some(words) = &written.is {
            if bounds.iter().any(Option::is_some) {
                return Err(Error::settings(format!(
                    "the test on `{feature}` has words and bounds"
                ))
                .hint("`is` is for words, bounds are for numbers"));
            }
            // What is wrong with the name comes before what a missing value means.
            self.ground.check_word_feature(feature)?;
            let missing = self.missing(feature, missing)?;
            let (feature, is) = (feature.to_owned(), words.0.clone());
            return Ok(Rule::Word(WordTest { feature, is, missing }));
        }
        self.ground.check_number_feature(feature)?;
        let missing = self.missing(feature, missing)?;
        let mut numbers = [None; 4];
        for (number, bound) in numbers.iter_mut().zip(bounds) {
            *number = bound.map(|bound| self.number(feature, bound)).transpose()?;
        }
        Ok(Rule::Number(number_test(feature, numbers, missing)))
    }

    /// What a missing value means: as it is said, or nothing at all where none can be missing.
    fn missing(&self, feature: &str, said: Option<MissingMeans>) -> Result<MissingMeans> {
        if let Some(said) = said {
            return Ok(said);
        }
        let spec = self.ground.spec(feature);
        let is_zero = spec.is_some_and(|spec| spec.missing == Missing::Zero);
        if is_zero && self.ground.covered(feature) == 1.0 {
            return Ok(MissingMeans::Fails);
        }
        let words = spec.map_or(Missing::Unknown, |spec| spec.missing).words();
        Err(Error::settings(format!(
            "the test on `{feature}` does not say what a missing value means ({words})"
        ))
        .hint("add missing = \"fails\", or missing = \"matches\""))
    }

    fn number(&mut self, feature: &str, bound: Bound) -> Result<f64> {
        let percentile = match bound {
            Bound::Number(number) => return Ok(number),
            Bound::Percentile(percentile) => percentile,
        };
        let mut values = self.ground.values(feature)?;
        if self.ground.spec(feature).is_some_and(|spec| spec.missing == Missing::Zero) {
            values.retain(|value| *value != 0.0);
        }
        let Some(value) = nearest_rank(&values, percentile) else {
            return Err(Error::data(format!(
                "p{percentile} of `{feature}` cannot be evaluated: nobody has a value but zero"
            ))
            .hint("write a number instead, or leave the test out"));
        };
        let feature = feature.to_owned();
        self.percentiles.push(Percentile { feature, percentile, value, of: values.len() });
        Ok(value)
    }
}

/// The percentile of ascending values; `None` of none.
fn nearest_rank(values: &[f64], percentile: u8) -> Option<f64> {
    let rank = (values.len() * usize::from(percentile)).div_ceil(100);
    values.get(rank.max(1) - 1).copied()
}

fn number_test(feature: &str, bounds: [Option<f64>; 4], missing: MissingMeans) -> NumberTest {
    let [above, at_least, below, at_most] = bounds;
    NumberTest { feature: feature.to_owned(), above, at_least, below, at_most, missing }
}

fn event_test(event: &str, written: &RuleSettings) -> Result<EventTest> {
    let count = |key: &str, bound: Option<Bound>| match bound {
        None => Ok(None),
        Some(Bound::Number(n)) if n >= 0.0 && n.fract() == 0.0 => Ok(Some(n as u64)),
        Some(_) => Err(Error::settings(format!("{key} of `{event}` is not a number of times"))
            .hint("write a whole number, 0 or more")),
    };
    Ok(EventTest {
        event: event.to_owned(),
        at_least: count("at_least", written.at_least)?,
        at_most: count("at_most", written.at_most)?,
        within_days: written.within_days,
        campaign_type: written.campaign_type.clone(),
        category: written.category.clone(),
    })
}

/// Exactly one kind of test, and no key that goes with another.
fn check_keys(written: &RuleSettings, is_top: bool) -> Result<()> {
    let set = keys(written);
    let kinds: Vec<_> = KEYS.iter().filter(|(kind, _)| set.contains(kind)).collect();
    let [(kind, with)] = kinds[..] else {
        let what = match kinds[..] {
            [] => "a test has none of all, any, not, feature, event and segment".to_owned(),
            [(one, _), (two, _), ..] => format!("a test has both `{one}` and `{two}`"),
            [_] => String::new(),
        };
        return Err(Error::settings(what)
            .hint("write one test a { … }, and join several with all = [ … ] or any = [ … ]"));
    };
    for key in set.iter().filter(|key| *key != kind && !with.contains(key)) {
        let is_label = ["name", "description"].contains(key);
        if is_label && is_top {
            continue;
        }
        let error = Error::settings(format!("`{key}` does not go with `{kind}`"));
        return Err(match with.is_empty() {
            _ if is_label => error.hint("name and description are the whole segment's"),
            true => error.hint(format!("`{kind}` stands alone")),
            false => error.hint(format!("with `{kind}` go {}", with.join(", "))),
        });
    }
    Ok(())
}

/// The keys that are set.
fn keys(written: &RuleSettings) -> Vec<&'static str> {
    let set = [
        ("name", written.name.is_some()),
        ("description", written.description.is_some()),
        ("all", written.all.is_some()),
        ("any", written.any.is_some()),
        ("not", written.not.is_some()),
        ("feature", written.feature.is_some()),
        ("is", written.is.is_some()),
        ("event", written.event.is_some()),
        ("within_days", written.within_days.is_some()),
        ("campaign_type", written.campaign_type.is_some()),
        ("category", written.category.is_some()),
        ("segment", written.segment.is_some()),
        ("above", written.above.is_some()),
        ("at_least", written.at_least.is_some()),
        ("below", written.below.is_some()),
        ("at_most", written.at_most.is_some()),
        ("missing", written.missing.is_some()),
    ];
    set.into_iter().filter(|(_, is_set)| *is_set).map(|(key, _)| key).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_those_by_hand() {
        let values: Vec<f64> = (1..=10).map(f64::from).collect();
        let at = |percentile| nearest_rank(&values, percentile);
        assert_eq!(
            [1, 10, 11, 50, 80, 81, 99].map(at),
            [1.0, 1.0, 2.0, 5.0, 8.0, 9.0, 10.0].map(Some)
        );
        assert_eq!(nearest_rank(&[], 50), None);
        assert_eq!(nearest_rank(&[7.0], 1), Some(7.0));
    }

    #[test]
    fn keys_that_do_not_go_together_are_refused() {
        let cases = [
            ("name = \"a\"", "none of all"),
            ("event = \"sent\"\nsegment = \"b\"", "both `event` and `segment`"),
            ("feature = \"x\"\nwithin_days = 3", "`within_days` does not go with `feature`"),
            ("event = \"sent\"\nmissing = \"fails\"", "`missing` does not go with `event`"),
            ("segment = \"b\"\nabove = 3", "`above` does not go with `segment`"),
        ];
        for (text, words) in cases {
            let error = check_keys(&RuleSettings::parse(text).unwrap(), true).unwrap_err();
            assert!(error.to_string().contains(words), "{text}: {error}");
        }
        let named = RuleSettings::parse("name = \"a\"\nevent = \"sent\"").unwrap();
        assert!(check_keys(&named, true).is_ok() && check_keys(&named, false).is_err());
    }
}
