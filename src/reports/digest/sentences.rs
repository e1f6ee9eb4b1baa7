//! What changed, in plain sentences.

use crate::segments::refresh::SegmentSize;

use super::super::number;
use super::facts::{DigestFacts, ExperimentFacts, ExperimentStanding, OutlookFacts};

/// Segments that a sentence names.
const MOST_NAMED: usize = 3;

/// What changed since the digest before, the most important first: what must not be acted on, verdicts, segments, value
/// at risk, drift, data. One sentence each; never none.
pub fn sentences(facts: &DigestFacts) -> Vec<String> {
    let mut all = facts.trouble.clone();
    all.extend(verdicts(&facts.experiments));
    all.extend(segments(facts));
    all.extend(facts.outlook.as_ref().and_then(value));
    all.extend(facts.outlook.as_ref().and_then(calibration));
    let refit: Vec<&str> = facts.drift.iter().flat_map(|d| &d.refit).map(String::as_str).collect();
    if !refit.is_empty() {
        all.push(format!(
            "The segments should be fitted anew: {}. Run `microseg run`, look at the report, and accept them again.",
            refit.join("; ")
        ));
    }
    all.extend(hygiene(facts));
    all.extend(open(&facts.experiments));
    all
}

fn verdicts(all: &[ExperimentFacts]) -> Vec<String> {
    let mut sentences = Vec::new();
    for experiment in all.iter().filter(|e| e.before != Some(e.standing)) {
        let ExperimentFacts { id, recommendation, standing, .. } = experiment;
        match standing {
            ExperimentStanding::Decided => {
                sentences.push(format!("Experiment {id} reached a verdict: {recommendation}"));
            }
            ExperimentStanding::NotTrustworthy => {
                sentences.push(format!("Experiment {id} cannot be trusted: {recommendation}"));
            }
            ExperimentStanding::Open | ExperimentStanding::NotYet => {}
        }
    }
    sentences
}

fn open(all: &[ExperimentFacts]) -> Option<String> {
    let open = all.iter().filter(|e| e.standing == ExperimentStanding::Open);
    let open: Vec<&str> = open.map(|e| e.id.as_str()).collect();
    match open.as_slice() {
        [] => None,
        [one] => Some(format!("Experiment {one} needs more time or more recipients.")),
        several => Some(format!(
            "{} experiments need more time or more recipients: {}.",
            several.len(),
            several.join(", ")
        )),
    }
}

fn segments(facts: &DigestFacts) -> Vec<String> {
    let Some(since) = &facts.since else {
        return vec![format!(
            "This is the first digest: {} contacts, {} segments kept current.",
            number::count(facts.contacts),
            facts.sizes.0.len()
        )];
    };
    let moved: Vec<&SegmentSize> = facts.sizes.0.iter().filter(|s| s.is_beyond_noise).collect();
    let mut sentences = Vec::new();
    let named = |grew: bool| -> Vec<String> {
        let mut those: Vec<&&SegmentSize> =
            moved.iter().filter(|s| (s.entered > s.left) == grew).collect();
        those.sort_by_key(|s| std::cmp::Reverse(s.entered.abs_diff(s.left)));
        those.iter().map(|s| change(s)).collect()
    };
    for (grew, word) in [(true, "grew"), (false, "shrank")] {
        let those = named(grew);
        if those.is_empty() {
            continue;
        }
        let rest = match those.len().saturating_sub(MOST_NAMED) {
            0 => String::new(),
            rest => format!(", and {rest} more"),
        };
        let first: Vec<&str> = those.iter().take(MOST_NAMED).map(String::as_str).collect();
        sentences.push(format!(
            "{} {word} beyond noise since {since}: {}{rest}.",
            if those.len() == 1 { "One segment" } else { "Segments" },
            first.join(", ")
        ));
    }
    let changed = facts.sizes.0.iter().filter(|s| s.by_definition > 0);
    let changed: Vec<&str> = changed.map(|s| s.segment.name.as_str()).collect();
    if !changed.is_empty() {
        sentences.push(format!(
            "Newly accepted or defined otherwise since {since}: {}.",
            changed.join(", ")
        ));
    }
    if sentences.is_empty() {
        sentences.push(format!("No segment grew or shrank beyond noise since {since}."));
    }
    sentences
}

/// "Regulars by 120 to 2,310".
fn change(size: &SegmentSize) -> String {
    let by = number::count(size.entered.abs_diff(size.left));
    format!("{} by {by} to {}", size.segment.name, number::count(size.size))
}

fn value(outlook: &OutlookFacts) -> Option<String> {
    let money = |minor| number::money(minor, outlook.exponent, &outlook.currency);
    let now = outlook.value_at_risk_minor?;
    Some(match outlook.value_at_risk_before_minor {
        Some(before) if before != now => format!(
            "Value at risk {} by {} to {}; {} of {} buyers are at high risk.",
            if now > before { "rose" } else { "fell" },
            money((now - before).abs()),
            money(now),
            number::count(outlook.bands[2]),
            number::count(outlook.buyers)
        ),
        _ => format!(
            "Value at risk is {}; {} of {} buyers are at high risk.",
            money(now),
            number::count(outlook.bands[2]),
            number::count(outlook.buyers)
        ),
    })
}

fn calibration(outlook: &OutlookFacts) -> Option<String> {
    let known = outlook.calibration.as_ref().filter(|known| !known.holds)?;
    // Said no more once the models were fitted anew.
    let known = Some(known).filter(|known| known.fitted_as_of == outlook.fitted_as_of)?;
    Some(format!(
        "Churn risks given as of {} were too {}: {} were lost where {} were expected. Run `microseg run`: it fits them anew.",
        known.as_of,
        if known.ratio > 1.0 { "low" } else { "high" },
        number::count(known.lost),
        number::decimal(known.expected_lost, 0)
    ))
}

fn hygiene(facts: &DigestFacts) -> Vec<String> {
    let mut sentences = Vec::new();
    // At the first digest every finding is new, and the table has them.
    if facts.since.is_some() {
        let new: Vec<String> = facts
            .hygiene
            .found
            .iter()
            .filter(|item| item.before.is_none())
            .map(|item| format!("{} ({} {})", item.title, number::count(item.count), item.unit))
            .collect();
        if !new.is_empty() {
            sentences.push(format!("New in the data: {}.", new.join("; ")));
        }
    }
    if !facts.hygiene.fixed.is_empty() {
        sentences.push(format!("No longer wrong in the data: {}.", facts.hygiene.fixed.join("; ")));
    }
    sentences
}
