//! The horizontal axis of a forest plot: its range, its grid and what its sides mean.

use super::axis::{Scale, Ticks, draw_grid, draw_labels};
use super::forest_plot::{ForestPlot, ForestRow, ForestValue};
use super::scene::Scene;
use super::theme::{AXIS, GAP, MUTED};
use crate::estimate::Estimate;

/// Maps estimates to pixels.
pub(super) struct ForestAxis {
    scale: Scale,
    factor: f64,
    from: f64,
    to: f64,
    /// In the unit of the estimates.
    margins: Vec<f64>,
}

impl ForestAxis {
    /// An axis over the plot column, in the plot's own unit.
    pub fn new(plot: &ForestPlot, (from, to): (f64, f64)) -> Self {
        let factor = plot.unit.factor();
        let (low, high) = range(plot);
        // Arrows of clipped intervals stand at the very ends.
        let scale = Scale::new((low * factor, high * factor), (from + 6.0, to - 6.0));
        ForestAxis { scale, factor, from, to, margins: plot.margins.clone() }
    }

    /// The pixel of an estimate's value, at an end if it lies beyond.
    pub fn at(&self, value: f64) -> f64 {
        self.scale.at(value * self.factor)
    }

    /// Whether a bound lies left of the axis.
    pub fn cuts_low(&self, value: f64) -> bool {
        value * self.factor < self.scale.low()
    }

    /// Whether a bound lies right of the axis.
    pub fn cuts_high(&self, value: f64) -> bool {
        value * self.factor > self.scale.high()
    }

    /// "← control better | treatment better →", each on its side of zero.
    pub fn draw_directions(&self, scene: &mut Scene, left: &str, right: &str) {
        let face = scene.small();
        let zero = self.at(0.0);
        // Beside zero where both fit there; otherwise at the ends, one below the other if need be.
        let (left, right) = (format!("← {left}"), format!("{right} →"));
        let (ends_left, ends_right) = match scene.narrow() {
            true => (scene.left(), scene.right()),
            false => (self.from, self.to),
        };
        let room = ends_right - ends_left - 2.0 * GAP;
        let beside = face.width(&left) + GAP <= zero - ends_left
            && face.width(&right) + GAP <= ends_right - zero;
        let one_line = face.width(&left) + face.width(&right) <= room;
        let line = scene.y + face.em;
        if beside {
            scene.text((zero - GAP, line), &left, face.end());
            scene.text((zero + GAP, line), &right, face);
        } else {
            let lower = if one_line { 0.0 } else { face.line() };
            let most = ends_right - ends_left;
            scene.text((ends_left, line), &face.shorten(&left, most), face);
            scene.text((ends_right, line + lower), &face.shorten(&right, most), face.end());
            scene.y += lower;
        }
        scene.y += face.line() + 4.0;
    }

    /// Grid lines, the line at zero and the margins behind one row.
    pub fn draw_grid(&self, scene: &mut Scene, (top, bottom): (f64, f64)) {
        draw_grid(scene, self.scale, &self.ticks(scene), (top, bottom));
        let zero = self.at(0.0);
        scene.line(vec![(zero, top), (zero, bottom)], AXIS, 2.0);
        let shown = |margin: &&f64| {
            margin.is_finite() && !self.cuts_low(**margin) && !self.cuts_high(**margin)
        };
        for margin in self.margins.iter().filter(shown) {
            let x = self.at(*margin);
            scene.dashed((x, top), (x, bottom), MUTED, 1.5);
        }
    }

    /// Tick labels and the unit, below the last row.
    pub fn draw_labels(&self, scene: &mut Scene, unit: &str) {
        let face = scene.small().middle();
        let bottom = scene.y;
        draw_labels(scene, self.scale, &self.ticks(scene), bottom, "");
        scene.y = bottom + 2.0 * face.line() + 4.0;
        let half = face.width(unit) / 2.0;
        let middle = ((self.from + self.to) / 2.0).clamp(half, (scene.width() - half).max(half));
        scene.text((middle, scene.y), unit, face);
    }

    fn ticks(&self, scene: &Scene) -> Ticks {
        self.scale.ticks(if scene.narrow() { 5 } else { 6 })
    }
}

fn estimate(row: &ForestRow) -> Option<&Estimate> {
    match &row.value {
        ForestValue::Estimate { estimate, .. } => Some(estimate),
        ForestValue::Missing(_) => None,
    }
}

/// All points and zero, and the intervals and margins as far as they do not squeeze the rest.
fn range(plot: &ForestPlot) -> (f64, f64) {
    let finite = |value: &f64| value.is_finite();
    let estimates: Vec<&Estimate> = plot.rows().filter_map(estimate).collect();
    let shrunken = || plot.rows().filter(|row| row.is_estimate()).filter_map(|row| row.shrunken);
    let measured = || estimates.iter().flat_map(|e| [e.low, e.high]).filter(finite);
    let drawn = shrunken().flat_map(|s| [s.low, s.high]).filter(finite);
    let bounds: Vec<f64> = measured().chain(drawn).collect();
    let points = estimates.iter().map(|e| e.point).chain(shrunken().map(|s| s.point));
    let points: Vec<f64> = points.filter(finite).collect();
    // Intervals more than three times as far out as the middle one are clipped.
    let mut reaches: Vec<f64> = measured().map(f64::abs).collect();
    reaches.sort_by(f64::total_cmp);
    let usual = reaches.get(reaches.len() / 2).copied().unwrap_or(0.0);
    let farthest = points.iter().copied().map(f64::abs).fold(0.0, f64::max);
    let limit = (3.0 * usual).max(1.3 * farthest);
    let all = bounds.iter().chain(&points).map(|value| value.clamp(-limit, limit));
    // Short intervals between wide margins are a finding; lines within a pixel are not.
    let margins = plot.margins.iter().copied();
    let near = margins.filter(|m| m.is_finite() && (limit == 0.0 || m.abs() <= 6.0 * limit));
    let all: Vec<f64> = all.chain(near).collect();
    let low = all.iter().copied().fold(0.0, f64::min);
    let high = all.iter().copied().fold(0.0, f64::max);
    let room = (high - low) * 0.04;
    if high > low { (low - room, high + room) } else { (-0.01, 0.01) }
}
