//! Whether the p-values of many comparisons are as they would be if nothing differed.

use serde::Serialize;

use super::apart::apart;
use super::legend::{Entry, Key, draw_legend};
use super::p_value_axis::PValueAxis;
use super::scene::Scene;
use super::sign::Sign;
use super::theme::{AXIS, BLUE, GAP, PALE_BLUE};
use crate::reports::number;

/// Observed p-values against those expected if nothing differed, both on logarithmic axes with the
/// smallest at the far end, with the line on which they are equal and a band around it.
///
/// Logarithmic axes show what matters: the smallest p-values, which plain ones press into a corner.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PValuePlot {
    /// What has a p-value each, in the plural: "segments".
    pub compared: String,
    /// Level of the band at each dot, in (0, 1).
    pub level: f64,
    pub dots: Vec<PValueDot>,
}

/// The p-value of one comparison at its rank.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PValueDot {
    pub name: String,
    /// The p-value expected at this rank if nothing differed, in (0, 1).
    pub expected: f64,
    /// In 0 to 1.
    pub observed: f64,
    /// Between which p-values the observed one lies at this level if nothing differed.
    pub band: Option<(f64, f64)>,
    /// Named in the figure; at most the eight smallest are.
    pub labelled: bool,
}

/// Sides of the plot on a page, and its height on a phone.
const WIDE_PLOT: (f64, f64) = (540.0, 360.0);
const NARROW_HEIGHT: f64 = 270.0;
/// The most dots that are named.
const LABELS: usize = 8;

impl PValuePlot {
    pub(super) fn nothing(&self) -> Option<String> {
        self.known().is_empty().then(|| format!("none of the {} has a p-value", self.compared))
    }

    pub(super) fn draw(&self, scene: &mut Scene) {
        let labelled = self.labelled();
        let left = scene.left() + scene.small().width("0.0001") + GAP;
        let room = scene.right() - GAP;
        let right = if scene.narrow() { room } else { scene.left() + WIDE_PLOT.0 };
        let height = if scene.narrow() { NARROW_HEIGHT } else { WIDE_PLOT.1 };
        let axis = PValueAxis::new(&self.known(), (left, right));
        self.draw_key(scene, &axis);
        scene.paragraph("observed p-value, the smallest at the top", scene.small(), 1);
        let (top, bottom) = (scene.y + GAP, scene.y + GAP + height);
        let axis = axis.between(bottom, top);
        axis.draw_grid(scene);
        self.draw_dots(scene, &axis);
        if !scene.narrow() {
            draw_labels(scene, &labelled, &axis, (right + 2.0 * GAP, top, bottom));
        }
        axis.draw_labels(scene);
        scene.y = bottom + scene.small().line() + GAP;
        let title = "p-value expected at this rank if nothing differed";
        scene.paragraph(title, scene.small(), 2);
        if scene.narrow() {
            draw_list(scene, &labelled);
        }
        self.draw_rest(scene, labelled.len());
    }

    /// What can be drawn, the smallest expected p-value first.
    fn known(&self) -> Vec<&PValueDot> {
        let is_known = |dot: &&PValueDot| {
            dot.expected > 0.0 && dot.expected <= 1.0 && (0.0..=1.0).contains(&dot.observed)
        };
        let mut known: Vec<&PValueDot> = self.dots.iter().filter(is_known).collect();
        known.sort_by(|a, b| a.expected.total_cmp(&b.expected));
        known
    }

    /// The dots that are named, the smallest observed p-value first.
    fn labelled(&self) -> Vec<&PValueDot> {
        let named = |dot: &&PValueDot| dot.labelled && !dot.name.trim().is_empty();
        let mut labelled: Vec<&PValueDot> = self.known().into_iter().filter(named).collect();
        labelled.sort_by(|a, b| a.observed.total_cmp(&b.observed));
        labelled.truncate(LABELS);
        labelled
    }

    fn draw_key(&self, scene: &mut Scene, axis: &PValueAxis) {
        let known = self.known();
        let count = number::count(known.len() as u64);
        let dots = format!("one of {count} {}", self.compared);
        let level = number::percent(self.level, 0);
        let band = format!("holds each dot with {level} probability if nothing differs");
        let mut entries = vec![
            Entry { key: Key::Filled(Sign::Circle), color: BLUE, text: &dots },
            Entry { key: Key::Line, color: AXIS, text: "as expected" },
        ];
        if known.iter().filter(|dot| dot.band().is_some()).count() > 1 {
            entries.push(Entry { key: Key::Band, color: PALE_BLUE, text: &band });
        }
        if known.iter().any(|dot| axis.cuts(dot.observed)) {
            let text = "smaller than the axis reaches";
            entries.push(Entry { key: Key::Filled(Sign::Triangle), color: BLUE, text });
        }
        draw_legend(scene, &entries);
        scene.y += GAP;
    }

    fn draw_dots(&self, scene: &mut Scene, axis: &PValueAxis) {
        let known = self.known();
        let bands = known.iter().filter_map(|dot| Some((dot.expected, dot.band()?)));
        let bands: Vec<(f64, (f64, f64))> = bands.collect();
        let lower = bands.iter().map(|(expected, (low, _))| axis.at(*expected, *low));
        let upper = bands.iter().rev().map(|(expected, (_, high))| axis.at(*expected, *high));
        let band: Vec<(f64, f64)> = lower.chain(upper).collect();
        if bands.len() > 1 {
            scene.area(band, PALE_BLUE);
        }
        axis.draw_diagonal(scene);
        for dot in &known {
            let at = axis.at(dot.expected, dot.observed);
            match axis.cuts(dot.observed) {
                // Smaller than the axis reaches.
                true => Sign::Triangle.draw(scene, at, 5.0, BLUE),
                false => scene.dot(at, if known.len() > 60 { 3.0 } else { 4.0 }, BLUE),
            }
        }
    }

    /// How many of the marked dots are not named.
    fn draw_rest(&self, scene: &mut Scene, named: usize) {
        let marked = self.known().iter().filter(|dot| dot.labelled).count();
        if marked > named && named > 0 {
            let rest = number::count((marked - named) as u64);
            scene.paragraph(&format!("{rest} more are not named"), scene.small(), 1);
        }
    }
}

impl PValueDot {
    pub(super) fn band(&self) -> Option<(f64, f64)> {
        self.band.filter(|(low, high)| *low >= 0.0 && low <= high && *high <= 1.0)
    }

    fn words(&self) -> String {
        number::p_value(self.observed)
    }
}

/// Names beside the plot, each joined to its dot by a thin line.
fn draw_labels(
    scene: &mut Scene,
    labelled: &[&PValueDot],
    axis: &PValueAxis,
    (left, top, bottom): (f64, f64, f64),
) {
    let (face, small) = (scene.body(), scene.small());
    let dots: Vec<(f64, f64)> = labelled.iter().map(|d| axis.at(d.expected, d.observed)).collect();
    let wanted: Vec<f64> = dots.iter().map(|(_, y)| *y).collect();
    let places = apart(&wanted, face.line() + 2.0, (top - GAP, bottom));
    for ((dot, at), middle) in labelled.iter().zip(&dots).zip(places) {
        scene.line(vec![(at.0 + 6.0, at.1), (left - 4.0, middle)], AXIS, 1.0);
        let words = format!("  {}", dot.words());
        let room = scene.right() - left - small.width(&words);
        let name = face.shorten(&dot.name, room);
        let line = middle + face.half();
        scene.text((left, line), &name, face);
        scene.text((left + face.width(&name), line), &words, small);
    }
}

/// The same names below the plot of a phone.
fn draw_list(scene: &mut Scene, labelled: &[&PValueDot]) {
    if labelled.is_empty() {
        return;
    }
    let (face, small) = (scene.body(), scene.small());
    scene.y += GAP / 2.0;
    scene.paragraph("named dots, from the top:", small, 1);
    for dot in labelled {
        let words = dot.words();
        let room = scene.right() - scene.left() - small.width(&words) - GAP;
        scene.text((scene.left(), scene.y + face.em), &face.shorten(&dot.name, room), face);
        scene.text((scene.right(), scene.y + face.em), &words, small.end());
        scene.y += face.line();
    }
}
