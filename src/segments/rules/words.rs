//! A rule in plain words.

use crate::features::{FeatureSpec, Unit};

use super::rule::{EventTest, MissingMeans, NumberTest, Rule, WordTest};

/// What doing something is called, by kind.
const DONE: [(&str, &str); 12] = [
    ("bounced", "had a mail bounce"),
    ("cart_added", "put something into the cart"),
    ("checkout_started", "started a checkout"),
    ("clicked", "clicked in a mail"),
    ("complained", "complained of spam"),
    ("delivered", "was delivered a mail"),
    ("opened", "opened a mail"),
    ("page_viewed", "viewed a page"),
    ("product_viewed", "viewed a product"),
    ("sent", "was sent a mail"),
    ("unsubscribed", "unsubscribed"),
    (EventTest::ORDERED, "ordered"),
];

impl Rule {
    /// The rule in words, with the meanings of features where `specs` has them. Money is in minor
    /// units, shares are fractions of 1: the numbers are those that are compared.
    pub fn words(&self, specs: &[FeatureSpec]) -> String {
        match self {
            Rule::All(parts) => joined(parts, "; and ", specs),
            Rule::Any(parts) => joined(parts, "; or ", specs),
            _ => part(self, specs),
        }
    }
}

fn joined(parts: &[Rule], word: &str, specs: &[FeatureSpec]) -> String {
    parts.iter().map(|one| part(one, specs)).collect::<Vec<_>>().join(word)
}

/// A part of a longer sentence, in brackets where it is one itself.
fn part(rule: &Rule, specs: &[FeatureSpec]) -> String {
    match rule {
        Rule::All(parts) | Rule::Any(parts) if parts.len() == 1 => part(&parts[0], specs),
        Rule::All(_) | Rule::Any(_) => format!("({})", rule.words(specs)),
        Rule::Not(inner) => match &**inner {
            Rule::Segment(test) => format!("not in the segment `{}`", test.segment),
            inner => match part(inner, specs) {
                text if text.starts_with('(') => format!("not {text}"),
                text => format!("not ({text})"),
            },
        },
        Rule::Number(test) => number(test, specs),
        Rule::Word(test) => word(test, specs),
        Rule::Event(test) => event(test),
        Rule::Segment(test) => format!("in the segment `{}`", test.segment),
    }
}

fn meaning(feature: &str, specs: &[FeatureSpec]) -> String {
    let spec = specs.iter().find(|spec| spec.name == feature);
    match spec.map(|spec| spec.meaning.as_str()) {
        Some(meaning) if !meaning.is_empty() => meaning.to_owned(),
        _ => format!("`{feature}`"),
    }
}

fn number(test: &NumberTest, specs: &[FeatureSpec]) -> String {
    let spec = specs.iter().find(|spec| spec.name == test.feature);
    let unit = spec.map_or("", |spec| unit(spec.unit));
    let bounds = [
        test.above.map(|bound| format!("more than {bound}{unit}")),
        test.at_least.map(|bound| format!("at least {bound}{unit}")),
        test.below.map(|bound| format!("less than {bound}{unit}")),
        test.at_most.map(|bound| format!("at most {bound}{unit}")),
    ];
    let bounds: Vec<String> = bounds.into_iter().flatten().collect();
    let can_miss = spec.is_none_or(|spec| spec.missing != crate::features::Missing::Zero);
    let missing = if can_miss { said(test.missing) } else { "" };
    format!("{}: {}{missing}", meaning(&test.feature, specs), bounds.join(" and "))
}

fn unit(unit: Unit) -> &'static str {
    match unit {
        Unit::Days => " days",
        Unit::MinorUnits => " minor units of money",
        Unit::Seconds => " seconds",
        Unit::Bits => " bits",
        Unit::Hour => " o’clock",
        _ => "",
    }
}

fn said(missing: MissingMeans) -> &'static str {
    match missing {
        MissingMeans::Matches => ", or no value",
        MissingMeans::Fails => ", and there is a value",
    }
}

fn word(test: &WordTest, specs: &[FeatureSpec]) -> String {
    let words: Vec<String> = test.is.iter().map(|word| format!("“{word}”")).collect();
    let missing = if test.missing == MissingMeans::Matches { ", or no value" } else { "" };
    format!("{}: {}{missing}", meaning(&test.feature, specs), words.join(" or "))
}

fn done(test: &EventTest) -> String {
    let known = DONE.iter().find(|(kind, _)| *kind == test.event);
    let mut text = known.map_or(format!("`{}`", test.event), |(_, words)| (*words).to_owned());
    if let Some(category) = &test.category {
        text.push_str(&format!(" of category “{category}”"));
    }
    if let Some(of) = &test.campaign_type {
        text.push_str(&format!(" of a campaign of type “{of}”"));
    }
    match test.within_days {
        Some(1) => text.push_str(" in the last day"),
        Some(days) => text.push_str(&format!(" in the last {days} days")),
        None => text.push_str(" ever"),
    }
    text
}

fn event(test: &EventTest) -> String {
    let times = match (test.at_least, test.at_most) {
        (None | Some(0), Some(0)) => "never".to_owned(),
        (None, Some(most)) => format!("at most {}", times(most)),
        (Some(least), None) => format!("at least {}", times(least)),
        (Some(least), Some(most)) if least == most => format!("exactly {}", times(least)),
        (Some(least), Some(most)) => format!("{least} to {}", times(most)),
        (None, None) => "any number of times".to_owned(),
    };
    format!("{}: {times}", done(test))
}

fn times(count: u64) -> String {
    match count {
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        count => format!("{count} times"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::{Family, Missing};
    use crate::segments::rules::SegmentTest;

    #[test]
    fn a_rule_reads_as_a_sentence() {
        let spec = FeatureSpec::new(Family::Purchase, "recency_days", Unit::Days)
            .means("calendar days since the last order")
            .formula(Missing::Never, "");
        let ordered = EventTest {
            event: "ordered".into(),
            at_least: Some(2),
            within_days: Some(90),
            ..EventTest::default()
        };
        let recency = NumberTest {
            feature: "recency_days".into(),
            above: None,
            at_least: Some(30.0),
            below: None,
            at_most: Some(60.5),
            missing: MissingMeans::Fails,
        };
        let member = Rule::Segment(SegmentTest { segment: "loyal".into() });
        let rule = Rule::All(vec![
            Rule::Event(ordered),
            Rule::Any(vec![Rule::Number(recency), Rule::Not(Box::new(member))]),
        ]);
        assert_eq!(
            rule.words(&[spec]),
            "ordered in the last 90 days: at least twice; and (calendar days since the last order: \
             at least 30 days and at most 60.5 days, and there is a value; or not in the segment \
             `loyal`)"
        );
    }
}
