//! Numbers and lists as the answers write them.

use super::spec::MetricKind;
use crate::estimate::Estimate;

pub(super) fn listed(items: &[&str]) -> String {
    const MOST: usize = 6;
    let mut text = items.iter().take(MOST).copied().collect::<Vec<_>>().join(", ");
    if items.len() > MOST {
        text.push_str(&format!(" and {} more", items.len() - MOST));
    }
    text
}

pub(super) fn interval(estimate: &Estimate, kind: MetricKind) -> String {
    match kind {
        MetricKind::Proportion => {
            format!("{} to {} pp", signed(estimate.low * 100.0), signed(estimate.high * 100.0))
        }
        MetricKind::Mean => format!("{} to {}", signed(estimate.low), signed(estimate.high)),
    }
}

pub(super) fn change(difference: f64, kind: MetricKind) -> String {
    match kind {
        MetricKind::Proportion => format!("{} pp", signed(difference * 100.0)),
        MetricKind::Mean => signed(difference),
    }
}

pub(super) fn percent(share: f64) -> String {
    format!("{}%", number(share * 100.0))
}

/// Two decimals, or as many as show two digits of a smaller number.
pub(super) fn number(value: f64) -> String {
    format!("{value:.*}", decimals(value))
}

pub(super) fn signed(value: f64) -> String {
    // Adding zero turns a negative zero into a plain one.
    format!("{:+.*}", decimals(value), value + 0.0)
}

fn decimals(value: f64) -> usize {
    const MOST: usize = 12;
    if value == 0.0 || value.abs() >= 0.1 || !value.is_finite() {
        return 2;
    }
    (1..=MOST).find(|d| value.abs() * 10_f64.powi(*d as i32) >= 10.0).unwrap_or(MOST)
}

/// A level without needless zeros: 95, 99.5.
pub(super) fn trimmed(value: f64) -> String {
    format!("{value:.4}").trim_end_matches('0').trim_end_matches('.').to_owned()
}

pub(super) fn p_value(p: f64) -> String {
    if p < 1e-4 { "p < 0.0001".to_owned() } else { format!("p = {p:.4}") }
}

/// 12,345.
pub(super) fn count(value: u64) -> String {
    let digits = value.to_string();
    let group = |(place, digit): (usize, char)| {
        let comma = place > 0 && (digits.len() - place).is_multiple_of(3);
        comma.then_some(',').into_iter().chain([digit])
    };
    digits.chars().enumerate().flat_map(group).collect()
}

/// Without a sign.
pub(super) fn amount(value: f64, kind: MetricKind) -> String {
    match kind {
        MetricKind::Proportion => format!("{} pp", number(value * 100.0)),
        MetricKind::Mean => number(value),
    }
}
