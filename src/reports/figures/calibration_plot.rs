//! Whether predicted risks come true: what was predicted against what was observed.

use serde::Serialize;

use super::axis::{Scale, draw_labels, draw_levels};
use super::scene::Scene;
use super::theme::{AXIS, BLUE, GAP, MUTED, PANEL};
use crate::reports::number;

/// Predicted against observed shares, a dot a group of contacts with like risks, with the line on which
/// dots lie that came true, and below it how many contacts each dot stands for.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CalibrationPlot {
    /// What was predicted: "no order within 90 days".
    pub event: String,
    /// Level of the intervals, in (0, 1).
    pub level: f64,
    pub dots: Vec<CalibrationDot>,
}

/// Contacts with like predicted risks; shares are fractions.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CalibrationDot {
    pub contacts: u64,
    /// Mean predicted risk.
    pub predicted: f64,
    pub observed: f64,
    /// Of the observed share.
    pub interval: Option<(f64, f64)>,
}

/// Sides of the plot on a page, and its height on a phone.
const WIDE_PLOT: (f64, f64) = (540.0, 360.0);
const NARROW_HEIGHT: f64 = 260.0;
/// Height of the lines that say how many contacts a dot stands for.
const NEEDLES: f64 = 46.0;

impl CalibrationPlot {
    pub(super) fn nothing(&self) -> Option<String> {
        self.known().next().is_none().then(|| "no risk was tested on later data".to_owned())
    }

    pub(super) fn draw(&self, scene: &mut Scene) {
        let title = format!("observed share with {}", self.event);
        scene.paragraph(&title, scene.small(), 2);
        let (left, right) = self.sides(scene);
        let height = if scene.narrow() { NARROW_HEIGHT } else { WIDE_PLOT.1 };
        let (top, bottom) = (scene.y + GAP, scene.y + GAP + height);
        let ends = self.ends();
        let (across, up) = (Scale::new(ends, (left, right)), Scale::new(ends, (bottom, top)));
        draw_ground(scene, across, up);
        self.known().for_each(|dot| dot.draw(scene, across, up));
        scene.y = bottom + 2.0 * GAP;
        self.draw_needles(scene, across);
        self.draw_axis(scene, across);
        self.draw_key(scene, (right, top));
    }

    fn known(&self) -> impl Iterator<Item = &CalibrationDot> {
        let is_known =
            |dot: &&CalibrationDot| dot.predicted.is_finite() && dot.observed.is_finite();
        self.dots.iter().filter(is_known)
    }

    /// The same tenths on both axes, around everything that is drawn.
    fn ends(&self) -> (f64, f64) {
        let all = self.known().flat_map(|dot| {
            let (low, high) = dot.interval.unwrap_or((dot.observed, dot.observed));
            [dot.predicted, dot.observed, low, high]
        });
        let all: Vec<f64> = all.filter(|value| value.is_finite()).collect();
        let low = all.iter().copied().fold(1.0, f64::min).clamp(0.0, 0.9);
        let high = all.iter().copied().fold(0.0, f64::max).clamp(low + 0.05, 1.0);
        ((low * 10.0 + 1e-9).floor() / 10.0, (high * 10.0 - 1e-9).ceil() / 10.0)
    }

    fn sides(&self, scene: &Scene) -> (f64, f64) {
        let face = scene.small();
        let most = number::count(self.most());
        let left = scene.left() + face.width(&most).max(face.width("100%")) + GAP;
        let right = if scene.narrow() { scene.right() - GAP } else { scene.left() + WIDE_PLOT.0 };
        (left.min(right - 100.0), right)
    }

    fn most(&self) -> u64 {
        self.known().map(|dot| dot.contacts).max().unwrap_or(0)
    }

    /// A line a dot, as high as its number of contacts.
    fn draw_needles(&self, scene: &mut Scene, across: Scale) {
        let face = scene.small();
        let (left, right) = (across.at(across.low()), across.at(across.high()));
        scene.paragraph("contacts a dot", face, 1);
        let (top, bottom) = (scene.y + face.half() + 2.0, scene.y + face.half() + 2.0 + NEEDLES);
        let most = self.most();
        let up = Scale::new((0.0, most as f64), (bottom, top));
        scene.rect((left, top), (right - left, bottom - top), PANEL);
        for dot in self.known() {
            let x = across.at(dot.predicted);
            scene.line(vec![(x, bottom), (x, up.at(dot.contacts as f64))], MUTED, 2.0);
        }
        scene.line(vec![(left, bottom), (right, bottom)], AXIS, 1.0);
        scene.text((left - 6.0, top + face.half()), &number::count(most), face.end());
        scene.y = bottom;
    }

    fn draw_axis(&self, scene: &mut Scene, across: Scale) {
        let face = scene.small();
        let percent = across.percent();
        draw_labels(scene, percent, &percent.ticks(ticks(scene)), scene.y, "%");
        scene.y += face.line() + GAP;
        let title = format!("predicted risk of {}", self.event);
        scene.paragraph(&title, face, 2);
    }

    /// How to read it: beside the plot, or on a phone below it.
    fn draw_key(&self, scene: &mut Scene, (right, top): (f64, f64)) {
        let face = scene.small();
        let lines = [
            "On the line, as many are lost as was predicted.".to_owned(),
            "Above it more are lost than was predicted, below it fewer.".to_owned(),
            format!("Bars: {} intervals of the observed share.", number::percent(self.level, 0)),
        ];
        if scene.narrow() {
            lines.iter().for_each(|line| scene.paragraph(line, face, 3));
            return;
        }
        let (x, mut y) = (right + 3.0 * GAP, top + face.em);
        for line in &lines {
            for part in face.wrap(line, scene.right() - x, 4) {
                scene.text((x, y), &part, face);
                y += face.line();
            }
            y += GAP;
        }
    }
}

impl CalibrationDot {
    fn draw(&self, scene: &mut Scene, across: Scale, up: Scale) {
        let (x, y) = (across.at(self.predicted), up.at(self.observed));
        if let Some((low, high)) = self.interval.filter(|(l, h)| !l.is_nan() && !h.is_nan()) {
            let (low, high) = (up.at(low), up.at(high));
            scene.line(vec![(x, low), (x, high)], BLUE, 1.0);
            for end in [low, high] {
                scene.line(vec![(x - 4.0, end), (x + 4.0, end)], BLUE, 1.0);
            }
        }
        scene.dot((x, y), 4.0, BLUE);
    }
}

/// Levels, and the line on which predictions that came true lie.
fn draw_ground(scene: &mut Scene, across: Scale, up: Scale) {
    let sides = (across.at(across.low()), across.at(across.high()));
    let percent = up.percent();
    draw_levels(scene, percent, &percent.ticks(5), sides, "%");
    let (low, high) = (across.low(), across.high());
    scene.line(vec![(across.at(low), up.at(low)), (across.at(high), up.at(high))], AXIS, 2.0);
}

fn ticks(scene: &Scene) -> usize {
    if scene.narrow() { 4 } else { 8 }
}
