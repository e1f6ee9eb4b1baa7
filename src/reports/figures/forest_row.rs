//! One row of a forest plot: label, n, interval and text; on a phone one below the other.

use plotters::style::RGBColor;

use super::forest_axis::ForestAxis;
use super::forest_plot::{ForestPlot, ForestRow, ForestValue};
use super::scene::{Face, Scene};
use super::sign::Sign;
use super::theme::{BLUE, GAP, GRID, INK, VERMILLION};
use crate::estimate::Estimate;

const ROW: f64 = 28.0;
const PLOT: f64 = 20.0;
/// What a second mark adds to the height of a row.
const SECOND: f64 = 8.0;

/// Where the parts of a row are, as (from, to).
pub(super) struct Columns {
    label: (f64, f64),
    /// Right edge of n.
    n: f64,
    pub plot: (f64, f64),
    text: (f64, f64),
    /// Room for second marks, in every row alike.
    second: f64,
}

impl Columns {
    pub fn of(plot: &ForestPlot, scene: &Scene) -> Self {
        let (left, right) = (scene.left(), scene.right());
        let second = if plot.has_shrunken() { SECOND } else { 0.0 };
        if scene.narrow() {
            let whole = (left, right);
            return Columns { label: whole, n: left, plot: whole, text: whole, second };
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
            second,
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
    let height = (ROW + columns.second).max(lines as f64 * face.line() + 8.0);
    let middle = scene.y + height / 2.0;
    if reason.is_empty() {
        axis.draw_grid(scene, (scene.y, scene.y + height));
    }
    scene.centred(columns.label.0, middle, &label, face);
    scene.centred(columns.n, middle, &n, small.end());
    scene.centred(columns.text.1, middle, &text, face.end());
    scene.centred(columns.plot.0, middle, &reason, small);
    draw_marks(scene, row, middle, axis);
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
            let height = PLOT + columns.second;
            axis.draw_grid(scene, (scene.y, scene.y + height));
            draw_marks(scene, row, scene.y + height / 2.0, axis);
            scene.y += height;
        }
    }
    scene.y += 4.0;
}

/// The effect as measured and, where there is one, just below it the one drawn towards the mean.
fn draw_marks(scene: &mut Scene, row: &ForestRow, middle: f64, axis: &ForestAxis) {
    let ForestValue::Estimate { estimate, .. } = &row.value else { return };
    let Some(shrunken) = &row.shrunken else {
        return draw_interval(scene, estimate, row.emphasised, middle, axis);
    };
    draw_interval(scene, estimate, row.emphasised, middle - 5.0, axis);
    let middle = middle + 8.0;
    draw_span(scene, (shrunken.low, shrunken.high), middle, axis, (VERMILLION, 1.0));
    if shrunken.point.is_finite() {
        Sign::Diamond.draw_hollow(scene, (axis.at(shrunken.point), middle), 4.0, VERMILLION);
    }
}

fn draw_interval(
    scene: &mut Scene,
    estimate: &Estimate,
    emphasised: bool,
    middle: f64,
    axis: &ForestAxis,
) {
    let (color, stroke) = if emphasised { (INK, 3.0) } else { (BLUE, 2.0) };
    draw_span(scene, (estimate.low, estimate.high), middle, axis, (color, stroke));
    if estimate.point.is_finite() {
        let at = (axis.at(estimate.point), middle);
        match emphasised {
            true => Sign::Diamond.draw(scene, at, 4.8, color),
            false => Sign::Circle.draw(scene, at, 4.0, color),
        }
    }
}

/// The line of an interval; a stop where it ends on the axis, an arrow where it goes on beyond.
fn draw_span(
    scene: &mut Scene,
    (low, high): (f64, f64),
    middle: f64,
    axis: &ForestAxis,
    (color, stroke): (RGBColor, f64),
) {
    if low.is_nan() || high.is_nan() {
        return;
    }
    scene.line(vec![(axis.at(low), middle), (axis.at(high), middle)], color, stroke);
    let half = if stroke > 1.0 { 4.0 } else { 3.0 };
    let sides = [(low, axis.cuts_low(low), -1.0), (high, axis.cuts_high(high), 1.0)];
    for (bound, cut, side) in sides {
        let x = axis.at(bound);
        if cut {
            let (tip, back) = (x + side * 6.0, x - side * 3.0);
            let corners = [(tip, middle), (back, middle - half - 1.0), (back, middle + half + 1.0)];
            scene.area(corners.to_vec(), color);
        } else {
            scene.line(vec![(x, middle - half), (x, middle + half)], color, 1.0);
        }
    }
}
