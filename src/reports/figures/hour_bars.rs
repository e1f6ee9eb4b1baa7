//! When people are active: the share of activity in each local hour.

use serde::Serialize;

use super::axis::Scale;
use super::scene::{Face, Scene};
use super::theme::{AXIS, BLUE, GAP, GRID, SKY, VERMILLION};
use crate::reports::number;

/// Share of activity by local hour, a panel a series, all on one scale.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HourBars {
    /// What is counted, in the plural: "clicks", "opens".
    pub activity: String,
    pub panels: Vec<HourPanel>,
}

/// One series of hours.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct HourPanel {
    pub name: String,
    /// How many events it is made from, as it should be shown: "n = 1,204".
    pub n: String,
    /// Fractions of the series' activity in hours 0 to 23, local to the recipient.
    pub shares: Vec<f64>,
    /// Circular mean hour, 0 to 24; `None` where no hour is preferred.
    pub mean_hour: Option<f64>,
}

const PLOT: f64 = 96.0;
/// The most that one panel takes of a wide page.
const WIDEST: f64 = 520.0;
const BETWEEN: f64 = 24.0;
pub(super) const HOURS: usize = 24;

impl HourBars {
    pub(super) fn nothing(&self) -> Option<String> {
        if self.panels.is_empty() {
            Some("there are no series".to_owned())
        } else if self.panels.iter().all(HourPanel::is_empty) {
            Some(format!("there are no {}", self.activity))
        } else {
            None
        }
    }

    pub(super) fn draw(&self, scene: &mut Scene) {
        let across = if scene.narrow() { 1 } else { self.panels.len().clamp(1, 3) };
        let room = scene.right() - scene.left() - BETWEEN * (across - 1) as f64;
        let width = (room / across as f64).min(WIDEST);
        for row in self.panels.chunks(across) {
            self.draw_row(scene, row, width);
        }
        let note =
            format!("local hour of the recipient (0 to 23); bars: share of {}", self.activity);
        let face = scene.small();
        scene.paragraph(&note, face, 3);
        if self.panels.iter().any(|panel| panel.mean().is_some()) {
            scene.paragraph("▼ circular mean hour", face.color(VERMILLION), 1);
        }
    }

    fn draw_row(&self, scene: &mut Scene, row: &[HourPanel], width: f64) {
        let words: Vec<Words> = row.iter().map(|panel| panel.words(scene, width)).collect();
        let (top, tallest) = (scene.y, words.iter().map(Words::height).fold(0.0, f64::max));
        for (i, (panel, words)) in row.iter().zip(&words).enumerate() {
            // Words end where the bars begin, whatever their number of lines.
            scene.y = top + tallest - words.height();
            let left = scene.left() + (width + BETWEEN) * i as f64;
            self.draw_panel(scene, panel, words, (left, width));
        }
        scene.y += 2.0 * GAP;
    }

    /// The largest share of any panel; the scale is common so that panels compare.
    fn most(&self) -> f64 {
        let shares = self.panels.iter().flat_map(|panel| panel.shares.iter().copied());
        shares.filter(|share| share.is_finite()).fold(0.01, f64::max)
    }

    fn draw_panel(
        &self,
        scene: &mut Scene,
        panel: &HourPanel,
        words: &Words,
        (left, width): (f64, f64),
    ) {
        words.draw(scene, left);
        let axis = scene.small().width("100%") + 4.0;
        let across = Scale::new((0.0, HOURS as f64), (left + axis, left + width));
        let up = Scale::new((0.0, self.most() * 100.0), (scene.y + PLOT, scene.y + 10.0));
        draw_grid(scene, across, up);
        panel.draw_bars(scene, across, up);
        scene.y += PLOT;
        draw_hours(scene, across);
    }
}

/// What stands above a panel, broken into lines.
struct Words {
    name: (Face, Vec<String>),
    remark: (Face, Vec<String>),
}

impl Words {
    fn height(&self) -> f64 {
        let part = |(face, lines): &(Face, Vec<String>)| face.line() * lines.len() as f64;
        part(&self.name) + part(&self.remark) + GAP
    }

    fn draw(&self, scene: &mut Scene, left: f64) {
        for (face, lines) in [&self.name, &self.remark] {
            for line in lines {
                scene.text((left, scene.y + face.em), line, *face);
                scene.y += face.line();
            }
        }
        scene.y += GAP;
    }
}

impl HourPanel {
    pub(super) fn is_empty(&self) -> bool {
        !self.shares.iter().any(|share| *share > 0.0)
    }

    fn words(&self, scene: &Scene, width: f64) -> Words {
        let (bold, small) = (scene.body().bold(), scene.small());
        Words {
            name: (bold, bold.wrap(&self.name, width, 2)),
            remark: (small, small.wrap(&self.remark(), width, 2)),
        }
    }

    /// The mean hour from 0 to 24, where there is activity and an hour is preferred.
    pub(super) fn mean(&self) -> Option<f64> {
        let mean = self.mean_hour.filter(|hour| hour.is_finite() && !self.is_empty());
        mean.map(|hour| hour.rem_euclid(24.0))
    }

    /// The mean hour in words, or that there is none.
    pub(super) fn preference(&self) -> String {
        match self.mean() {
            _ if self.is_empty() => "no activity".to_owned(),
            Some(hour) => format!("mean hour {}", clock(hour)),
            None => "no preferred hour".to_owned(),
        }
    }

    fn remark(&self) -> String {
        let preference = self.preference();
        if self.n.is_empty() { preference } else { format!("{preference} · {}", self.n) }
    }

    fn draw_bars(&self, scene: &mut Scene, across: Scale, up: Scale) {
        let fill = if self.mean().is_some() { BLUE } else { SKY };
        let bottom = up.at(0.0);
        for (hour, share) in self.shares.iter().take(HOURS).enumerate() {
            let (from, to) = (across.at(hour as f64), across.at(hour as f64 + 1.0));
            let top = up.at(share * 100.0);
            scene.rect((from + 0.5, top), (to - from - 1.0, bottom - top), fill);
        }
        if let Some(hour) = self.mean() {
            let (x, top) = (across.at(hour), up.at(up.high()));
            scene.line(vec![(x, top), (x, bottom)], VERMILLION, 1.0);
            scene.area(vec![(x - 5.0, top - 8.0), (x + 5.0, top - 8.0), (x, top)], VERMILLION);
        }
    }
}

fn draw_grid(scene: &mut Scene, across: Scale, up: Scale) {
    let face = scene.small().end();
    let ticks = up.ticks(3);
    let (left, right) = (across.at(0.0), across.at(HOURS as f64));
    for value in &ticks.values {
        let y = up.at(*value);
        let color = if *value == 0.0 { AXIS } else { GRID };
        scene.line(vec![(left, y), (right, y)], color, 1.0);
        let text = format!("{}%", number::decimal(*value, ticks.decimals));
        scene.text((left - 4.0, y + face.half()), &text, face);
    }
}

fn draw_hours(scene: &mut Scene, across: Scale) {
    let face = scene.small().middle();
    scene.y += face.em + 4.0;
    for hour in (0..HOURS).step_by(6).chain([HOURS - 1]) {
        scene.text((across.at(hour as f64 + 0.5), scene.y), &hour.to_string(), face);
    }
    scene.y += 4.0;
}

/// An hour with a fraction as a time of day: 18.5 is `18:30`.
pub(super) fn clock(hour: f64) -> String {
    let minutes = (hour.rem_euclid(24.0) * 60.0).round() as i64 % (24 * 60);
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}
