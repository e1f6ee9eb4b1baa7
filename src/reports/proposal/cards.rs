//! Each segment on a card, in the order of its rank.

use super::shown::{
    against, clock, lift, major_money, money, outlook_of, ranked, shares, titled, usual_hour,
};
use crate::features::FeatureSpec;
use crate::predict::outlook::GroupOutlook;
use crate::reports::{Block, Card, Cell, Column, Section, Table, number};
use crate::segments::flags::Flags;
use crate::segments::naming;
use crate::segments::plays;
use crate::segments::profile::SegmentProfile;
use crate::segments::proposal::Proposal;

/// Shares from which a flag is worth a line.
const NOTABLE: f64 = 0.05;

/// Traits on a card.
const TRAITS: usize = 5;

const FACTS: [(&str, &str); 7] = [
    ("recency_days", "Days since last order"),
    ("frequency", "Orders"),
    ("average_order_value_minor", "Order value"),
    ("monetary_minor", "Money spent"),
    ("human_open_rate_90d", "Human open rate, 90 days"),
    ("click_rate_90d", "Click rate, 90 days"),
    ("tenure_days", "Days known"),
];

pub fn section(
    proposal: &Proposal,
    specs: &[FeatureSpec],
    outlooks: Option<&[GroupOutlook]>,
) -> Section {
    let outlook = |segment: &SegmentProfile| outlook_of(proposal, outlooks, segment);
    let cards =
        ranked(proposal).into_iter().map(|s| card(proposal, s, specs, outlook(s))).collect();
    Section {
        id: "cards".to_owned(),
        heading: "Each segment".to_owned(),
        answer: None,
        blocks: vec![Block::Cards(cards), Block::Folded(plays_table())],
    }
}

fn card(
    proposal: &Proposal,
    segment: &SegmentProfile,
    specs: &[FeatureSpec],
    outlook: Option<&GroupOutlook>,
) -> Card {
    let mut facts = vec![("Revenue".to_owned(), money(proposal, segment.revenue_minor))];
    let mut fact = |label: &str, value: String| facts.push((label.to_owned(), value));
    if let Some(share) = segment.revenue_share {
        fact("Share of revenue", number::percent(share, 1));
    }
    for (label, value) in
        outlook.map_or_else(Vec::new, |outlook| expected(outlook, &proposal.currency))
    {
        fact(label, value);
    }
    for (name, label) in FACTS {
        if let Some(feature) = segment.key_facts.get(name) {
            fact(label, against(proposal, feature));
        }
    }
    fact("Best hour", usual_hour(segment));
    if !segment.devices.is_empty() {
        fact("Main device", shares(&segment.devices));
    }
    if !segment.categories.is_empty() {
        fact("Looks at", shares(&segment.categories));
    }
    for (label, value) in evidence(segment) {
        fact(label, value);
    }
    Card {
        title: titled(segment),
        subtitle: format!(
            "{} contacts, {}",
            number::count(segment.contacts as u64),
            number::percent(segment.share, 1)
        ),
        facts,
        traits: naming::traits(segment, specs).into_iter().take(TRAITS).collect(),
        notes: notes(proposal, segment, specs),
    }
}

/// What is expected of the members who have bought.
pub(super) fn expected(outlook: &GroupOutlook, currency: &str) -> Vec<(&'static str, String)> {
    let Some(risk) = outlook.mean_churn_risk else {
        return vec![("Churn risk", "no member has ordered".to_owned())];
    };
    let risk = format!(
        "{} on average; {} of {} buyers at high risk",
        number::percent(risk, 0),
        number::count(outlook.at_high_risk as u64),
        number::count(outlook.buyers as u64)
    );
    let values =
        [("Lifetime value", outlook.lifetime_value), ("Value at risk", outlook.value_at_risk)];
    let values = values.into_iter().filter_map(|(label, value)| Some((label, value?)));
    let mut facts = vec![("Churn risk", risk)];
    facts.extend(values.map(|(label, value)| (label, major_money(currency, value))));
    facts
}

/// Stability, silhouette, rule and what can be tested.
fn evidence(segment: &SegmentProfile) -> Vec<(&'static str, String)> {
    let mut facts = Vec::new();
    if let Some(s) = &segment.stability {
        let draws = format!("{} in {} draws", number::decimal(s.mean, 2), s.draws);
        facts.push(("Stability", format!("{} ({draws})", s.verdict())));
    }
    if let Some(silhouette) = segment.silhouette {
        facts.push(("Silhouette", number::decimal(silhouette, 2)));
    }
    if let Some(reach) = &segment.reach {
        let baseline = reach.baseline.map_or(number::NONE.to_owned(), |b| number::percent(b, 1));
        facts.push(("Mailed in 90 days", number::count(reach.audience as u64)));
        facts.push(("Baseline of a test", format!("{baseline} {} rate", reach.metric)));
        facts.push(("Smallest lift in one send", lift(reach.smallest_relative_lift)));
        let wanted = number::percent(reach.wanted_relative_lift, 0);
        let sends = match reach.sends_needed {
            Some(1) => "1 send".to_owned(),
            Some(n) => format!("{} sends", number::count(n)),
            None => "never".to_owned(),
        };
        facts.push(("Sends until a lift is seen", format!("{sends} for +{wanted}")));
    }
    facts
}

fn notes(proposal: &Proposal, segment: &SegmentProfile, specs: &[FeatureSpec]) -> Vec<String> {
    let mut notes = Vec::new();
    if let Some(now) = &segment.name_by_traits {
        notes.push(format!("By its traits it would now be called “{now}”."));
    }
    if let (Some(rule), Some(found)) =
        (&segment.rule, segment.explanation.as_ref().and_then(|e| e.rule.found()))
    {
        notes.push(format!(
            "In words: {} (finds {} of the members; {} of those it finds are members).",
            rule.words(specs),
            number::percent(found.recall.point, 0),
            number::percent(found.precision.point, 0)
        ));
    }
    notes.extend(neighbour(proposal, segment));
    notes.extend(flags(&segment.flags));
    if let Some(hour) = segment.hours.mean_hour {
        notes.push(format!("Worth a test: a send at {} local.", clock(hour.floor())));
    }
    let [first, second] = segment.play.experiments;
    notes.push(format!(
        "Play: {}. {} Chosen because {}.",
        segment.play.name, segment.play.advice, segment.play.when
    ));
    notes.push(format!("Two experiments: (1) {first}; (2) {second}."));
    notes.push(format!("Typical members: {}", segment.typical.join(", ")));
    notes
}

fn neighbour(proposal: &Proposal, segment: &SegmentProfile) -> Option<String> {
    let surroundings = &segment.explanation.as_ref()?.surroundings;
    let nearest = surroundings.nearest.first()?;
    let other = proposal.segments.get(nearest.segment)?;
    Some(format!(
        "Next to {}: {} of the members stand at that border, {} at any.",
        titled(other),
        number::percent(nearest.border_share, 0),
        number::percent(surroundings.border_share.unwrap_or(0.0), 0)
    ))
}

fn flags(flags: &Flags) -> Vec<String> {
    let shares = [
        (flags.sunset_share, "are sunset candidates: mailed, and no sign of life in 180 days"),
        (flags.unsubscribed_share, "have unsubscribed at some time"),
        (flags.not_mailed_share, "received no mail in 90 days"),
        (flags.machine_open_share, "of their opens are machines’"),
    ];
    let notable = shares.into_iter().filter_map(|(share, what)| Some((share?, what)));
    notable
        .filter(|(share, _)| *share >= NOTABLE)
        .map(|(share, what)| format!("Hygiene: {} {what}.", number::percent(share, 0)))
        .collect()
}

/// From traits to plays, as they are tried.
fn plays_table() -> Table {
    let rows = plays::table().map(|play| {
        vec![
            Cell::text(play.name),
            Cell::text(play.when),
            Cell::text(play.advice),
            Cell::text(play.experiments.join("; ")),
        ]
    });
    Table {
        name: "plays".to_owned(),
        caption: "From traits to plays: the first whose condition holds is suggested".to_owned(),
        columns: vec![
            Column::text("Play"),
            Column::text("When"),
            Column::text("Advice"),
            Column::text("Experiments"),
        ],
        rows: rows.collect(),
    }
}
