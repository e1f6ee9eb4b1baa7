//! Names from traits: what sets a segment apart, in the words of its features.

use std::collections::BTreeSet;

use crate::features::FeatureSpec;

use super::profile::SegmentProfile;

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
    let mut words: Vec<String> = Vec::new();
    for feature in order {
        let Some(spec) = specs.iter().find(|s| s.name == feature.name) else { continue };
        let difference = feature.standardized_difference;
        let word = if difference > 0.0 { &spec.words_high } else { &spec.words_low };
        if difference.abs() >= NOTABLE && !word.is_empty() && !words.iter().any(|w| w == word) {
            words.push(word.clone().into_owned());
        }
    }
    words
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
