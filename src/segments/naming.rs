//! Names from traits: what sets a segment apart, in the words of its features.

use std::collections::BTreeSet;

use crate::features::{Family, FeatureSpec, Unit};
use crate::lake::schema::ATTRIBUTE_PREFIX;

use super::profile::{FeatureProfile, SegmentProfile};

/// Standardised difference from which a trait is worth a word: half a standard deviation, Cohen's
/// "medium" effect.
const NOTABLE: f64 = 0.5;

/// Traits in a name.
const IN_NAME: usize = 2;

/// The segment's traits in words, the strongest first; features that say the same say it once.
pub fn traits(profile: &SegmentProfile, specs: &[FeatureSpec]) -> Vec<String> {
    let mut order: Vec<_> = profile.features.iter().collect();
    order.sort_by(|a, b| {
        b.standardized_difference
            .abs()
            .total_cmp(&a.standardized_difference.abs())
            .then_with(|| a.name.cmp(&b.name))
    });
    let buys_nothing = is_unmet(profile, "recency_days");
    let mut words: Vec<String> = Vec::new();
    for feature in order {
        let Some(spec) = specs.iter().find(|s| s.name == feature.name) else { continue };
        let difference = feature.standardized_difference;
        let word = match NEVER.iter().find(|(name, _)| *name == spec.name) {
            Some((name, never)) if is_unmet(profile, name) => (*never).to_owned(),
            // Who never bought neither buys rarely nor spends little: it is said once.
            _ if buys_nothing && spec.family == Family::Purchase => continue,
            _ => word(spec, difference > 0.0),
        };
        if difference.abs() >= NOTABLE && !word.is_empty() && !words.contains(&word) {
            words.push(word);
        }
    }
    words
}

/// The feature's own word; one without any is called by its name.
fn word(spec: &FeatureSpec, is_high: bool) -> String {
    if !spec.words_high.is_empty() || !spec.words_low.is_empty() {
        let word = if is_high { &spec.words_high } else { &spec.words_low };
        return word.clone().into_owned();
    }
    let name = spec.name.strip_prefix(ATTRIBUTE_PREFIX).unwrap_or(&spec.name).replace('_', " ");
    match (spec.unit, is_high) {
        (Unit::Flag, true) => name,
        // What a segment is not tells little.
        (Unit::Flag, false) => String::new(),
        (_, true) => format!("high {name}"),
        (_, false) => format!("low {name}"),
    }
}

/// Features that are missing where something never happened, and what that is called.
const NEVER: [(&str, &str); 2] =
    [("recency_days", "no order yet"), ("days_since_visit", "never on the site")];

/// Share of members without a value from which the segment never did it.
const MOSTLY: f64 = 0.8;

fn is_unmet(profile: &SegmentProfile, feature: &str) -> bool {
    let found = profile.features.iter().find(|f| f.name == feature);
    let without = |f: &FeatureProfile| profile.contacts - f.present.min(profile.contacts);
    found.is_some_and(|f| without(f) as f64 >= MOSTLY * profile.contacts as f64)
}

/// Names all segments; a name that another segment has already is made longer, at last by its number.
pub fn name_all(profiles: &mut [SegmentProfile], specs: &[FeatureSpec]) {
    let mut taken = BTreeSet::new();
    for profile in profiles {
        let words = traits(profile, specs);
        let longer = (IN_NAME..=words.len().max(IN_NAME)).map(|n| name(&words, n));
        let numbered = format!("{} ({})", name(&words, IN_NAME), profile.number);
        let free = longer.chain([numbered]).find(|name| !taken.contains(name));
        profile.name = free.unwrap_or_else(|| format!("Segment {}", profile.number));
        taken.insert(profile.name.clone());
    }
}

fn name(words: &[String], count: usize) -> String {
    if words.is_empty() {
        return "Like everybody".to_owned();
    }
    let text = words.iter().take(count).map(String::as_str).collect::<Vec<_>>().join(", ");
    let mut letters = text.chars();
    letters.next().map_or(String::new(), |c| c.to_uppercase().chain(letters).collect())
}
