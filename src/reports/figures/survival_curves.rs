//! How long contacts stay in a segment: the share still in it by the time since they entered.

use serde::Serialize;

use super::axis::{Scale, Ticks, draw_grid, draw_labels, draw_levels};
use super::legend::{Entry, Key, draw_legend};
use super::scene::Scene;
use super::theme::{BLUE, GAP, PALE_BLUE, PANEL};
use crate::reports::number;

/// The share still in each segment as steps with its interval, a panel a segment, and below each panel
/// the contacts still watched.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SurvivalCurves {
    /// What the axis counts, as its title: "weeks since entry". Its first word, days, weeks, months or
    /// years, sets the axis; with any other the axis counts days and says so.
    pub unit: String,
    pub segments: Vec<SurvivalLine>,
}

/// The curve of one segment.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SurvivalLine {
    pub name: String,
    /// In the order of time.
    pub points: Vec<SurvivalPoint>,
}

/// The curve from one time on, up to the next point; before the first point the share is 1.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct SurvivalPoint {
    /// Days since entry.
    pub time_days: f64,
    /// Share still in the segment, as a fraction.
    pub share: f64,
    /// The ends of the share's interval; NaN where there is none.
    pub low: f64,
    pub high: f64,
    /// Contacts in the segment and watched just before this time.
    pub at_risk: u64,
}

/// Units by their first word, with their days; months and years are the mean ones.
const UNITS: [(&str, f64); 4] =
    [("days", 1.0), ("weeks", 7.0), ("months", 365.25 / 12.0), ("years", 365.25)];
/// Height of a plot alone and of one among several.
const HEIGHTS: (f64, f64) = (220.0, 120.0);
/// Between two panels beside each other.
const BETWEEN: f64 = 26.0;
/// A panel alone is not wider than this.
const ALONE: f64 = 620.0;
/// Times beyond this are none.
const WILD: f64 = 1e7;
const WATCHED: &str = "at risk";

impl SurvivalCurves {
    pub(super) fn nothing(&self) -> Option<String> {
        let is_known = self.segments.iter().any(|one| !one.known().is_empty());
        (!is_known).then(|| "no contact has entered a segment yet".to_owned())
    }

    pub(super) fn draw(&self, scene: &mut Scene) {
        let known = self.segments.iter().map(|one| Curve { name: &one.name, points: one.known() });
        let shown: Vec<Curve> = known.filter(|curve| !curve.points.is_empty()).collect();
        draw_key(scene, &shown);
        let across = match shown.len() {
            _ if scene.narrow() => 1,
            1 => 1,
            2..=4 => 2,
            _ => 3,
        };
        let room = scene.right() - scene.left() - BETWEEN * (across as f64 - 1.0);
        let width = (room / across as f64).min(ALONE);
        let height = if shown.len() == 1 { HEIGHTS.0 } else { HEIGHTS.1 };
        let time = self.time(&shown);
        for (number, row) in shown.chunks(across).enumerate() {
            // On a page the unit stands below the lowest panel of each column.
            let below = shown.len().saturating_sub((number + 1) * across);
            let untitled = if scene.narrow() { 0 } else { below.min(across) };
            draw_row(scene, row, &Axis { sides: (0.0, width), height, ..time.clone() }, untitled);
        }
    }

    /// The axis of time, the same for all panels.
    fn time(&self, shown: &[Curve]) -> Axis {
        let first = self.unit.split_whitespace().next().unwrap_or_default();
        let unit = UNITS.iter().find(|(name, _)| name.eq_ignore_ascii_case(first));
        let (days, title) = match unit {
            Some((_, days)) => (*days, self.unit.clone()),
            None => (1.0, format!("{}, in days", self.unit)),
        };
        let times = shown.iter().flat_map(|curve| &curve.points).map(|point| point.time_days);
        Axis { days, title, last: times.fold(0.0, f64::max), sides: (0.0, 0.0), height: 0.0 }
    }
}

/// Panels beside each other, of which the first `untitled` are without the unit of time.
fn draw_row(scene: &mut Scene, row: &[Curve], axis: &Axis, untitled: usize) {
    let (top, mut below) = (scene.y, scene.y);
    let width = axis.sides.1 - axis.sides.0;
    let heads: Vec<Vec<String>> = row.iter().map(|one| one.head(scene, width)).collect();
    let lines = heads.iter().map(Vec::len).max().unwrap_or(0);
    for (place, (curve, head)) in row.iter().zip(&heads).enumerate() {
        let left = scene.left() + (width + BETWEEN) * place as f64;
        let axis = Axis { sides: (left, left + width), ..axis.clone() };
        scene.y = top + (lines - head.len()) as f64 * scene.body().line();
        curve.draw(scene, head, &axis);
        if place >= untitled {
            axis.draw_title(scene);
        }
        below = below.max(scene.y);
    }
    scene.y = below + GAP;
}

/// A segment with the points that can be drawn.
struct Curve<'a> {
    name: &'a str,
    points: Vec<SurvivalPoint>,
}

/// Where a panel stands and what its time counts.
#[derive(Clone)]
struct Axis {
    /// Days of a unit.
    days: f64,
    title: String,
    /// The last time of all panels, in days.
    last: f64,
    sides: (f64, f64),
    height: f64,
}

impl Axis {
    /// Left of the plot, room for the levels and the words before the contacts at risk.
    fn scale(&self, scene: &Scene) -> Scale {
        let label = scene.small().width("100%").max(scene.small().width(WATCHED));
        let ends = (self.sides.0 + label + 2.0 * GAP, self.sides.1 - 2.0 * GAP);
        Scale::new((0.0, self.last / self.days), ends)
    }

    fn ticks(&self, scale: Scale) -> Ticks {
        scale.ticks(((scale.at(scale.high()) - scale.at(0.0)) / 44.0).clamp(2.0, 8.0) as usize)
    }

    fn draw_title(&self, scene: &mut Scene) {
        let scale = self.scale(scene);
        let (from, to) = (scale.at(0.0), scale.at(scale.high()));
        let face = scene.small().middle();
        for line in face.wrap(&self.title, to - from, 2) {
            scene.text(((from + to) / 2.0, scene.y + face.em), &line, face);
            scene.y += face.line();
        }
    }
}

impl Curve<'_> {
    fn head(&self, scene: &Scene, width: f64) -> Vec<String> {
        scene.body().bold().wrap(self.name, width, 2)
    }

    fn draw(&self, scene: &mut Scene, head: &[String], axis: &Axis) {
        let face = scene.body().bold();
        for line in head {
            scene.text((axis.sides.0, scene.y + face.em), line, face);
            scene.y += face.line();
        }
        let (top, bottom) = (scene.y + GAP, scene.y + GAP + axis.height);
        let (time, up) = (axis.scale(scene), Scale::new((0.0, 1.0), (bottom, top)));
        let ticks = axis.ticks(time);
        draw_grid(scene, time, &ticks, (top, bottom));
        let steps = self.steps(axis.days);
        draw_band(scene, &steps, (time, up));
        let percent = up.percent();
        let ends = (time.at(0.0), time.at(time.high()));
        draw_levels(scene, percent, &percent.every(25.0), ends, "%");
        draw_steps(scene, &steps, (time, up));
        // Clear of the lowest level.
        draw_labels(scene, time, &ticks, bottom + 2.0, "");
        scene.y = bottom + scene.small().line() + 6.0;
        self.draw_at_risk(scene, axis, &ticks);
    }

    /// The curve from time 0 on, in units of the axis.
    fn steps(&self, days: f64) -> Vec<SurvivalPoint> {
        let all = SurvivalPoint { time_days: 0.0, share: 1.0, low: 1.0, high: 1.0, at_risk: 0 };
        let points = self.points.iter();
        let points =
            points.map(|point| SurvivalPoint { time_days: point.time_days / days, ..*point });
        std::iter::once(all).chain(points).collect()
    }

    /// Below each tick the contacts at risk at the first point from it on.
    fn draw_at_risk(&self, scene: &mut Scene, axis: &Axis, ticks: &Ticks) {
        let (face, time) = (scene.small(), axis.scale(scene));
        let height = face.line() + 2.0;
        let (left, right) = axis.sides;
        scene.rect((left, scene.y), (right - left, height), PANEL);
        let line = scene.y + height / 2.0 + face.half();
        scene.text((left + 3.0, line), WATCHED, face);
        let mut free_from = left + 3.0 + face.width(WATCHED) + 6.0;
        for tick in &ticks.values {
            let from = tick * axis.days - 1e-6;
            let Some(point) = self.points.iter().find(|point| point.time_days >= from) else {
                break;
            };
            let text = number::count(point.at_risk);
            let (x, half) = (time.at(*tick), face.width(&text) / 2.0);
            // The first number moves aside for the words before it.
            let left = if *tick == 0.0 { free_from.max(x - half) } else { x - half };
            if left >= free_from && left + 2.0 * half <= right {
                scene.text((left, line), &text, face);
                free_from = left + 2.0 * half + 6.0;
            }
        }
        scene.y += height + 3.0;
    }
}

impl SurvivalLine {
    /// The points that can be drawn, in the order of time.
    fn known(&self) -> Vec<SurvivalPoint> {
        let is_known = |point: &&SurvivalPoint| {
            (0.0..WILD).contains(&point.time_days) && point.share.is_finite()
        };
        let mut points: Vec<SurvivalPoint> = self.points.iter().filter(is_known).copied().collect();
        points.sort_by(|a, b| a.time_days.total_cmp(&b.time_days));
        points
    }
}

/// The interval of each step, where there is one.
fn draw_band(scene: &mut Scene, steps: &[SurvivalPoint], (time, up): (Scale, Scale)) {
    for pair in steps.windows(2) {
        let [point, next] = pair else { continue };
        if point.low <= point.high {
            let (left, top) = (time.at(point.time_days), up.at(point.high));
            let size = (time.at(next.time_days) - left, up.at(point.low) - top);
            scene.rect((left, top), size, PALE_BLUE);
        }
    }
}

/// The shares: level up to the next time, then straight down; a dot where the curve ends.
fn draw_steps(scene: &mut Scene, steps: &[SurvivalPoint], (time, up): (Scale, Scale)) {
    let mut line: Vec<(f64, f64)> = Vec::new();
    for point in steps {
        let (x, y) = (time.at(point.time_days), up.at(point.share));
        line.extend(line.last().map(|(_, before)| (x, *before)));
        line.push((x, y));
    }
    let end = line.last().copied();
    scene.line(line, BLUE, 2.0);
    if let Some(end) = end {
        scene.dot(end, 3.0, BLUE);
    }
}

fn draw_key(scene: &mut Scene, shown: &[Curve]) {
    let mut entries =
        vec![Entry { key: Key::Line, color: BLUE, text: "share still in the segment" }];
    if shown.iter().flat_map(|curve| &curve.points).any(|point| point.low < point.high) {
        entries.push(Entry { key: Key::Band, color: PALE_BLUE, text: "its interval" });
    }
    let text = "at risk: contacts still in the segment and still watched";
    entries.push(Entry { key: Key::Band, color: PANEL, text });
    draw_legend(scene, &entries);
    scene.y += GAP;
}
