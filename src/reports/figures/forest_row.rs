//! One row of a forest plot: label, n, interval and text; on a phone one below the other.

use plotters::style::RGBColor;

use super::forest_axis::ForestAxis;
use super::forest_plot::{ForestPlot, ForestRow, ForestValue};
use super::scene::{Face, Scene};
use super::theme::{BLUE, GAP, GRID, INK};
use crate::estimate::Estimate;

const ROW: f64 = 28.0;
const PLOT: f64 = 20.0;

/// Where the parts of a row are, as (from, to).
pub(super) struct Columns {
    label: (f64, f64),
    /// Right edge of n.
    n: f64,
    pub plot: (f64, f64),
    text: (f64, f64),
}

impl Columns {
    pub fn of(plot: &ForestPlot, scene: &Scene) -> Self {
        let (left, right) = (scene.left(), scene.right());
        if scene.narrow() {
            let whole = (left, right);
            return Columns { label: whole, n: left, plot: whole, text: whole };
        }
        let (body, small) = (scene.body(), scene.small());
        let widest = |width: &dyn Fn(&ForestRow) -> f64, most: f64| {
            plot.rows().map(width).fold(20.0, f64::max).ceil().min(most)
        };
        let label = left + 6.0 + widest(&|row| body.bold().width(&row.label), 250.0);
        let n = label + 2.0 * GAP + widest(&|row| small.width(&row.n), 150.0);
        let text = right - 6.0 - widest(&|row| body.bold().width(row.text()), 240.0);
        Columns {
            label: (left + 6.0, label),
            n,
            plot: (n + 2.0 * GAP, text - 2.0 * GAP),
            text: (text, right - 6.0),
        }
    }
}

impl ForestRow {
    fn text(&self) -> &str {
        match &self.value {
            ForestValue::Estimate { text, .. } => text,
            // The reason is set in the plot's column.
            ForestValue::Missing(_) => "",
        }
    }

    fn reason(&self) -> Option<&str> {
        match &self.value {
            ForestValue::Estimate { .. } => None,
            ForestValue::Missing(reason) => Some(reason),
        }
    }
}

/// Draws one row at the running position and moves below it.
pub(super) fn draw_row(scene: &mut Scene, row: &ForestRow, columns: &Columns, axis: &ForestAxis) {
    if scene.narrow() {
        draw_stacked(scene, row, columns, axis);
    } else {
        draw_in_line(scene, row, columns, axis);
    }
    let edge = vec![(scene.left(), scene.y), (scene.right(), scene.y)];
    scene.line(edge, GRID, 1.0);
}

fn label_face(scene: &Scene, row: &ForestRow) -> Face {
    if row.emphasised { scene.body().bold() } else { scene.body() }
}

fn draw_in_line(scene: &mut Scene, row: &ForestRow, columns: &Columns, axis: &ForestAxis) {
    let (face, small) = (label_face(scene, row), scene.small());
    let width = |(from, to): (f64, f64)| to - from;
    let label = face.wrap(&row.label, width(columns.label), 2);
    let n = small.wrap(&row.n, columns.n - columns.label.1 - GAP, 2);
    let text = face.wrap(row.text(), width(columns.text), 2);
    let reason_room = columns.text.1 - columns.plot.0;
    let reason = row.reason().map(|reason| small.wrap(reason, reason_room, 2)).unwrap_or_default();
    let lines = [&label, &n, &text, &reason].map(Vec::len).into_iter().max().unwrap_or(1);
    let height = ROW.max(lines as f64 * face.line() + 8.0);
    let middle = scene.y + height / 2.0;
    if reason.is_empty() {
        axis.draw_grid(scene, (scene.y, scene.y + height));
    }
    scene.centred(columns.label.0, middle, &label, face);
    scene.centred(columns.n, middle, &n, small.end());
    scene.centred(columns.text.1, middle, &text, face.end());
    scene.centred(columns.plot.0, middle, &reason, small);
    draw_interval(scene, row, middle, axis);
    scene.y += height;
}

fn draw_stacked(scene: &mut Scene, row: &ForestRow, columns: &Columns, axis: &ForestAxis) {
    let (face, small) = (label_face(scene, row), scene.small());
    let (left, right) = columns.label;
    scene.y += 5.0;
    scene.paragraph(&row.label, face, 2);
    let both = small.width(&row.n) + GAP + face.width(row.text()) <= right - left;
    scene.paragraph(&row.n, small, 2);
    if !row.text().is_empty() {
        scene.y -= if both && !row.n.is_empty() { small.line() } else { 0.0 };
        let text = face.shorten(row.text(), right - left);
        scene.text((right, scene.y + small.em), &text, face.end());
        scene.y += face.line();
    }
    match row.reason() {
        Some(reason) => scene.paragraph(reason, small, 3),
        None => {
            axis.draw_grid(scene, (scene.y, scene.y + PLOT));
            draw_interval(scene, row, scene.y + PLOT / 2.0, axis);
            scene.y += PLOT;
        }
    }
    scene.y += 4.0;
}

fn draw_interval(scene: &mut Scene, row: &ForestRow, middle: f64, axis: &ForestAxis) {
    let ForestValue::Estimate { estimate, .. } = &row.value else { return };
    let (color, stroke) = if row.emphasised { (INK, 3.0) } else { (BLUE, 2.0) };
    if !estimate.low.is_nan() && !estimate.high.is_nan() {
        let ends = vec![(axis.at(estimate.low), middle), (axis.at(estimate.high), middle)];
        scene.line(ends, color, stroke);
        draw_ends(scene, estimate, middle, axis, color);
    }
    if estimate.point.is_finite() {
        let (x, half) = (axis.at(estimate.point), if row.emphasised { 6.0 } else { 4.0 });
        if row.emphasised {
            let corners = [(0.0, -half), (half, 0.0), (0.0, half), (-half, 0.0)];
            scene.area(corners.map(|(dx, dy)| (x + dx, middle + dy)).to_vec(), color);
        } else {
            scene.dot((x, middle), half, color);
        }
    }
}

/// A stop where the interval ends on the axis, an arrow where it goes on beyond.
fn draw_ends(
    scene: &mut Scene,
    estimate: &Estimate,
    middle: f64,
    axis: &ForestAxis,
    color: RGBColor,
) {
    let sides = [
        (estimate.low, axis.cuts_low(estimate.low), -1.0),
        (estimate.high, axis.cuts_high(estimate.high), 1.0),
    ];
    for (bound, cut, side) in sides {
        let x = axis.at(bound);
        if cut {
            let tip = (x + side * 6.0, middle);
            scene.area(
                vec![tip, (x - side * 3.0, middle - 5.0), (x - side * 3.0, middle + 5.0)],
                color,
            );
        } else {
            scene.line(vec![(x, middle - 4.0), (x, middle + 4.0)], color, 1.0);
        }
    }
}
