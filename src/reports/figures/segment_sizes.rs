//! How much of the audience and how much of the revenue each segment is.

use serde::Serialize;

use super::pair_bars::{PairBars, PairRow};
use super::scene::Scene;

/// Share of contacts beside share of revenue, a pair of bars a segment.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SegmentSizes {
    pub segments: Vec<SegmentSize>,
}

/// One segment's shares, as fractions of the whole.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SegmentSize {
    pub name: String,
    pub contacts: f64,
    pub revenue: f64,
}

impl SegmentSizes {
    pub(super) fn nothing(&self) -> Option<String> {
        self.segments.is_empty().then(|| "there are no segments".to_owned())
    }

    pub(super) fn draw(&self, scene: &mut Scene) {
        let row = |segment: &SegmentSize| PairRow {
            label: segment.name.clone(),
            shares: [segment.contacts, segment.revenue],
        };
        let bars = PairBars {
            names: ["share of contacts", "share of revenue"],
            rows: self.segments.iter().map(row).collect(),
            axis: "share of the total".to_owned(),
        };
        bars.draw(scene);
    }
}
