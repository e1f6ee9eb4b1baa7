//! After how long a customer is at risk, and lapsed.

use serde::Serialize;

use crate::error::{Error, Result};
use crate::workspace::LifecycleSettings;

/// Fewest gaps to take a percentile of: with fifty, five are beyond the ninetieth.
pub const FEWEST_GAPS: usize = 50;

/// Days without an order, and where each number comes from.
///
/// The shop's own gaps are the calendar days between orders of one contact that follow each other; orders
/// of one day are one. The percentile is the least gap that so many per cent do not exceed (nearest rank).
/// Gaps are known of those who came back before the as-of, so in a shop younger than a few gaps they come
/// out short.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Thresholds {
    pub at_risk_days: u32,
    pub at_risk_from: Origin,
    pub lapsed_days: u32,
    pub lapsed_from: Origin,
}

/// Where a number of days comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    Settings,
    /// This percentile of so many gaps between orders.
    Gaps {
        percentile: u32,
        gaps: usize,
    },
    TwiceAtRisk,
}

impl Thresholds {
    /// The days of the settings; of the gaps where they name none.
    ///
    /// # Errors
    ///
    /// A data error if there are too few gaps; a settings error if lapsing would come before risk.
    pub fn of(settings: &LifecycleSettings, gaps: &[i64]) -> Result<Self> {
        let set = |days: &Option<toml::Spanned<u32>>| days.as_ref().map(|days| *days.get_ref());
        let (at_risk_days, at_risk_from) = match set(&settings.at_risk_days) {
            Some(days) => (days, Origin::Settings),
            None => from_gaps(settings.gap_percentile, gaps)?,
        };
        let (lapsed_days, lapsed_from) = match set(&settings.lapsed_days) {
            Some(days) => (days, Origin::Settings),
            None => (at_risk_days.saturating_mul(2), Origin::TwiceAtRisk),
        };
        if at_risk_days >= lapsed_days {
            return Err(Error::settings(format!(
                "lifecycle: lapsed after {lapsed_days} days, but the shop's gaps say at risk after \
                 {at_risk_days}"
            ))
            .hint("raise lapsed_days, or set at_risk_days under [lifecycle] too"));
        }
        Ok(Thresholds { at_risk_days, at_risk_from, lapsed_days, lapsed_from })
    }
}

fn from_gaps(percentile: u32, gaps: &[i64]) -> Result<(u32, Origin)> {
    let mut gaps: Vec<i64> = gaps.iter().copied().filter(|gap| *gap > 0).collect();
    if gaps.len() < FEWEST_GAPS {
        return Err(Error::data(format!(
            "lifecycle: {} gaps between orders say too little of when a customer is late; {FEWEST_GAPS} \
             are needed",
            gaps.len()
        ))
        .hint("set at_risk_days under [lifecycle]; lapsed_days is twice that unless it is set"));
    }
    gaps.sort_unstable();
    let rank = (gaps.len() * percentile as usize).div_ceil(100).max(1);
    let days = gaps.get(rank - 1).copied().unwrap_or_default();
    let days = u32::try_from(days).unwrap_or(u32::MAX);
    Ok((days, Origin::Gaps { percentile, gaps: gaps.len() }))
}

impl Origin {
    /// Where the number comes from, in words.
    pub fn words(self) -> String {
        match self {
            Origin::Settings => "from the settings".to_owned(),
            Origin::Gaps { percentile, gaps } => {
                format!("percentile {percentile} of the shop's {gaps} gaps between orders")
            }
            Origin::TwiceAtRisk => "twice the days until at risk".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::Settings;

    fn settings(text: &str) -> LifecycleSettings {
        Settings::parse(&format!("[lifecycle]\n{text}\n")).unwrap().lifecycle
    }

    #[test]
    fn the_ninetieth_of_a_hundred_gaps_and_twice_that() {
        let gaps: Vec<i64> = (1..=100).rev().chain([0, 0]).collect();
        let found = Thresholds::of(&settings(""), &gaps).unwrap();
        assert_eq!((found.at_risk_days, found.lapsed_days), (90, 180));
        assert_eq!(found.at_risk_from, Origin::Gaps { percentile: 90, gaps: 100 });
        assert_eq!(found.lapsed_from, Origin::TwiceAtRisk);
        let found = Thresholds::of(&settings("gap_percentile = 75"), &gaps).unwrap();
        assert_eq!((found.at_risk_days, found.lapsed_days), (75, 150));
    }

    #[test]
    fn what_is_set_needs_no_gaps() {
        let found = Thresholds::of(&settings("at_risk_days = 40"), &[]).unwrap();
        assert_eq!((found.at_risk_days, found.lapsed_days), (40, 80));
        assert_eq!(found.at_risk_from, Origin::Settings);
        assert!(Thresholds::of(&settings(""), &[7; 49]).is_err());
        assert!(Thresholds::of(&settings("lapsed_days = 7"), &[7; 50]).is_err());
        assert!(Thresholds::of(&settings("lapsed_days = 8"), &[7; 50]).is_ok());
    }
}
