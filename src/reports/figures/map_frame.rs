//! The frame of a map of segments: which scores it shows, and where.

use plotters::style::RGBColor;

use super::axis::{Scale, Ticks, draw_labels};
use super::scene::Scene;
use super::segment_map::SegmentMap;
use super::theme::{AXIS, GAP, GRID};
use crate::reports::number;

/// Maps scores to pixels, the same number of pixels a unit on both axes.
pub(super) struct MapFrame {
    across: Scale,
    up: Scale,
    top: f64,
    height: f64,
    /// What the axes mean, broken into lines.
    titles: [Vec<String>; 2],
}

/// Height of the frame, wide and narrow: least and most.
const HEIGHTS: ((f64, f64), (f64, f64)) = ((380.0, 560.0), (300.0, 420.0));
/// Outermost contacts do not widen the frame: this fraction may lie outside on either side.
const OUTSIDE: f64 = 0.01;

impl MapFrame {
    pub fn new(map: &SegmentMap, scene: &Scene) -> Self {
        let face = scene.small();
        let (least, most) = if scene.narrow() { HEIGHTS.1 } else { HEIGHTS.0 };
        let beside = face.wrap(&component(1, map), least, 2);
        let left = scene.left() + face.line() * beside.len() as f64 + tick_room(scene) + 6.0;
        let width = scene.right() - left - 1.0;
        let titles = [face.wrap(&component(0, map), width, 2), beside];
        let (x, y) = ranges(map);
        let per_unit = (width / (x.1 - x.0)).min(most / (y.1 - y.0));
        let height = (per_unit * (y.1 - y.0)).clamp(least, most).round();
        let top = scene.y + 4.0;
        let spread = |(low, high): (f64, f64), length: f64| {
            let (middle, half) = ((low + high) / 2.0, length / per_unit / 2.0);
            (middle - half, middle + half)
        };
        let across = Scale::new(spread(x, width), (left, left + width));
        let up = Scale::new(spread(y, height), (top + height, top));
        MapFrame { across, up, top, height, titles }
    }

    /// Where a score is drawn; `None` outside the frame or where it is not finite.
    pub fn pixel(&self, x: f64, y: f64) -> Option<(f64, f64)> {
        let inside = |scale: Scale, value: f64| (scale.low()..=scale.high()).contains(&value);
        let is_inside = inside(self.across, x) && inside(self.up, y);
        is_inside.then(|| self.clamped(x, y))
    }

    /// The same, moved to the border where it lies outside.
    pub fn clamped(&self, x: f64, y: f64) -> (f64, f64) {
        (self.across.at(x), self.up.at(y))
    }

    /// The box in which labels may stand, as (left, top, right, bottom).
    pub fn inside(&self) -> (f64, f64, f64, f64) {
        let (left, right) = self.ends();
        (left + 2.0, self.top + 2.0, right - 2.0, self.top + self.height - 2.0)
    }

    /// Lower edge of the words below the frame.
    pub fn bottom(&self, scene: &Scene) -> f64 {
        let lines = 1 + self.titles[0].len();
        self.top + self.height + lines as f64 * scene.small().line() + 2.0 * GAP
    }

    fn ends(&self) -> (f64, f64) {
        (self.across.at(self.across.low()), self.across.at(self.across.high()))
    }

    /// Grid, tick labels and what the axes mean.
    pub fn draw(&self, scene: &mut Scene) {
        let (left, right) = self.ends();
        let bottom = self.top + self.height;
        let step = if scene.narrow() { 50.0 } else { 100.0 };
        let ticks = self.across.ticks(((right - left) / step) as usize);
        for value in &ticks.values {
            let x = self.across.at(*value);
            scene.line(vec![(x, self.top), (x, bottom)], color(*value), 1.0);
        }
        draw_labels(scene, self.across, &ticks, bottom, "");
        self.draw_rows(scene, (left, right), &self.up.ticks((self.height / step) as usize));
        self.draw_titles(scene);
    }

    fn draw_titles(&self, scene: &mut Scene) {
        let face = scene.small().middle();
        let (left, right) = self.ends();
        for (i, line) in self.titles[0].iter().enumerate() {
            let down = face.line() * (i as f64 + 1.0) + face.em + 3.0;
            scene.text(((left + right) / 2.0, self.top + self.height + down), line, face);
        }
        for (i, line) in self.titles[1].iter().enumerate() {
            let x = scene.left() + face.em + face.line() * i as f64;
            scene.text((x, self.top + self.height / 2.0), line, face.turned());
        }
    }

    fn draw_rows(&self, scene: &mut Scene, (left, right): (f64, f64), ticks: &Ticks) {
        let face = scene.small().end();
        let room = (self.top + face.em, self.top + self.height - face.half());
        for value in &ticks.values {
            let y = self.up.at(*value);
            scene.line(vec![(left, y), (right, y)], color(*value), 1.0);
            if (room.0..=room.1).contains(&y) {
                let text = number::decimal(*value, ticks.decimals);
                let text = face.shorten(&text, tick_room(scene));
                scene.text((left - 6.0, y + face.half()), &text, face);
            }
        }
    }
}

/// Widest tick label beside the frame.
fn tick_room(scene: &Scene) -> f64 {
    scene.small().width("−00.0")
}

fn color(value: f64) -> RGBColor {
    if value == 0.0 { AXIS } else { GRID }
}

/// "component 1 (34% of the variance): more orders →".
fn component(place: usize, map: &SegmentMap) -> String {
    let share = number::percent(map.explained[place], 0);
    let start = format!("component {} ({share} of the variance)", place + 1);
    let words = map.axes[place].trim();
    if words.is_empty() { start } else { format!("{start}: {words}") }
}

/// Low and high of both axes: all circles and ellipses, and the contacts but for the outermost.
fn ranges(map: &SegmentMap) -> ((f64, f64), (f64, f64)) {
    let (mut xs, mut ys) = (Vec::new(), Vec::new());
    for segment in map.segments.iter().filter(|segment| segment.has_place()) {
        let (across, up, _) = segment.ellipse().unwrap_or((0.0, 0.0, 0.0));
        xs.extend([segment.x - across, segment.x + across]);
        ys.extend([segment.y - up, segment.y + up]);
    }
    xs.extend(inner(map.points.iter().map(|point| point.0)));
    ys.extend(inner(map.points.iter().map(|point| point.1)));
    (reach(&xs), reach(&ys))
}

/// The values between which all but the outermost lie.
fn inner(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut values: Vec<f64> = values.filter(|value| value.is_finite()).collect();
    values.sort_by(f64::total_cmp);
    let cut = (values.len() as f64 * OUTSIDE) as usize;
    let ends = [values.get(cut), values.get(values.len().saturating_sub(cut + 1))];
    ends.into_iter().flatten().copied().collect()
}

fn reach(values: &[f64]) -> (f64, f64) {
    // Sums of larger values would not be finite.
    const FARTHEST: f64 = 1e12;
    let values = values.iter().map(|value| value.clamp(-FARTHEST, FARTHEST));
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    for value in values {
        (low, high) = (low.min(value), high.max(value));
    }
    let room = ((high - low) * 0.06).max(high.abs().max(low.abs()) * 1e-9).max(0.05);
    (low - room, high + room)
}
