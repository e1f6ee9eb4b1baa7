//! How far the contacts have drifted from those that the segments were made from.

use serde::Serialize;

use super::axis::{Scale, draw_labels};
use super::dot_rows::{DotColumns, RowWords};
use super::legend::{Entry, Key, draw_legend};
use super::scene::Scene;
use super::theme::{AXIS, BLUE, GAP, GRID, INK, MUTED, PAPER, SKY};
use crate::reports::number;

/// The population stability index of each feature or of the segments' shares, with what chance alone
/// gives and the lines from which it matters.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DriftBars {
    /// From this index on the drift should be watched: 0.1.
    pub watch: f64,
    /// From this index on the segments should be made anew: 0.25.
    pub refit: f64,
    /// Largest first.
    pub rows: Vec<DriftRow>,
}

/// The drift of one thing.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DriftRow {
    pub label: String,
    /// Population stability index, from 0; NaN where it was not computed.
    pub psi: f64,
    /// The index that chance alone exceeds in 5 of 100 cases.
    pub noise: f64,
}

/// The axis ends at this many times the higher line; longer bars are cut.
const REACH: f64 = 4.0;
/// Lines elsewhere are not drawn.
const INDICES: std::ops::RangeInclusive<f64> = 1e-3..=1e3;
/// Height of a bar, and how far a tick stands out of it.
const BAR: f64 = 14.0;
const TICK: f64 = 4.0;

impl DriftBars {
    pub(super) fn nothing(&self) -> Option<String> {
        let is_known = self.rows.iter().any(|row| !row.psi.is_nan());
        (!is_known).then(|| "no drift was measured".to_owned())
    }

    pub(super) fn draw(&self, scene: &mut Scene) {
        self.draw_key(scene);
        let words: Vec<RowWords> = self.rows.iter().map(DriftRow::words).collect();
        let columns = DotColumns::new(scene, &words);
        let scale = Scale::new((0.0, self.most()), columns.plot);
        self.draw_line_names(scene, scale);
        for (row, words) in self.rows.iter().zip(&words) {
            columns.draw_row(scene, words, |scene, (top, bottom)| {
                row.draw_bar(scene, scale, (top + bottom) / 2.0);
                self.draw_lines(scene, scale, (top, bottom));
                row.draw_noise(scene, scale, (top + bottom) / 2.0);
            });
        }
        draw_labels(scene, scale, &scale.ticks(if scene.narrow() { 5 } else { 8 }), scene.y, "");
        scene.y += scene.small().line() + GAP;
        draw_title(scene, columns.plot);
    }

    /// The lines that have a place, lowest first.
    fn lines(&self) -> Vec<(f64, String)> {
        let mut lines = vec![(self.watch, "watch"), (self.refit, "refit")];
        lines.retain(|(at, _)| INDICES.contains(at));
        lines.sort_by(|a, b| a.0.total_cmp(&b.0));
        let words = |(at, name)| (at, format!("{name} from {}", number::shortest(at)));
        lines.into_iter().map(words).collect()
    }

    /// The axis's end: around everything, but not so far that the lines are squeezed together.
    fn most(&self) -> f64 {
        let line = self.lines().last().map_or(0.25, |line| line.0);
        let values = self.rows.iter().flat_map(|row| [row.psi, row.noise]);
        let values = values.filter(|value| value.is_finite()).fold(0.0, f64::max);
        (1.05 * values).clamp(1.15 * line, REACH * line)
    }

    /// Names above the lines, one below the other so that they cannot meet.
    fn draw_line_names(&self, scene: &mut Scene, scale: Scale) {
        let face = scene.small().bold().color(INK);
        let lines = self.lines();
        for (place, (at, name)) in lines.iter().enumerate() {
            let (x, bottom) = (scale.at(*at), scene.y + face.line());
            for (higher, _) in &lines[..place] {
                let x = scale.at(*higher);
                scene.dashed((x, scene.y), (x, bottom), MUTED, 1.5);
            }
            let text = face.shorten(name, scene.right() - scene.left());
            let fits = x + 5.0 + face.width(&text) <= scene.right();
            let left = if fits { x + 5.0 } else { x - 5.0 - face.width(&text) };
            let left = left.max(scene.left());
            scene.text((left, scene.y + face.em), &text, face);
            scene.dashed((x, scene.y), (x, bottom), MUTED, 1.5);
            scene.y = bottom;
        }
        scene.line(vec![(scene.left(), scene.y), (scene.right(), scene.y)], GRID, 1.0);
    }

    fn draw_lines(&self, scene: &mut Scene, scale: Scale, (top, bottom): (f64, f64)) {
        let x = scale.at(0.0);
        scene.line(vec![(x, top), (x, bottom)], AXIS, 1.0);
        for (at, _) in self.lines() {
            let x = scale.at(at);
            scene.dashed((x, top), (x, bottom), MUTED, 1.5);
        }
    }

    fn draw_key(&self, scene: &mut Scene) {
        let has = |beyond: bool| {
            self.rows.iter().any(|row| !row.psi.is_nan() && row.is_beyond_noise() == beyond)
        };
        let mut entries = Vec::new();
        if has(true) {
            entries.push(Entry { key: Key::Band, color: BLUE, text: "more than chance" });
        }
        if has(false) {
            entries.push(Entry { key: Key::Band, color: SKY, text: "chance alone may give it" });
        }
        if self.rows.iter().any(|row| row.noise.is_finite()) {
            let text = "noise: in 95 of 100 cases chance alone stays below the tick";
            entries.push(Entry { key: Key::Upright, color: INK, text });
        }
        draw_legend(scene, &entries);
        scene.y += GAP;
    }
}

impl DriftRow {
    fn is_beyond_noise(&self) -> bool {
        !self.noise.is_finite() || self.psi > self.noise
    }

    fn words(&self) -> RowWords {
        let noise = number::decimal(self.noise, 3);
        RowWords {
            label: self.label.clone(),
            n: if self.noise.is_nan() { String::new() } else { format!("noise {noise}") },
            value: match self.psi.is_nan() {
                true => "not computed".to_owned(),
                false => number::decimal(self.psi, 3),
            },
        }
    }

    /// The bar, cut where it goes on beyond the axis.
    fn draw_bar(&self, scene: &mut Scene, scale: Scale, middle: f64) {
        if self.psi.is_nan() {
            return;
        }
        let (from, to, top) = (scale.at(0.0), scale.at(self.psi), middle - BAR / 2.0);
        let color = if self.is_beyond_noise() { BLUE } else { SKY };
        scene.rect((from, top), (to - from, BAR), color);
        if self.psi > scale.high() {
            let cut = |x: f64| vec![(x + 3.0, top - 1.0), (x - 3.0, top + BAR + 1.0)];
            scene.line(cut(to - 16.0), PAPER, 3.0);
        }
    }

    fn draw_noise(&self, scene: &mut Scene, scale: Scale, middle: f64) {
        if self.noise.is_finite() && self.noise <= scale.high() {
            let (x, reach) = (scale.at(self.noise), BAR / 2.0 + TICK);
            scene.line(vec![(x, middle - reach), (x, middle + reach)], PAPER, 4.0);
            scene.line(vec![(x, middle - reach), (x, middle + reach)], INK, 2.0);
        }
    }
}

/// What the axis is, in the middle below it.
fn draw_title(scene: &mut Scene, (from, to): (f64, f64)) {
    let face = scene.small().middle();
    let title = "population stability index (0: distributed as when the segments were made)";
    for line in face.wrap(title, to - from, 3) {
        scene.text(((from + to) / 2.0, scene.y + face.em), &line, face);
        scene.y += face.line();
    }
}
