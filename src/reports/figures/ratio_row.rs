//! One row of a table of shares: arms beside each other, or on a phone one below the other.

use super::ratio_columns::{RatioCell, RatioColumns};
use super::sample_ratio::{ArmShare, RatioRow, SampleRatio};
use super::scene::{Face, Scene};
use super::sign::Sign;
use super::theme::{BLUE, GAP, GRID, INK, PALE_ORANGE, VERMILLION};
use crate::reports::number;

const ROW: f64 = 28.0;
/// Height of one arm's plot in a stack.
const STRIP: f64 = 20.0;

/// Draws a row with its arms beside each other at the running position and moves below it.
pub(super) fn draw_cells(
    scene: &mut Scene,
    row: &RatioRow,
    plot: &SampleRatio,
    columns: &RatioColumns,
) {
    let (face, small) = (face_of(scene, row), scene.small());
    let label = face.wrap(&row.label, columns.label.1 - columns.label.0, 2);
    let n = small.wrap(&row.n, columns.n - columns.label.1 - GAP, 2);
    let text = face.wrap(&row.text, columns.text.1 - columns.text.0, 2);
    let lines = label.len().max(n.len()).max(text.len());
    let height = ROW.max(lines as f64 * face.line() + 8.0);
    let (top, middle) = (scene.y, scene.y + height / 2.0);
    draw_alarm(scene, row, (top, height), middle);
    for (share, cell) in row.shares.iter().take(plot.arms.len()).zip(&columns.cells) {
        cell.draw_ground(scene, (top, top + height));
        draw_share(scene, share, *cell, middle);
        if let Some(right) = cell.share {
            let text = number::percent(share.observed, 1);
            scene.text((right, middle + small.half()), &text, value_face(scene, row).end());
        }
    }
    scene.centred(columns.label.0, middle, &label, face);
    scene.centred(columns.n, middle, &n, small.end());
    scene.centred(columns.text.1, middle, &text, face.end());
    scene.y += height;
    draw_edge(scene);
}

/// Draws a row with its arms below each other at the running position and moves below it.
pub(super) fn draw_strips(
    scene: &mut Scene,
    row: &RatioRow,
    plot: &SampleRatio,
    columns: &RatioColumns,
) {
    let Some(cell) = columns.cells.first() else { return };
    let (face, small) = (face_of(scene, row), scene.small());
    let (left, right) = (scene.left() + if row.alarm { columns.indent } else { 6.0 }, columns.n);
    let label = face.wrap(&row.label, right - left, 2);
    let beside = small.width(&row.n) + 2.0 * GAP + face.width(&row.text) <= right - left;
    let facts = if beside { 1.0 } else { 2.0 };
    let arms = row.shares.len().min(plot.arms.len());
    let words = label.len() as f64 * face.line() + facts * face.line();
    let (top, height) = (scene.y, words + STRIP * arms as f64 + 10.0);
    draw_alarm(scene, row, (top, height), top + 5.0 + face.line() / 2.0);
    let mut y = top + 5.0;
    for line in &label {
        scene.text((left, y + face.em), line, face);
        y += face.line();
    }
    scene.text((left, y + face.em), &small.shorten(&row.n, right - left), small);
    y += if beside { 0.0 } else { face.line() };
    scene.text((right, y + face.em), &face.shorten(&row.text, right - left), face.end());
    y += face.line();
    for (share, name) in row.shares.iter().zip(&plot.arms) {
        let middle = y + STRIP / 2.0;
        cell.draw_ground(scene, (y, y + STRIP));
        draw_share(scene, share, *cell, middle);
        let name = small.shorten(name, columns.label.1 - columns.label.0);
        scene.text((columns.label.0, middle + small.half()), &name, small);
        let both = format!(
            "{} ({})",
            number::percent(share.observed, 1),
            number::percent(share.planned, 1)
        );
        scene.text((right, middle + small.half()), &both, value_face(scene, row).end());
        y += STRIP;
    }
    scene.y = top + height;
    draw_edge(scene);
}

fn face_of(scene: &Scene, row: &RatioRow) -> Face {
    if row.alarm { scene.body().bold() } else { scene.body() }
}

fn value_face(scene: &Scene, row: &RatioRow) -> Face {
    if row.alarm { scene.small().color(INK) } else { scene.small() }
}

/// The ground of a row whose sizes are not as planned, and its sign.
fn draw_alarm(scene: &mut Scene, row: &RatioRow, (top, height): (f64, f64), middle: f64) {
    if row.alarm {
        let (left, right) = (scene.left(), scene.right());
        scene.rect((left, top), (right - left, height), PALE_ORANGE);
        Sign::Triangle.draw(scene, (left + 11.0, middle + 1.0), 5.0, VERMILLION);
    }
}

fn draw_edge(scene: &mut Scene) {
    scene.line(vec![(scene.left(), scene.y), (scene.right(), scene.y)], GRID, 1.0);
}

/// The observed share's dot and interval, an arrow where either goes on beyond the axis.
fn draw_share(scene: &mut Scene, share: &ArmShare, cell: RatioCell, middle: f64) {
    if let Some((low, high)) = share.deviations() {
        let (from, to) = (cell.scale.at(low), cell.scale.at(high));
        scene.line(vec![(from, middle), (to, middle)], BLUE, 2.0);
        for (bound, x, side) in [(low, from, -1.0), (high, to, 1.0)] {
            if cell.cuts(bound) {
                let back = x - side * 3.0;
                let corners =
                    [(x + side * 6.0, middle), (back, middle - 5.0), (back, middle + 5.0)];
                scene.area(corners.to_vec(), BLUE);
            } else {
                scene.line(vec![(x, middle - 4.0), (x, middle + 4.0)], BLUE, 1.0);
            }
        }
    }
    if let Some(deviation) = share.deviation() {
        scene.dot((cell.scale.at(deviation), middle), 4.0, BLUE);
    }
}
