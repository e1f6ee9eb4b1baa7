//! When people are active, on a clock of 24 hours: late evening and early morning are neighbours.

use std::f64::consts::TAU;

use plotters::style::RGBColor;
use serde::Serialize;

use super::hour_panel::{HOURS, HourPanel, clock, clockwise};
use super::scene::{Face, Scene};
use super::theme::{AXIS, BLUE, GAP, GRID, INK, SKY, VERMILLION};
use crate::reports::number;

/// Share of activity by local hour, a clock a segment, all on one scale.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HourWheel {
    /// What is counted, in the plural: "clicks", "opens".
    pub activity: String,
    pub panels: Vec<WheelPanel>,
}

/// One clock.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WheelPanel {
    pub hours: HourPanel,
    /// Confidence interval of the mean hour, clockwise from the first to the second hour.
    pub mean_interval: Option<(f64, f64)>,
}

/// Radius of the hole in which the hand turns, of the largest share, and of the hours' names.
const HOLE: f64 = 9.0;
const RIM: f64 = 58.0;
const NAMES: f64 = 75.0;
/// Where the arc of the mean's interval runs.
const ARC: f64 = RIM + 4.0;
/// Clocks beside each other, wide and narrow.
const ACROSS: (usize, usize) = (5, 2);
const BETWEEN: f64 = 12.0;
/// The most that one clock and its words take of a page.
const WIDEST: f64 = 240.0;

impl HourWheel {
    pub(super) fn nothing(&self) -> Option<String> {
        if self.panels.is_empty() {
            Some("there are no series".to_owned())
        } else if self.panels.iter().all(|panel| panel.hours.is_empty()) {
            Some(format!("there are no {}", self.activity))
        } else {
            None
        }
    }

    pub(super) fn draw(&self, scene: &mut Scene) {
        let most = if scene.narrow() { ACROSS.1 } else { ACROSS.0 };
        // Rows of about the same number of clocks.
        let rows = self.panels.len().div_ceil(most).max(1);
        let across = self.panels.len().div_ceil(rows).max(1);
        let room = scene.right() - scene.left() - BETWEEN * (across - 1) as f64;
        let width = (room / across as f64).min(WIDEST);
        let dial = Dial { most: self.most() };
        for row in self.panels.chunks(across) {
            draw_row(scene, row, width, dial);
        }
        self.draw_notes(scene, dial);
    }

    /// The largest share of any clock; the scale is common so that clocks compare.
    fn most(&self) -> f64 {
        let shares = self.panels.iter().flat_map(|panel| panel.hours.shares.iter().copied());
        shares.filter(|share| share.is_finite()).fold(EVEN, f64::max).min(1.0)
    }

    fn draw_notes(&self, scene: &mut Scene, dial: Dial) {
        let face = scene.small();
        let most = number::percent(dial.most, 1);
        let note = format!(
            "local hour of the recipient, midnight at the top; areas: share of {} (outer ring: \
             {most} in one hour; dark ring: 4.2%, as if all hours were alike)",
            self.activity
        );
        scene.paragraph(&note, face, 4);
        if self.panels.iter().any(|panel| panel.hours.mean().is_some()) {
            let has_arc = self.panels.iter().any(|panel| panel.interval().is_some());
            let arc = if has_arc { "; arc: its confidence interval" } else { "" };
            scene.paragraph(&format!("hand: circular mean hour{arc}"), face.color(VERMILLION), 2);
        }
    }
}

/// Share of an hour where all are alike.
const EVEN: f64 = 1.0 / HOURS as f64;

/// One row of clocks, each with its words above it.
fn draw_row(scene: &mut Scene, row: &[WheelPanel], width: f64, dial: Dial) {
    let words: Vec<_> = row.iter().map(|panel| panel.words(scene, width)).collect();
    let height = |words: &[(Face, Vec<String>)]| {
        words.iter().map(|(face, lines)| face.line() * lines.len() as f64).sum::<f64>()
    };
    let tallest = words.iter().map(|words| height(words)).fold(0.0, f64::max);
    let top = scene.y;
    for (i, (panel, words)) in row.iter().zip(&words).enumerate() {
        let middle = scene.left() + (width + BETWEEN) * i as f64 + width / 2.0;
        // Words end where the clock begins, whatever their number of lines.
        scene.y = top + tallest - height(words);
        for (face, lines) in words {
            for line in lines {
                scene.text((middle, scene.y + face.em), line, face.middle());
                scene.y += face.line();
            }
        }
        let centre = (middle, top + tallest + NAMES + scene.small().em);
        draw_clock(scene, panel, centre, dial);
    }
    scene.y = top + tallest + 2.0 * (NAMES + scene.small().em) + 2.0 * GAP;
}

fn draw_clock(scene: &mut Scene, panel: &WheelPanel, centre: (f64, f64), dial: Dial) {
    let at = |hour: f64, radius: f64| on_circle(centre, hour, radius);
    ring(scene, centre, RIM, GRID);
    for hour in (0..HOURS).step_by(6) {
        let hour = hour as f64;
        scene.line(vec![at(hour, HOLE), at(hour, RIM)], GRID, 1.0);
    }
    let fill = if panel.hours.mean().is_some() { BLUE } else { SKY };
    for (hour, share) in panel.hours.shares.iter().take(HOURS).enumerate() {
        if *share > 0.0 {
            // Hour 0 is the sector from midnight to one.
            let (from, to) = (hour as f64 + 0.06, hour as f64 + 0.94);
            sector(scene, centre, (from, to), (HOLE, dial.radius(*share)), fill);
        }
    }
    ring(scene, centre, dial.radius(EVEN), AXIS);
    draw_names(scene, centre);
    draw_hand(scene, panel, centre);
}

fn draw_names(scene: &mut Scene, centre: (f64, f64)) {
    let face = scene.small().middle();
    for hour in (0..HOURS).step_by(6) {
        let (x, y) = on_circle(centre, hour as f64, NAMES);
        scene.text((x, y + face.half()), &hour.to_string(), face);
    }
}

/// The mean hour as a hand, and its interval as an arc around the rim.
fn draw_hand(scene: &mut Scene, panel: &WheelPanel, centre: (f64, f64)) {
    let Some(mean) = panel.hours.mean() else { return };
    if let Some(ends) = panel.interval() {
        sector(scene, centre, ends, (ARC - 1.5, ARC + 1.5), VERMILLION);
    }
    let tip = on_circle(centre, mean, RIM);
    scene.line(vec![centre, tip], INK, 4.0);
    scene.line(vec![centre, tip], VERMILLION, 2.5);
    scene.dot(centre, 4.0, VERMILLION);
}

/// Radii for shares: the area of a sector is as its share.
#[derive(Debug, Clone, Copy)]
struct Dial {
    /// Share whose sector reaches the rim.
    most: f64,
}

impl Dial {
    fn radius(self, share: f64) -> f64 {
        let part = (share / self.most).clamp(0.0, 1.0);
        (HOLE * HOLE + part * (RIM * RIM - HOLE * HOLE)).sqrt()
    }
}

/// Where an hour stands: midnight at the top, clockwise.
fn on_circle((x, y): (f64, f64), hour: f64, radius: f64) -> (f64, f64) {
    let (sin, cos) = (hour / 24.0 * TAU).sin_cos();
    (x + radius * sin, y - radius * cos)
}

/// Points from one hour clockwise to another.
fn arc(centre: (f64, f64), (from, to): (f64, f64), radius: f64) -> Vec<(f64, f64)> {
    // Four points an hour look round at this size.
    let steps = ((to - from).abs() * 4.0).ceil().clamp(2.0, 96.0);
    let hour = |step: f64| from + (to - from) * step / steps;
    (0..=steps as u32).map(|step| on_circle(centre, hour(f64::from(step)), radius)).collect()
}

/// The area between two hours and two radii.
fn sector(
    scene: &mut Scene,
    centre: (f64, f64),
    hours: (f64, f64),
    (inner, outer): (f64, f64),
    fill: RGBColor,
) {
    let edge = arc(centre, hours, outer).into_iter();
    let back = arc(centre, hours, inner).into_iter().rev();
    scene.area(edge.chain(back).collect(), fill);
}

fn ring(scene: &mut Scene, centre: (f64, f64), radius: f64, color: RGBColor) {
    scene.line(arc(centre, (0.0, 24.0), radius), color, 1.0);
}

impl WheelPanel {
    /// The interval's ends, the second after the first; `None` where there is no mean or no end.
    fn interval(&self) -> Option<(f64, f64)> {
        self.hours.mean()?;
        clockwise(self.mean_interval?)
    }

    /// Name, mean hour and number of actions, broken into lines.
    fn words(&self, scene: &Scene, width: f64) -> Vec<(Face, Vec<String>)> {
        let (bold, small) = (scene.body().bold(), scene.small());
        let mut words = vec![
            (bold, bold.wrap(&self.hours.name, width, 2)),
            (small, small.wrap(&self.hours.preference(), width, 2)),
        ];
        if let Some((from, to)) = self.interval() {
            words.push((small, vec![format!("({} to {})", clock(from), clock(to))]));
        }
        if !self.hours.n.is_empty() {
            words.push((small, small.wrap(&self.hours.n, width, 1)));
        }
        words
    }
}
