//! Whether the arms have the sizes that were planned: overall, by segment, by day.

use serde::Serialize;

use super::forest_plot::draw_heading;
use super::legend::{Entry, Key, draw_legend};
use super::ratio_columns::RatioColumns;
use super::ratio_row::{draw_cells, draw_strips};
use super::scene::Scene;
use super::sign::Sign;
use super::theme::{AXIS, BLUE, GAP, VERMILLION};
use crate::reports::number;

/// Observed minus planned share, a row a check and a column an arm, all on one scale.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SampleRatio {
    /// Level of the intervals, in (0, 1).
    pub level: f64,
    /// Names of the arms, in the order of each row's shares.
    pub arms: Vec<String>,
    pub groups: Vec<RatioGroup>,
}

/// Rows under one heading: "Overall", then a column of segments, then days.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RatioGroup {
    pub heading: String,
    pub rows: Vec<RatioRow>,
}

/// One check of the arms' sizes.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RatioRow {
    pub label: String,
    /// How many were drawn, as it should be shown: "24,021".
    pub n: String,
    /// One an arm.
    pub shares: Vec<ArmShare>,
    /// The check's result as it should be shown: "p = 0.43".
    pub text: String,
    /// The sizes are not as planned: drawn on a tinted ground with a triangle.
    pub alarm: bool,
}

/// The share of the contacts that an arm should have, and has; fractions.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ArmShare {
    pub planned: f64,
    pub observed: f64,
    /// Of the observed share.
    pub interval: Option<(f64, f64)>,
}

impl ArmShare {
    /// Observed minus planned in percentage points, where both are shares.
    pub(super) fn deviation(&self) -> Option<f64> {
        self.beyond_plan(self.observed)
    }

    /// The interval of the same.
    pub(super) fn deviations(&self) -> Option<(f64, f64)> {
        let (low, high) = self.interval.filter(|(low, high)| low <= high)?;
        Some((self.beyond_plan(low.max(0.0))?, self.beyond_plan(high.min(1.0))?))
    }

    fn beyond_plan(&self, share: f64) -> Option<f64> {
        let is_share = |share: f64| (0.0..=1.0).contains(&share);
        (is_share(share) && is_share(self.planned)).then_some(100.0 * (share - self.planned))
    }
}

impl SampleRatio {
    pub(super) fn nothing(&self) -> Option<String> {
        let is_known =
            self.rows().any(|row| row.shares.iter().any(|share| share.deviation().is_some()));
        (!is_known).then(|| "nobody was drawn into an arm".to_owned())
    }

    pub(super) fn rows(&self) -> impl Iterator<Item = &RatioRow> {
        self.groups.iter().flat_map(|group| &group.rows)
    }

    pub(super) fn has_alarm(&self) -> bool {
        self.rows().any(|row| row.alarm)
    }

    pub(super) fn draw(&self, scene: &mut Scene) {
        let columns = RatioColumns::new(self, scene);
        self.draw_key(scene, &columns);
        if !columns.stacked {
            columns.draw_heads(scene, self);
        }
        for group in self.groups.iter().filter(|group| !group.rows.is_empty()) {
            draw_heading(scene, &group.heading);
            for row in &group.rows {
                match columns.stacked {
                    true => draw_strips(scene, row, self, &columns),
                    false => draw_cells(scene, row, self, &columns),
                }
            }
        }
        columns.draw_axes(scene);
    }

    /// The planned share of an arm where it is the same in all rows.
    pub(super) fn planned(&self, arm: usize) -> Option<f64> {
        let mut planned = self.rows().filter_map(|row| row.shares.get(arm)).map(|s| s.planned);
        let first = planned.next().filter(|share| share.is_finite())?;
        planned.all(|share| (share - first).abs() < 1e-9).then_some(first)
    }

    fn draw_key(&self, scene: &mut Scene, columns: &RatioColumns) {
        let level = number::percent(self.level, 0);
        let observed = match columns.stacked {
            true => format!("observed share (planned share), {level} interval"),
            false => format!("observed share, {level} interval"),
        };
        let mut entries = vec![
            Entry { key: Key::Upright, color: AXIS, text: "planned share" },
            Entry { key: Key::Filled(Sign::Circle), color: BLUE, text: &observed },
        ];
        if self.has_alarm() {
            let text = "sizes are not as planned";
            entries.push(Entry { key: Key::Filled(Sign::Triangle), color: VERMILLION, text });
        }
        draw_legend(scene, &entries);
        scene.y += GAP;
    }
}
