//! Two arms in each segment, as whole numbers.

use serde::Serialize;

use super::super::counts::Counts;
use super::super::effect::{NoEstimate, Side};

/// The counts of both arms in one segment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Segment {
    pub name: String,
    pub control: Counts,
    pub treatment: Counts,
}

/// A segment that cannot be compared, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    pub segment: String,
    #[serde(flatten)]
    pub reason: NoEstimate,
}

/// The segments that have trials in both arms, and those that have not. None is dropped silently.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Segments {
    used: Vec<Segment>,
    left_out: Vec<LeftOut>,
}

impl Segments {
    /// Sets aside the segments with an empty arm.
    pub fn new(all: impl IntoIterator<Item = Segment>) -> Self {
        let mut segments = Segments::default();
        for segment in all {
            match segment.empty_arm() {
                Some(arm) => segments
                    .left_out
                    .push(LeftOut { segment: segment.name, reason: NoEstimate::NoRows { arm } }),
                None => segments.used.push(segment),
            }
        }
        segments
    }

    /// In the order of the input.
    pub fn used(&self) -> &[Segment] {
        &self.used
    }

    pub fn left_out(&self) -> &[LeftOut] {
        &self.left_out
    }

    /// All used segments added up: control, treatment.
    pub fn total(&self) -> (Counts, Counts) {
        let mut total = (Counts::default(), Counts::default());
        for segment in &self.used {
            total.0.merge(&segment.control);
            total.1.merge(&segment.treatment);
        }
        total
    }

    /// The counts of one arm, by segment.
    pub fn arm(&self, side: Side) -> Vec<Counts> {
        self.used.iter().map(|segment| *segment.arm(side)).collect()
    }
}

impl Segment {
    pub fn arm(&self, side: Side) -> &Counts {
        match side {
            Side::Control => &self.control,
            Side::Treatment => &self.treatment,
        }
    }

    fn empty_arm(&self) -> Option<Side> {
        [Side::Control, Side::Treatment].into_iter().find(|side| self.arm(*side).n() == 0)
    }

    /// True if the segment has both successes and failures, so that it says something about odds.
    pub(super) fn is_informative(&self) -> bool {
        let successes = self.control.successes() + self.treatment.successes();
        successes > 0 && successes < self.control.n() + self.treatment.n()
    }
}
