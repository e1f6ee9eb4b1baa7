//! Numbers of a proposal in words and cells.

use crate::features::Unit;
use crate::ingest::exponent;
use crate::predict::outlook::GroupOutlook;
use crate::reports::{Cell, number};
use crate::segments::profile::{FeatureProfile, SegmentProfile};
use crate::segments::proposal::Proposal;

/// "S2. Buys often".
pub fn titled(segment: &SegmentProfile) -> String {
    format!("{}. {}", segment.id, segment.name)
}

/// Segments in the order of their rank.
pub fn ranked(proposal: &Proposal) -> Vec<&SegmentProfile> {
    let mut segments: Vec<&SegmentProfile> = proposal.segments.iter().collect();
    segments.sort_by_key(|s| s.rank);
    segments
}

/// "12.3 (all 20.1)".
pub fn against(proposal: &Proposal, feature: &FeatureProfile) -> String {
    let shown = |value: Option<f64>| match value {
        Some(value) => in_unit(proposal, feature.unit, value),
        None => number::NONE.to_owned(),
    };
    format!("{} (all {})", shown(feature.mean), shown(feature.mean_of_all))
}

fn in_unit(proposal: &Proposal, unit: Unit, value: f64) -> String {
    match unit {
        Unit::MinorUnits => money(proposal, value.round() as i64),
        Unit::Share => number::percent(value, 1),
        Unit::Days => number::decimal(value, 0),
        Unit::Hour => clock(value),
        Unit::Trend | Unit::Bits | Unit::Flag => number::decimal(value, 2),
        Unit::Count | Unit::Seconds | Unit::Number | Unit::Label => number::decimal(value, 1),
    }
}

pub fn money(proposal: &Proposal, minor: i64) -> String {
    number::money(minor, exponent(&proposal.currency) as u8, &proposal.currency)
}

/// A sum in major units as a cell of whole ones.
pub fn major_money_cell(currency: &str, major: f64) -> Cell {
    Cell::Money { minor: major.round() as i64, exponent: 0, currency: currency.to_owned() }
}

pub fn money_cell(proposal: &Proposal, minor: i64) -> Cell {
    Cell::Money {
        minor,
        exponent: exponent(&proposal.currency) as u8,
        currency: proposal.currency.clone(),
    }
}

/// A sum in major units, as whole ones.
pub fn major_money(currency: &str, major: f64) -> String {
    number::money(major.round() as i64, 0, currency)
}

/// The outlook of a segment; those of all are in the order of the proposal's segments.
pub fn outlook_of<'a>(
    proposal: &Proposal,
    outlooks: Option<&'a [GroupOutlook]>,
    segment: &SegmentProfile,
) -> Option<&'a GroupOutlook> {
    let place = proposal.segments.iter().position(|other| other.id == segment.id)?;
    outlooks?.get(place)
}

pub fn clock(hour: f64) -> String {
    let minutes = (hour * 60.0).round() as i64 % 1_440;
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

pub fn usual_hour(segment: &SegmentProfile) -> String {
    match segment.hours.mean_hour {
        Some(hour) => format!("{} local", clock(hour)),
        None if segment.hours.actions == 0 => "no activity".to_owned(),
        None => "no preferred hour".to_owned(),
    }
}

/// "deals 40 %, shoes 21 %".
pub fn shares(parts: &[(String, f64)]) -> String {
    let parts = parts.iter().map(|(name, share)| format!("{name} {}", number::percent(*share, 0)));
    parts.collect::<Vec<_>>().join(", ")
}

/// "+38 %", or that no lift can be seen.
pub fn lift(lift: Option<f64>) -> String {
    match lift {
        Some(lift) => format!("+{}", number::percent(lift, 0)),
        None => "none".to_owned(),
    }
}
