//! One measure of the number of segments: its scale, its zones and its series of signs.

use plotters::style::RGBColor;

use super::axis::Scale;
use super::scene::Scene;
use super::sign::Sign;
use super::theme::{AXIS, GAP, GRID, VERMILLION};
use crate::reports::number;

/// A panel over the axis of the number of segments.
pub(super) struct Panel {
    pub title: &'static str,
    pub series: Vec<Series>,
    pub range: (f64, f64),
    /// Values with a line; empty where round ones are looked for.
    pub ticks: Vec<f64>,
    pub zones: Vec<Zone>,
    /// Height of the plot, wide and narrow.
    pub height: (f64, f64),
}

/// One measure of all numbers of segments.
pub(super) struct Series {
    /// Empty where the panel's title says it.
    pub name: &'static str,
    pub sign: Sign,
    pub color: RGBColor,
    pub marks: Vec<Point>,
}

/// One finite value.
pub(super) struct Point {
    pub k: u32,
    pub value: f64,
    pub interval: Option<(f64, f64)>,
    pub is_hollow: bool,
}

/// What values between two lines mean.
pub(super) struct Zone {
    pub from: f64,
    pub to: f64,
    pub name: &'static str,
}

impl Panel {
    pub fn is_empty(&self) -> bool {
        self.series.iter().all(|series| series.marks.is_empty())
    }

    /// Draws the plot at the running position, which moves to its lower edge.
    pub fn draw_plot(&self, scene: &mut Scene, across: Scale, chosen: Option<u32>) {
        let height = if scene.narrow() { self.height.1 } else { self.height.0 };
        let top = scene.y + 6.0;
        let up = Scale::new(self.range, (top + height, top));
        self.draw_grid(scene, across, up);
        for zone in &self.zones {
            let face = scene.small();
            let middle = up.at((zone.from + zone.to) / 2.0);
            let x = across.at(across.high()) + GAP;
            scene.text((x, middle + face.half()), zone.name, face);
        }
        if let Some(k) = chosen {
            let x = across.at(f64::from(k));
            scene.line(vec![(x, top), (x, top + height)], VERMILLION, 2.0);
        }
        self.series.iter().for_each(|series| series.draw(scene, across, up));
        scene.y = top + height + 6.0;
    }

    /// The title, and the series' names with their signs below it.
    pub fn draw_title(&self, scene: &mut Scene) {
        let face = scene.small();
        scene.y += GAP;
        scene.paragraph(self.title, face, 2);
        let mut x = scene.left();
        for series in self.series.iter().filter(|series| !series.name.is_empty()) {
            let middle = scene.y + face.line() / 2.0;
            series.sign.draw(scene, (x + 5.0, middle), 4.0, series.color);
            scene.text((x + 14.0, middle + face.half()), series.name, face);
            x += 14.0 + face.width(series.name) + 2.0 * GAP;
        }
        if x > scene.left() {
            scene.y += face.line();
        }
    }

    fn draw_grid(&self, scene: &mut Scene, across: Scale, up: Scale) {
        let face = scene.small().end();
        let ends = (across.at(across.low()), across.at(across.high()));
        let round = up.ticks(4);
        let (values, decimals) = match self.ticks.is_empty() {
            true => (&round.values, round.decimals),
            false => (&self.ticks, 2),
        };
        for value in values {
            let y = up.at(*value);
            let is_border = self.zones.iter().any(|zone| zone.from == *value);
            let color = if *value == 0.0 || is_border { AXIS } else { GRID };
            scene.line(vec![(ends.0, y), (ends.1, y)], color, 1.0);
            let text = number::decimal(*value, decimals);
            scene.text((ends.0 - 6.0, y + face.half()), &text, face);
        }
    }
}

impl Series {
    fn draw(&self, scene: &mut Scene, across: Scale, up: Scale) {
        let at = |mark: &Point| (across.at(f64::from(mark.k)), up.at(mark.value));
        scene.line(self.marks.iter().map(at).collect(), self.color, 2.0);
        let radius = (across.step() * 0.35).clamp(2.0, 4.5);
        for mark in &self.marks {
            let (x, y) = at(mark);
            if let Some((low, high)) = mark.interval.filter(|(l, h)| !l.is_nan() && !h.is_nan()) {
                draw_interval(scene, x, (up.at(low), up.at(high)), radius, self.color);
            }
            match mark.is_hollow {
                true => self.sign.draw_hollow(scene, (x, y), radius, self.color),
                false => self.sign.draw(scene, (x, y), radius, self.color),
            }
        }
    }
}

fn draw_interval(scene: &mut Scene, x: f64, (low, high): (f64, f64), half: f64, color: RGBColor) {
    scene.line(vec![(x, low), (x, high)], color, 1.0);
    for y in [low, high] {
        scene.line(vec![(x - half, y), (x + half, y)], color, 1.0);
    }
}
