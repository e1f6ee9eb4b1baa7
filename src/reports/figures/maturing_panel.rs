//! The differences of a maturing outcome: a panel an arm, all on one scale.

use super::axis::{Scale, draw_levels, widest_label};
use super::forest_plot::ForestUnit;
use super::legend::{Entry, Key, draw_legend};
use super::maturing::{DifferencePoint, Maturing, MaturingDifference, is_measured};
use super::maturing_time::TimeAxis;
use super::scene::Scene;
use super::theme::{BLUE, GAP, INK, MUTED, PALE_BLUE};
use crate::reports::number;

/// Height of a panel alone and of one among several.
const HEIGHTS: (f64, f64) = (200.0, 140.0);
/// Between two panels beside each other.
const BETWEEN: f64 = 28.0;

/// Draws all panels at the running position and moves below them.
pub(super) fn draw_differences(scene: &mut Scene, plot: &Maturing) {
    let shown: Vec<&MaturingDifference> =
        plot.differences.iter().filter(|one| !one.known().is_empty()).collect();
    if shown.is_empty() {
        return;
    }
    scene.y += GAP;
    let title = match &plot.unit {
        ForestUnit::PercentagePoints => "percentage points",
        unit => unit.short(),
    };
    let title = format!("difference from {}, {title}", plot.control);
    scene.paragraph(&title, scene.small(), 2);
    draw_key(scene, plot, &shown);
    let across = if scene.narrow() || shown.len() == 1 { 1 } else { 2 };
    let width = (scene.right() - scene.left() - BETWEEN * (across as f64 - 1.0)) / across as f64;
    let (low, high) = range(plot, &shown);
    let height = if shown.len() == 1 { HEIGHTS.0 } else { HEIGHTS.1 };
    for (number, row) in shown.chunks(across).enumerate() {
        let (top, mut below) = (scene.y, scene.y);
        for (place, one) in row.iter().enumerate() {
            scene.y = top;
            let left = scene.left() + (width + BETWEEN) * place as f64;
            // The unit of time stands below the lowest panel of each column.
            let lowest = (number + 1) * across + place >= shown.len();
            let sides = (left, left + width);
            Panel { sides, range: (low, high), height, lowest }.draw(scene, plot, one);
            below = below.max(scene.y);
        }
        scene.y = below;
    }
}

fn draw_key(scene: &mut Scene, plot: &Maturing, shown: &[&MaturingDifference]) {
    let level = number::percent(plot.level, 0);
    let interval = format!("{level} interval of one look");
    let sequence = format!("{level} confidence sequence, holds at every look");
    let has = |part: &dyn Fn(&DifferencePoint) -> bool| {
        shown.iter().any(|one| one.known().iter().any(part))
    };
    let mut entries = vec![Entry { key: Key::Line, color: BLUE, text: "difference" }];
    if has(&|point| point.interval.is_some()) {
        entries.push(Entry { key: Key::Band, color: PALE_BLUE, text: &interval });
    }
    if has(&|point| point.sequence.is_some()) {
        entries.push(Entry { key: Key::Wings, color: INK, text: &sequence });
    }
    if plot.margins.iter().any(|margin| is_measured(*margin)) {
        entries.push(Entry { key: Key::Dashed, color: MUTED, text: "margin" });
    }
    draw_legend(scene, &entries);
    scene.y += GAP;
}

/// Around all differences and zero, and intervals and margins as far as they do not squeeze the rest.
fn range(plot: &Maturing, shown: &[&MaturingDifference]) -> (f64, f64) {
    let factor = plot.unit.factor();
    let known: Vec<Vec<DifferencePoint>> = shown.iter().map(|one| one.known()).collect();
    let points = || known.iter().flatten();
    let both = |ends: Option<(f64, f64)>| {
        ends.into_iter().flat_map(|(low, high)| [low, high]).filter(|end| is_measured(*end))
    };
    let farthest = points().map(|point| point.difference.abs()).fold(0.0, f64::max);
    let mut reaches: Vec<f64> = points().flat_map(|p| both(p.interval)).map(f64::abs).collect();
    reaches.sort_by(f64::total_cmp);
    let usual = reaches.get(reaches.len() / 2).copied().unwrap_or(0.0);
    // Sequences begin very wide; where they end is what counts.
    let last = known.iter().filter_map(|points| points.last());
    let last = last.flat_map(|point| both(point.sequence).chain(both(point.interval)));
    let ends = last.map(f64::abs).fold(0.0, f64::max);
    let limit = (2.0 * usual).max(1.2 * farthest).max(1.3 * ends);
    let all = points().flat_map(|point| {
        both(point.interval).chain(both(point.sequence)).chain([point.difference])
    });
    let margins = plot.margins.iter().copied();
    let near = margins.filter(|m| is_measured(*m) && (limit == 0.0 || m.abs() <= 3.0 * limit));
    let all: Vec<f64> = all.map(|value| value.clamp(-limit, limit)).chain(near).collect();
    let low = all.iter().copied().fold(0.0, f64::min) * factor;
    let high = all.iter().copied().fold(0.0, f64::max) * factor;
    let room = (high - low) * 0.05;
    if high > low { (low - room, high + room) } else { (-1.0, 1.0) }
}

/// One arm's difference.
struct Panel {
    sides: (f64, f64),
    /// In axis units.
    range: (f64, f64),
    height: f64,
    lowest: bool,
}

impl Panel {
    fn draw(&self, scene: &mut Scene, plot: &Maturing, one: &MaturingDifference) {
        let face = scene.body().bold();
        let name = face.shorten(&one.arm, self.sides.1 - self.sides.0);
        scene.text((self.sides.0, scene.y + face.em), &name, face);
        scene.y += face.line();
        let (top, bottom) = (scene.y + GAP, scene.y + GAP + self.height);
        let up = Scale::new(self.range, (bottom, top));
        let ticks = up.ticks(4);
        let left = self.sides.0 + widest_label(scene, &ticks, "") + GAP;
        let time = TimeAxis::new(plot, (left, self.sides.1 - GAP));
        let known = one.known();
        let frame = Frame { time, up, factor: plot.unit.factor() };
        time.draw_grid(scene, (top, bottom));
        frame.draw_band(scene, &known);
        draw_levels(scene, up, &ticks, time.sides(), "");
        frame.draw_margins(scene, &plot.margins);
        frame.draw_wings(scene, &known);
        let line = known.iter().map(|point| frame.at(point.time, point.difference)).collect();
        scene.line(line, BLUE, 2.0);
        if let Some(last) = known.last() {
            scene.dot(frame.at(last.time, last.difference), 3.5, BLUE);
        }
        scene.y = bottom;
        time.draw_labels(scene, self.lowest);
    }
}

/// Where times and differences stand in a panel.
struct Frame {
    time: TimeAxis,
    up: Scale,
    factor: f64,
}

impl Frame {
    fn at(&self, time: f64, difference: f64) -> (f64, f64) {
        (self.time.at(time), self.up.at(difference * self.factor))
    }

    fn draw_band(&self, scene: &mut Scene, known: &[DifferencePoint]) {
        let upper = known.iter().filter_map(|p| Some(self.at(p.time, p.interval?.1)));
        let lower = known.iter().rev().filter_map(|p| Some(self.at(p.time, p.interval?.0)));
        let band: Vec<(f64, f64)> = upper.chain(lower).collect();
        if band.len() > 3 {
            scene.area(band, PALE_BLUE);
        }
    }

    fn draw_margins(&self, scene: &mut Scene, margins: &[f64]) {
        let (from, to) = self.time.sides();
        for margin in margins.iter().map(|margin| margin * self.factor) {
            if (self.up.low()..=self.up.high()).contains(&margin) {
                let y = self.up.at(margin);
                scene.dashed((from, y), (to, y), MUTED, 1.5);
            }
        }
    }

    /// Both sides of the sequence; what is beyond the panel is left out, not drawn along its edge.
    fn draw_wings(&self, scene: &mut Scene, known: &[DifferencePoint]) {
        let side = |pick: fn((f64, f64)) -> f64| {
            let ends = known.iter().filter_map(|p| Some((p.time, pick(p.sequence?) * self.factor)));
            ends.collect::<Vec<(f64, f64)>>()
        };
        for wing in [side(|ends| ends.0), side(|ends| ends.1)] {
            for piece in within(&wing, (self.up.low(), self.up.high())) {
                let line = piece.iter().map(|(t, value)| (self.time.at(*t), self.up.at(*value)));
                scene.line(line.collect(), INK, 1.0);
            }
        }
    }
}

/// The pieces of a line whose values lie within a range, cut where it enters and leaves.
fn within(line: &[(f64, f64)], (low, high): (f64, f64)) -> Vec<Vec<(f64, f64)>> {
    let mut pieces: Vec<Vec<(f64, f64)>> = Vec::new();
    let mut piece: Vec<(f64, f64)> = Vec::new();
    for pair in line.windows(2) {
        let [from, to] = [pair[0], pair[1]];
        let cut = |edge: f64| (edge - from.1) / (to.1 - from.1);
        let (mut start, mut end) = (0.0, 1.0);
        for edge in [low, high] {
            let (before, after) = match edge == low {
                true => (from.1 < edge, to.1 < edge),
                false => (from.1 > edge, to.1 > edge),
            };
            match (before, after) {
                (true, true) => (start, end) = (1.0, 0.0),
                (true, false) => start = cut(edge).max(start),
                (false, true) => end = cut(edge).min(end),
                (false, false) => {}
            }
        }
        let at = |part: f64| (from.0 + part * (to.0 - from.0), from.1 + part * (to.1 - from.1));
        let is_inside = start < end && from.1.is_finite() && to.1.is_finite();
        if is_inside {
            if piece.is_empty() {
                piece.push(at(start));
            }
            piece.push(at(end));
        }
        if !(piece.is_empty() || (is_inside && end == 1.0)) {
            pieces.push(std::mem::take(&mut piece));
        }
    }
    pieces.extend((!piece.is_empty()).then_some(piece));
    pieces
}

#[cfg(test)]
mod tests {
    use super::within;

    #[test]
    fn lines_are_cut_where_they_leave_the_range() {
        let line = [(0.0, 4.0), (1.0, 2.0), (2.0, 0.0), (3.0, 1.0), (4.0, -1.0)];
        let pieces = within(&line, (0.0, 3.0));
        let wanted = vec![(0.5, 3.0), (1.0, 2.0), (2.0, 0.0), (3.0, 1.0), (3.5, 0.0)];
        assert_eq!(pieces, [wanted]);
        assert!(within(&[(0.0, 9.0), (1.0, 8.0)], (0.0, 1.0)).is_empty());
        let broken = [(0.0, 0.5), (1.0, f64::INFINITY), (2.0, 0.5), (3.0, 0.5)];
        assert_eq!(within(&broken, (0.0, 1.0)), [vec![(2.0, 0.5), (3.0, 0.5)]]);
    }
}
