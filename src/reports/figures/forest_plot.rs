//! The effect of a treatment overall and in each segment, with its interval.

use serde::Serialize;

use super::forest_axis::ForestAxis;
use super::forest_legend::draw_forest_legend;
use super::forest_row::{Columns, draw_row};
use super::scene::Scene;
use super::theme::{GAP, PANEL};
use crate::estimate::Estimate;

/// Estimates of one metric, in groups of rows, around a line at zero.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ForestPlot {
    pub unit: ForestUnit,
    /// What a value left of zero means: "control better".
    pub left: String,
    /// What a value right of zero means: "treatment better".
    pub right: String,
    /// Differences that are too small to matter end here: dashed lines, one a value, in the unit of
    /// the estimates. Empty where no margin was set.
    pub margins: Vec<f64>,
    pub groups: Vec<ForestGroup>,
}

/// What the estimates are in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ForestUnit {
    /// Estimates are differences of fractions: 0.01 is one percentage point.
    PercentagePoints,
    /// Estimates are fractions of the control: 0.01 is 1 % more.
    PercentOfControl,
    /// Estimates are in major units of this currency.
    Currency(String),
    /// Estimates are in this unit.
    Other(String),
}

impl ForestUnit {
    /// Axis units per unit of the estimates.
    pub(super) fn factor(&self) -> f64 {
        match self {
            ForestUnit::PercentagePoints | ForestUnit::PercentOfControl => 100.0,
            ForestUnit::Currency(_) | ForestUnit::Other(_) => 1.0,
        }
    }

    /// The unit behind a number: "0.5 pp".
    pub(super) fn short(&self) -> &str {
        match self {
            ForestUnit::PercentagePoints => "pp",
            ForestUnit::PercentOfControl => "% of control",
            ForestUnit::Currency(unit) | ForestUnit::Other(unit) => unit,
        }
    }

    pub(super) fn title(&self) -> String {
        match self {
            ForestUnit::PercentagePoints => "difference, percentage points".to_owned(),
            ForestUnit::PercentOfControl => "difference, % of control".to_owned(),
            ForestUnit::Currency(code) => format!("difference, {code}"),
            ForestUnit::Other(unit) => format!("difference, {unit}"),
        }
    }
}

/// Rows under one heading: "Overall", then a column of segments.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ForestGroup {
    pub heading: String,
    pub rows: Vec<ForestRow>,
}

/// One line of a forest plot.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ForestRow {
    pub label: String,
    /// How many it is made from, as it should be shown: "12,034 vs 11,987".
    pub n: String,
    pub value: ForestValue,
    /// The effect drawn towards the mean of its group, where that was computed.
    pub shrunken: Option<ShrunkenEffect>,
    /// Drawn to stand out: the overall effect, or a segment that differs.
    pub emphasised: bool,
}

/// An estimate, or why there is none.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ForestValue {
    Estimate {
        estimate: Estimate,
        /// The estimate as it should be shown: "+1.2 pp (0.3 to 2.1)".
        text: String,
    },
    Missing(String),
}

/// An effect drawn towards the mean of its group, with its interval, in the unit of the estimates.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ShrunkenEffect {
    pub point: f64,
    pub low: f64,
    pub high: f64,
}

impl ForestPlot {
    pub(super) fn nothing(&self) -> Option<String> {
        self.rows().next().is_none().then(|| "nothing was estimated".to_owned())
    }

    pub(super) fn rows(&self) -> impl Iterator<Item = &ForestRow> {
        self.groups.iter().flat_map(|group| &group.rows)
    }

    /// Whether any row has a second mark.
    pub(super) fn has_shrunken(&self) -> bool {
        self.rows().any(|row| row.is_estimate() && row.shrunken.is_some())
    }

    pub(super) fn draw(&self, scene: &mut Scene) {
        let columns = Columns::of(self, scene);
        let axis = ForestAxis::new(self, columns.plot);
        draw_forest_legend(scene, self, &axis);
        axis.draw_directions(scene, &self.left, &self.right);
        for group in self.groups.iter().filter(|group| !group.rows.is_empty()) {
            draw_heading(scene, &group.heading);
            group.rows.iter().for_each(|row| draw_row(scene, row, &columns, &axis));
        }
        axis.draw_labels(scene, &self.unit.title());
    }
}

impl ForestRow {
    pub(super) fn is_estimate(&self) -> bool {
        matches!(self.value, ForestValue::Estimate { .. })
    }
}

/// The heading of a group of rows, over the whole width.
pub(super) fn draw_heading(scene: &mut Scene, heading: &str) {
    if heading.is_empty() {
        return;
    }
    let face = scene.body().bold();
    let height = face.line() + GAP;
    let width = scene.right() - scene.left();
    scene.rect((scene.left(), scene.y), (width, height), PANEL);
    let text = face.shorten(heading, width - 2.0 * GAP);
    scene.text((scene.left() + 6.0, scene.y + height / 2.0 + face.half()), &text, face);
    scene.y += height;
}
