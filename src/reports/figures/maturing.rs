//! How an outcome ripens after the send: the rate so far of each arm, and how far they are apart.

use plotters::style::RGBColor;
use serde::Serialize;

use super::apart::apart;
use super::axis::{Scale, draw_levels, widest_label};
use super::forest_plot::ForestUnit;
use super::maturing_panel::draw_differences;
use super::maturing_time::TimeAxis;
use super::scene::Scene;
use super::sign::Sign;
use super::theme::{AXIS, GAP, SERIES};
use crate::reports::number;

/// The cumulative rate of each arm over the time since the send, and below it the difference of each
/// treatment from the control with the intervals of that time alone and of all times together.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Maturing {
    /// What ripens: "click rate".
    pub metric: String,
    /// What rates and differences are in; rates of [`ForestUnit::PercentagePoints`] are fractions.
    pub unit: ForestUnit,
    pub time: TimeUnit,
    /// Name of the arm from which the differences are.
    pub control: String,
    /// Level of the intervals and of the sequences, in (0, 1).
    pub level: f64,
    pub arms: Vec<MaturingArm>,
    /// A panel each.
    pub differences: Vec<MaturingDifference>,
    /// Differences that are too small to matter end here: dashed lines, in the unit of the differences.
    pub margins: Vec<f64>,
}

/// What time is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeUnit {
    Hours,
    Days,
}

/// The rate so far of one arm.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MaturingArm {
    pub name: String,
    /// Time since the send and the rate up to it, in the order of time.
    pub points: Vec<(f64, f64)>,
}

/// One arm minus the control.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MaturingDifference {
    /// Name of the arm.
    pub arm: String,
    /// In the order of time.
    pub points: Vec<DifferencePoint>,
}

/// The difference so far at one time.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct DifferencePoint {
    /// Time since the send.
    pub time: f64,
    pub difference: f64,
    /// Its interval if it had been looked at only now.
    pub interval: Option<(f64, f64)>,
    /// Its confidence sequence: holds at all times together.
    pub sequence: Option<(f64, f64)>,
}

/// Height of the plot of rates, wide and narrow.
const HEIGHT: (f64, f64) = (230.0, 190.0);
/// The most that names of arms take, wide and narrow.
const NAMES: (f64, f64) = (240.0, 130.0);
/// Room for the sign before a name.
const SIGN: f64 = 14.0;
/// About how many signs a line carries.
const SIGNS: usize = 8;
/// Numbers beyond this are no measurements.
const WILD: f64 = 1e12;

impl Maturing {
    pub(super) fn nothing(&self) -> Option<String> {
        let is_known = self.arms.iter().any(|arm| !arm.known().is_empty());
        (!is_known).then(|| "no time has passed since the send".to_owned())
    }

    pub(super) fn draw(&self, scene: &mut Scene) {
        self.draw_rates(scene);
        draw_differences(scene, self);
    }

    /// The last time of any point.
    pub(super) fn last(&self) -> f64 {
        let rates = self.arms.iter().flat_map(MaturingArm::known).map(|point| point.0);
        let differences = self.differences.iter().flat_map(MaturingDifference::known);
        rates.chain(differences.map(|point| point.time)).fold(0.0, f64::max)
    }

    /// Colour and sign of an arm.
    pub(super) fn look(&self, arm: usize) -> (RGBColor, Sign) {
        (SERIES[arm % SERIES.len()], Sign::nth(arm))
    }

    fn draw_rates(&self, scene: &mut Scene) {
        let (suffix, unit) = match &self.unit {
            ForestUnit::Currency(unit) | ForestUnit::Other(unit) => ("", format!(", {unit}")),
            _ => ("%", String::new()),
        };
        scene.paragraph(&format!("{} so far{unit}", self.metric), scene.small(), 2);
        let known: Vec<_> = self.arms.iter().map(MaturingArm::known).enumerate().collect();
        let known: Vec<_> = known.into_iter().filter(|(_, points)| !points.is_empty()).collect();
        let arms: Vec<usize> = known.iter().map(|(arm, _)| *arm).collect();
        let labels = self.labels(scene, &arms);
        let names = labels.iter().map(|label| label.width).fold(0.0, f64::max);
        let height = if scene.narrow() { HEIGHT.1 } else { HEIGHT.0 };
        let height = height.max(label_height(scene) * labels.len() as f64);
        let (top, bottom) = (scene.y + GAP, scene.y + GAP + height);
        let up = Scale::new(self.rates(), (bottom, top));
        let ticks = up.ticks(5);
        let left = scene.left() + widest_label(scene, &ticks, suffix) + GAP;
        let right = scene.right() - names - 3.0 * GAP;
        let time = TimeAxis::new(self, (left, right));
        time.draw_grid(scene, (top, bottom));
        draw_levels(scene, up, &ticks, (left, right), suffix);
        let mut ends = Vec::new();
        for (arm, points) in &known {
            let at = |(t, rate): &(f64, f64)| (time.at(*t), up.at(rate * self.unit.factor()));
            let line: Vec<(f64, f64)> = points.iter().map(at).collect();
            self.draw_line(scene, *arm, &line);
            ends.extend(line.last().copied());
        }
        draw_names(scene, &labels, &ends, (right + 2.0 * GAP, top - GAP, bottom + GAP));
        scene.y = bottom;
        time.draw_labels(scene, true);
    }

    /// From zero to the highest rate, in axis units.
    fn rates(&self) -> (f64, f64) {
        let known = || self.arms.iter().flat_map(MaturingArm::known);
        let rates = || known().map(|point| point.1 * self.unit.factor());
        let (low, high) = (rates().fold(0.0, f64::min), rates().fold(0.0, f64::max));
        if high > low { (1.05 * low, 1.05 * high) } else { (0.0, 1.0) }
    }

    fn draw_line(&self, scene: &mut Scene, arm: usize, line: &[(f64, f64)]) {
        let (color, sign) = self.look(arm);
        scene.line(line.to_vec(), color, 2.0);
        // Signs from the end, where the line has its name; not all arms at the same times.
        let every = line.len().div_ceil(SIGNS).max(1);
        let shift = every * arm / self.arms.len().max(1);
        for (place, at) in line.iter().rev().enumerate() {
            if place == 0 || (place % every == shift && 2 * place >= every) {
                sign.draw(scene, *at, 4.0, color);
            }
        }
    }

    /// Names of arms with their last rates; names alone where a rate would cut one short.
    fn labels(&self, scene: &Scene, arms: &[usize]) -> Vec<Label> {
        let (face, small) = (scene.body(), scene.small());
        let most = if scene.narrow() { NAMES.1 } else { NAMES.0 } - SIGN;
        let rate = |arm: usize| {
            let rate = self.arms[arm].known().last().map_or(f64::NAN, |point| point.1);
            match self.unit {
                ForestUnit::Currency(_) | ForestUnit::Other(_) => number::decimal(rate, 2),
                _ => number::percent(rate, 2),
            }
        };
        let fits = |arm: &usize| {
            face.width(&self.arms[*arm].name).ceil() + 6.0 + small.width(&rate(*arm)) <= most
        };
        let with_rates = arms.iter().all(fits);
        let label = |arm: &usize| {
            let name = face.shorten(&self.arms[*arm].name, most);
            let rate = if with_rates { rate(*arm) } else { String::new() };
            let rate_at = SIGN + face.width(&name).ceil() + 6.0;
            let width = rate_at + small.width(&rate);
            Label { look: self.look(*arm), name, rate, rate_at, width }
        };
        arms.iter().map(label).collect()
    }
}

/// The words at the end of a line.
struct Label {
    look: (RGBColor, Sign),
    name: String,
    rate: String,
    /// Where the rate begins.
    rate_at: f64,
    width: f64,
}

fn label_height(scene: &Scene) -> f64 {
    scene.body().line() + 1.0
}

/// Names right of the lines' ends, from `left` on.
fn draw_names(
    scene: &mut Scene,
    labels: &[Label],
    ends: &[(f64, f64)],
    (left, top, bottom): (f64, f64, f64),
) {
    let wanted: Vec<f64> = ends.iter().map(|(_, y)| *y).collect();
    let places = apart(&wanted, label_height(scene), (top, bottom));
    for ((label, end), middle) in labels.iter().zip(ends).zip(places) {
        label.draw(scene, *end, (left, middle));
    }
}

impl Label {
    fn draw(&self, scene: &mut Scene, end: (f64, f64), (x, middle): (f64, f64)) {
        let (face, small) = (scene.body(), scene.small());
        scene.line(vec![(end.0 + 6.0, end.1), (x - 3.0, middle)], AXIS, 1.0);
        let (color, sign) = self.look;
        sign.draw(scene, (x + 4.0, middle), 4.0, color);
        scene.text((x + SIGN, middle + face.half()), &self.name, face);
        scene.text((x + self.rate_at, middle + face.half()), &self.rate, small);
    }
}

impl MaturingArm {
    /// The points that can be drawn.
    fn known(&self) -> Vec<(f64, f64)> {
        let is_known =
            |(time, rate): &&(f64, f64)| is_measured(*rate) && (0.0..WILD).contains(time);
        self.points.iter().filter(is_known).copied().collect()
    }
}

impl MaturingDifference {
    /// The points that can be drawn, with those of their intervals that can.
    pub(super) fn known(&self) -> Vec<DifferencePoint> {
        let is_known = |point: &&DifferencePoint| {
            is_measured(point.difference) && (0.0..WILD).contains(&point.time)
        };
        let ordered = |ends: Option<(f64, f64)>| ends.filter(|(low, high)| low <= high);
        let points = self.points.iter().filter(is_known).map(|point| DifferencePoint {
            interval: ordered(point.interval),
            sequence: ordered(point.sequence),
            ..*point
        });
        points.collect()
    }
}

pub(super) fn is_measured(value: f64) -> bool {
    value.abs() <= WILD
}
