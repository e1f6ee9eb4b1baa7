//! How long contacts stay in a segment.

use serde::{Deserialize, Serialize};
use statrs::distribution::{ContinuousCDF, Normal};

/// Contacts who were in a segment for the same time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spell {
    pub days: u32,
    pub contacts: u64,
    /// False for contacts who are still in it.
    pub has_ended: bool,
}

/// The share of contacts that stay at least so long.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct SurvivalPoint {
    pub days: u32,
    /// Contacts who were in the segment for at least so long.
    pub at_risk: u64,
    pub left: u64,
    pub share: f64,
    pub low: f64,
    pub high: f64,
}

/// The survival curve of a segment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Survival {
    /// Entries that were seen.
    pub entered: u64,
    pub left: u64,
    /// One entry a time at which anybody left, ascending.
    pub points: Vec<SurvivalPoint>,
    /// Days after which half have left; `None` while more than half stay.
    pub median_days: Option<u32>,
    pub level: f64,
}

/// How long contacts stay in a segment. Those who were in it at the first refresh are not among them: when they came is
/// not known.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SegmentSurvival {
    pub segment_id: String,
    pub name: String,
    /// `None` while nobody was seen to enter.
    pub survival: Option<Survival>,
}

/// Kaplan and Meier's estimate (1958, *JASA* 53, 457-481) with Greenwood's variance and the interval on the scale of
/// ln(−ln S) (Kalbfleisch & Prentice 1980). A spell that has not ended counts as long as it was seen. `None` without
/// spells.
pub fn survival(spells: &[Spell], level: f64) -> Option<Survival> {
    let entered: u64 = spells.iter().map(|s| s.contacts).sum();
    if entered == 0 {
        return None;
    }
    let z = Normal::standard().inverse_cdf(0.5 + level / 2.0);
    let mut days: Vec<u32> = spells.iter().filter(|s| s.has_ended).map(|s| s.days).collect();
    days.sort_unstable();
    days.dedup();
    let (mut share, mut variance, mut points) = (1.0, 0.0, Vec::new());
    for day in days {
        let count = |of: &dyn Fn(&&Spell) -> bool| -> u64 {
            spells.iter().filter(of).map(|s| s.contacts).sum()
        };
        let at_risk = count(&|s| s.days >= day);
        let left = count(&|s| s.has_ended && s.days == day);
        let (n, d) = (at_risk as f64, left as f64);
        share *= 1.0 - d / n;
        variance += d / (n * (n - d));
        let (low, high) = bounds(share, variance, z);
        points.push(SurvivalPoint { days: day, at_risk, left, share, low, high });
    }
    let median_days = points.iter().find(|p| p.share <= 0.5).map(|p| p.days);
    let left = points.iter().map(|p| p.left).sum();
    Some(Survival { entered, left, points, median_days, level })
}

fn bounds(share: f64, variance: f64, z: f64) -> (f64, f64) {
    if share <= 0.0 {
        return (0.0, 0.0);
    }
    let half = z * variance.sqrt() / share.ln().abs();
    (share.powf(half.exp()), share.powf((-half).exp()))
}
