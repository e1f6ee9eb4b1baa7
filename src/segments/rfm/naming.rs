//! What combinations of scores are called. Every combination has exactly one name.

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::workspace::{RfmAxis, RfmPreset};

use super::purchases::Scores;

/// Most days since the last order of Klaviyo's recency scores 3 and 2.
pub const KLAVIYO_RECENCY: [i64; 2] = [180, 365];

/// Name of everybody with an order where there is no preset.
pub const BUYER: &str = "Has ordered";

/// A preset with what it depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Naming {
    pub preset: RfmPreset,
    /// Of the grids.
    pub axis: RfmAxis,
    pub bins: u8,
}

impl Naming {
    /// The bins for which a preset is made, the usual number first.
    pub fn bins_of(preset: RfmPreset) -> &'static [u8] {
        match preset {
            RfmPreset::Grid10 | RfmPreset::Grid11 => &[5, 10],
            RfmPreset::Klaviyo27 => &[3],
            RfmPreset::Cycle => &[4],
            RfmPreset::None => &crate::workspace::RFM_BINS,
        }
    }

    /// # Errors
    /// If the preset has no names for that number of bins.
    pub fn check(&self) -> Result<()> {
        let fit = Self::bins_of(self.preset);
        if fit.contains(&self.bins) {
            return Ok(());
        }
        let fit: Vec<String> = fit.iter().map(u8::to_string).collect();
        let (word, bins) = (self.preset.word(), self.bins);
        Err(Error::settings(format!("the RFM preset {word} has no names for {bins} bins"))
            .hint(format!("take {} bins, or the preset none", fit.join(" or "))))
    }

    /// The name of a combination.
    pub fn name(&self, scores: Scores) -> &'static str {
        match self.preset {
            RfmPreset::Grid10 => {
                grid10(self.fifth(scores.recency), self.fifth(self.across(scores)))
            }
            RfmPreset::Grid11 => {
                grid11(self.fifth(scores.recency), self.fifth(self.across(scores)))
            }
            RfmPreset::Klaviyo27 => klaviyo27(scores),
            RfmPreset::Cycle => CYCLE[usize::from(4u8.saturating_sub(scores.recency)).min(3)],
            RfmPreset::None => BUYER,
        }
    }

    /// The names, from the best to the worst.
    pub fn names(&self) -> &'static [&'static str] {
        match self.preset {
            RfmPreset::Grid10 => &GRID[..10],
            RfmPreset::Grid11 => &GRID,
            RfmPreset::Klaviyo27 => &KLAVIYO,
            RfmPreset::Cycle => &CYCLE,
            RfmPreset::None => &[BUYER],
        }
    }

    /// The score that the grid holds against recency.
    pub fn across(&self, scores: Scores) -> u8 {
        match self.axis {
            RfmAxis::Frequency => scores.frequency,
            RfmAxis::FrequencyMonetary => (scores.frequency + scores.monetary).div_ceil(2),
        }
    }

    /// True if the name depends on all three scores and not on two.
    pub fn needs_monetary(&self) -> bool {
        self.preset == RfmPreset::Klaviyo27
    }

    /// Tenths fold into fifths two by two.
    fn fifth(&self, score: u8) -> u8 {
        if self.bins == 10 { score.div_ceil(2) } else { score }
    }
}

const GRID: [&str; 11] = [
    "Champions", "Loyal", "Potential loyalist", "New", "Promising", "Need attention",
    "About to sleep", "Can't lose", "At risk", "Hibernating", "Lost",
];

/// The common grid of ten cells over recency and frequency, disjoint and complete. The common list of
/// eleven ranges over all three is neither: 36 of its 125 codes have no name and 42 have several, and
/// read from the top four of its names are never given.
fn grid10(recency: u8, across: u8) -> &'static str {
    match (recency, across) {
        (5.., 4..) => GRID[0],
        (3 | 4, 4..) => GRID[1],
        (4.., 2 | 3) => GRID[2],
        (5.., _) => GRID[3],
        (4, _) => GRID[4],
        (3, 3) => GRID[5],
        (3, _) => GRID[6],
        (_, 5..) => GRID[7],
        (_, 3 | 4) => GRID[8],
        _ => GRID[9],
    }
}

/// The same with those who have been away longest taken out of the hibernating.
fn grid11(recency: u8, across: u8) -> &'static str {
    if recency <= 1 && across <= 2 { GRID[10] } else { grid10(recency, across) }
}

const KLAVIYO: [&str; 6] =
    ["Champions", "Loyal", "Recent", "Needs attention", "At risk", "Inactive"];

/// Places in [`KLAVIYO`] by recency, frequency and monetary score: the groups of Klaviyo's "RFM analysis"
/// (help centre, article 17797937793179).
const KLAVIYO_GROUPS: [[[usize; 3]; 3]; 3] = [
    [[5, 5, 5], [5, 4, 3], [4, 3, 3]],
    [[4, 4, 3], [3, 2, 2], [4, 1, 1]],
    [[2, 2, 2], [1, 1, 0], [1, 0, 0]],
];

fn klaviyo27(scores: Scores) -> &'static str {
    let place = |score: u8| usize::from(score.clamp(1, 3) - 1);
    let group = KLAVIYO_GROUPS[place(scores.recency)][place(scores.frequency)];
    KLAVIYO[group[place(scores.monetary)]]
}

/// Up to the median time between orders, the third quartile, the ninetieth percentile, and beyond.
const CYCLE: [&str; 4] = ["Active", "Due", "Overdue", "Lapsed"];
