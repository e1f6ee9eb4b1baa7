//! A rule as `microseg.toml` has it. Reading the text gives the same rule again.

use toml::Spanned;

use crate::workspace::{Bound, MissingSetting, RuleSettings, WordsSetting};

use super::rule::{EventTest, MissingMeans, NumberTest, Rule, SegmentTest, WordTest};

/// Tests are indented by this a level.
const INDENT: &str = "  ";

impl Rule {
    /// The keys below a `[segments.rules.ID]`.
    pub fn toml(&self) -> String {
        toml_of(&RuleSettings::from(self))
    }
}

/// The keys of a rule as it is written, percentiles and all, but for name and description.
pub fn toml_of(rule: &RuleSettings) -> String {
    pairs(rule, 0).into_iter().map(|(key, value)| format!("{key} = {value}\n")).collect()
}

/// The keys of one test, and their values.
fn pairs(rule: &RuleSettings, depth: usize) -> Vec<(&'static str, String)> {
    let words = |WordsSetting(words): &WordsSetting| {
        let words: Vec<String> = words.iter().map(|word| quoted(word)).collect();
        format!("[{}]", words.join(", "))
    };
    let text = |text: &Option<String>| text.as_deref().map(quoted);
    let values = [
        ("all", rule.all.as_deref().map(|parts| list(parts, depth))),
        ("any", rule.any.as_deref().map(|parts| list(parts, depth))),
        ("not", rule.not.as_deref().map(|part| table(part.get_ref(), depth))),
        ("feature", text(&rule.feature)),
        ("event", text(&rule.event)),
        ("segment", text(&rule.segment)),
        ("is", rule.is.as_ref().map(words)),
        ("above", rule.above.map(bound)),
        ("at_least", rule.at_least.map(bound)),
        ("below", rule.below.map(bound)),
        ("at_most", rule.at_most.map(bound)),
        ("within_days", rule.within_days.map(|days| days.to_string())),
        ("campaign_type", text(&rule.campaign_type)),
        ("category", text(&rule.category)),
        ("missing", rule.missing.map(missing)),
    ];
    values.into_iter().filter_map(|(key, value)| Some((key, value?))).collect()
}

fn list(parts: &[Spanned<RuleSettings>], depth: usize) -> String {
    let indent = INDENT.repeat(depth + 1);
    let part =
        |part: &Spanned<RuleSettings>| format!("{indent}{},\n", table(part.get_ref(), depth + 1));
    let parts: String = parts.iter().map(part).collect();
    format!("[\n{parts}{}]", INDENT.repeat(depth))
}

fn table(rule: &RuleSettings, depth: usize) -> String {
    let pairs = pairs(rule, depth);
    let pairs: Vec<String> = pairs.iter().map(|(key, value)| format!("{key} = {value}")).collect();
    format!("{{ {} }}", pairs.join(", "))
}

fn bound(bound: Bound) -> String {
    match bound {
        Bound::Percentile(percentile) => format!("\"p{percentile}\""),
        Bound::Number(value) if value.fract() == 0.0 && value.abs() < 1e15 => {
            format!("{}", value as i64)
        }
        // The shortest digits that read back to the same bits.
        Bound::Number(value) => format!("{value:?}"),
    }
}

fn missing(missing: MissingSetting) -> String {
    match missing {
        MissingSetting::Matches => "\"matches\"".to_owned(),
        MissingSetting::Fails => "\"fails\"".to_owned(),
    }
}

/// A basic string on one line.
fn quoted(text: &str) -> String {
    let escaped = |c: char| match c {
        '"' | '\\' => format!("\\{c}"),
        c if c.is_control() => format!("\\u{:04X}", u32::from(c)),
        c => c.to_string(),
    };
    format!("\"{}\"", text.chars().map(escaped).collect::<String>())
}

impl From<&Rule> for RuleSettings {
    fn from(rule: &Rule) -> Self {
        let part = |part: &Rule| Spanned::new(0..0, RuleSettings::from(part));
        let parts = |parts: &[Rule]| Some(parts.iter().map(part).collect());
        match rule {
            Rule::All(all) => RuleSettings { all: parts(all), ..RuleSettings::default() },
            Rule::Any(any) => RuleSettings { any: parts(any), ..RuleSettings::default() },
            Rule::Not(not) => {
                RuleSettings { not: Some(Box::new(part(not))), ..RuleSettings::default() }
            }
            Rule::Number(test) => of_number(test),
            Rule::Word(WordTest { feature, is, missing }) => RuleSettings {
                feature: Some(feature.clone()),
                is: Some(WordsSetting(is.clone())),
                missing: Some((*missing).into()),
                ..RuleSettings::default()
            },
            Rule::Event(test) => of_event(test.clone()),
            Rule::Segment(SegmentTest { segment }) => {
                RuleSettings { segment: Some(segment.clone()), ..RuleSettings::default() }
            }
        }
    }
}

fn of_number(test: &NumberTest) -> RuleSettings {
    RuleSettings {
        feature: Some(test.feature.clone()),
        above: test.above.map(Bound::Number),
        at_least: test.at_least.map(Bound::Number),
        below: test.below.map(Bound::Number),
        at_most: test.at_most.map(Bound::Number),
        missing: Some(test.missing.into()),
        ..RuleSettings::default()
    }
}

fn of_event(test: EventTest) -> RuleSettings {
    let count = |count: Option<u64>| count.map(|count| Bound::Number(count as f64));
    RuleSettings {
        event: Some(test.event),
        at_least: count(test.at_least),
        at_most: count(test.at_most),
        within_days: test.within_days,
        campaign_type: test.campaign_type,
        category: test.category,
        ..RuleSettings::default()
    }
}

impl From<MissingMeans> for MissingSetting {
    fn from(missing: MissingMeans) -> Self {
        match missing {
            MissingMeans::Matches => MissingSetting::Matches,
            MissingMeans::Fails => MissingSetting::Fails,
        }
    }
}

impl From<MissingSetting> for MissingMeans {
    fn from(missing: MissingSetting) -> Self {
        match missing {
            MissingSetting::Matches => MissingMeans::Matches,
            MissingSetting::Fails => MissingMeans::Fails,
        }
    }
}
