//! How large each segment was at every refresh.

use jiff::civil::Date;
use plotters::style::RGBColor;
use serde::Serialize;

use super::apart::apart;
use super::axis::{Scale, Ticks, draw_levels, round_step, widest_label};
use super::legend::{Entry, Key, draw_legend};
use super::scene::{Face, Scene};
use super::sign::Sign;
use super::theme::{AXIS, BLUE, GAP, GRID, INK, MUTED, SERIES};
use crate::reports::number;

/// Contacts in each segment at every refresh: lines with their names at their ends, or where there are
/// many lines or long names, a panel a segment. Segments that changed beyond noise stand out.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SizesOverTime {
    /// When segments were assigned anew, in order.
    pub dates: Vec<Date>,
    pub segments: Vec<SegmentLine>,
}

/// The sizes of one segment.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SegmentLine {
    pub id: String,
    pub name: String,
    /// Contacts at each date; `None` where the segment did not exist.
    pub sizes: Vec<Option<u64>>,
    /// Whether its change since the last digest is more than chance explains.
    pub is_beyond_noise: bool,
}

/// More lines than this are told apart better in panels of their own.
const TOGETHER: usize = 5;
/// Height of the plot of all lines, wide and narrow.
const HEIGHT: (f64, f64) = (270.0, 220.0);
/// Height of the plot in a panel.
const PANEL_HEIGHT: f64 = 84.0;
/// Between two panels beside each other.
const BETWEEN: f64 = 26.0;
/// The most that names beside the plot take, wide and narrow.
const NAMES: (f64, f64) = (230.0, 116.0);
/// Room for the sign before a name.
const SIGN: f64 = 14.0;
/// Each refresh has a dot where dots are at least this far apart.
const DOTS: f64 = 9.0;
/// Least height from one level to the next, and width from one mark of a date to the next.
const LEVEL: f64 = 21.0;
const MARK: f64 = 5.0;
/// Numbers beyond this are no sizes.
const WILD: u64 = 1_000_000_000_000;

impl SizesOverTime {
    pub(super) fn nothing(&self) -> Option<String> {
        if self.segments.is_empty() {
            Some("there are no segments".to_owned())
        } else if self.courses(false).is_empty() {
            Some("no segment was measured".to_owned())
        } else {
            None
        }
    }

    pub(super) fn draw(&self, scene: &mut Scene) {
        let courses = self.courses(false);
        if self.dates.len() > 1 {
            draw_key(scene, &courses);
        }
        let labels = courses.iter().map(|course| course.label(scene)).collect::<Option<Vec<_>>>();
        match labels.filter(|labels| labels.len() <= TOGETHER) {
            Some(labels) => draw_together(scene, &courses, &labels),
            None => draw_panels(scene, &self.courses(true)),
        }
    }

    /// The segments that have a size, each with a colour and a sign of its own unless it has a panel.
    fn courses(&self, alone: bool) -> Vec<Course<'_>> {
        let mut order: Vec<usize> = (0..self.dates.len()).collect();
        order.sort_by_key(|place| self.dates.get(*place));
        let courses = self.segments.iter().enumerate().map(|(place, segment)| {
            let look = match alone {
                true if segment.is_beyond_noise => (BLUE, Sign::Circle),
                true => (MUTED, Sign::Circle),
                false => (SERIES[place % SERIES.len()], Sign::nth(place)),
            };
            Course { segment, look, points: self.points(&order, segment) }
        });
        courses.filter(|course| course.last().is_some()).collect()
    }

    fn points(&self, order: &[usize], segment: &SegmentLine) -> Vec<Point> {
        let first = order.first().and_then(|place| self.dates.get(*place)).copied();
        let point = |place: &usize| {
            let date = *self.dates.get(*place)?;
            let days = first?.until(date).map_or(0, |span| span.get_days());
            let size = segment.sizes.get(*place).copied().flatten();
            Some(Point { date, day: f64::from(days), size: size.filter(|size| *size <= WILD) })
        };
        order.iter().filter_map(point).collect()
    }
}

/// A segment at one refresh.
#[derive(Debug, Clone, Copy)]
struct Point {
    date: Date,
    /// Days since the first refresh.
    day: f64,
    size: Option<u64>,
}

/// A segment with its sizes in the order of time.
struct Course<'a> {
    segment: &'a SegmentLine,
    look: (RGBColor, Sign),
    points: Vec<Point>,
}

impl Course<'_> {
    /// The last refresh at which the segment existed.
    fn last(&self) -> Option<(Point, u64)> {
        self.points.iter().rev().find_map(|point| Some((*point, point.size?)))
    }

    fn most(&self) -> u64 {
        self.points.iter().filter_map(|point| point.size).max().unwrap_or(0)
    }

    /// Whether the segment is gone.
    fn is_over(&self) -> bool {
        self.points.last().is_none_or(|point| point.size.is_none())
    }

    /// The last size in words, with its date where the segment is gone.
    fn value(&self) -> String {
        match self.last() {
            Some((point, size)) if self.is_over() => {
                format!("{} until {}", number::count(size), point.date)
            }
            Some((_, size)) => number::count(size),
            None => String::new(),
        }
    }

    fn face(&self, scene: &Scene) -> Face {
        if self.segment.is_beyond_noise { scene.body().bold() } else { scene.body() }
    }

    /// The words at the line's end, where they fit beside the plot in full.
    fn label(&self, scene: &Scene) -> Option<Label> {
        let most = if scene.narrow() { NAMES.1 } else { NAMES.0 };
        let face = self.face(scene);
        let name = face.wrap(&self.segment.name, most, 2);
        let is_whole = name.join(" ").split_whitespace().eq(self.segment.name.split_whitespace());
        let value = scene.small().wrap(&self.value(), most, 2);
        let widths = name.iter().map(|line| face.width(line));
        let width = widths.chain(value.iter().map(|line| scene.small().width(line)));
        let width = SIGN + width.fold(0.0, f64::max).ceil();
        is_whole.then(|| Label { face, small: scene.small(), name, value, width })
    }

    /// The line, with a gap where the segment did not exist, and its sign at the end.
    fn draw(&self, scene: &mut Scene, frame: &Frame) {
        let (color, _) = self.look;
        let stroke = if self.segment.is_beyond_noise { 3.5 } else { 1.5 };
        let is_dotted = frame.room(self.points.len()) >= DOTS;
        for piece in self.points.chunk_by(|a, b| a.size.is_some() && b.size.is_some()) {
            let at = |point: &Point| Some(frame.at(point.day, point.size?));
            let line: Vec<(f64, f64)> = piece.iter().filter_map(at).collect();
            if is_dotted || line.len() == 1 {
                line.iter().for_each(|at| scene.dot(*at, 1.0 + stroke / 2.0, color));
            }
            if line.len() > 1 {
                scene.line(line, color, stroke);
            }
        }
        if let Some((point, size)) = self.last() {
            self.draw_sign(scene, frame.at(point.day, size));
        }
    }

    /// Filled where the change is beyond noise, else hollow.
    fn draw_sign(&self, scene: &mut Scene, at: (f64, f64)) {
        let (color, sign) = self.look;
        match self.segment.is_beyond_noise {
            true => sign.draw(scene, at, 5.5, color),
            false => sign.draw_hollow(scene, at, 4.5, color),
        }
    }

    fn draw_panel(
        &self,
        scene: &mut Scene,
        head: &[String],
        (left, right): (f64, f64),
        inset: f64,
    ) {
        let (face, small) = (self.face(scene), scene.small());
        for line in head {
            scene.text((left, scene.y + face.em), line, face);
            scene.y += face.line();
        }
        let change = if self.segment.is_beyond_noise { ", change beyond noise" } else { "" };
        let value = small.shorten(&format!("{}{change}", self.value()), right - left);
        scene.text((left, scene.y + small.em), &value, small);
        scene.y += small.line();
        let (top, bottom) = (scene.y + GAP, scene.y + GAP + PANEL_HEIGHT);
        let frame = Frame::new(&[self], (left + inset, right - GAP), (top, bottom));
        frame.draw_ground(scene);
        self.draw(scene, &frame);
        frame.draw_dates(scene, &self.points, (left, right));
    }
}

/// Where dates and sizes stand in a plot.
struct Frame {
    across: Scale,
    up: Scale,
    levels: Ticks,
}

impl Frame {
    /// A plot for all points of these segments.
    fn new(courses: &[&Course], (left, right): (f64, f64), (top, bottom): (f64, f64)) -> Self {
        let days = courses.iter().flat_map(|course| &course.points).map(|point| point.day);
        let last = days.fold(0.0, f64::max);
        // A single date stands in the middle.
        let ends = if last > 0.0 { (0.0, last) } else { (-1.0, 1.0) };
        let most = courses.iter().map(|course| course.most()).max().unwrap_or(0);
        let up = Scale::new((0.0, 1.05 * most as f64), (bottom, top));
        let wanted = ((bottom - top) / LEVEL).clamp(2.0, 5.0);
        let levels = up.every(round_step(up.high() / wanted).max(1.0));
        Frame { across: Scale::new(ends, (left, right)), up, levels }
    }

    fn at(&self, day: f64, size: u64) -> (f64, f64) {
        (self.across.at(day), self.up.at(size as f64))
    }

    fn sides(&self) -> (f64, f64) {
        (self.across.at(self.across.low()), self.across.at(self.across.high()))
    }

    /// Pixels from one of this many points to the next.
    fn room(&self, points: usize) -> f64 {
        (self.sides().1 - self.sides().0) / points.saturating_sub(1).max(1) as f64
    }

    fn draw_ground(&self, scene: &mut Scene) {
        draw_levels(scene, self.up, &self.levels, self.sides(), "");
    }

    /// A mark at every refresh and, from the last one back, the dates that have room between `edges`.
    fn draw_dates(&self, scene: &mut Scene, points: &[Point], edges: (f64, f64)) {
        let face = scene.small().middle();
        let bottom = self.up.at(0.0);
        let is_marked = self.room(points.len()) >= MARK;
        let mut free_to = f64::INFINITY;
        for point in points.iter().rev() {
            let (x, text) = (self.across.at(point.day), point.date.to_string());
            let half = face.width(&text) / 2.0;
            let middle = x.min(edges.1 - half).max(edges.0 + half);
            let is_named = middle + half + GAP <= free_to;
            if is_named {
                // Clear of the lowest label of the upward axis.
                scene.text((middle, bottom + face.em + 6.0), &text, face);
                free_to = middle - half;
            }
            if is_named {
                scene.line(vec![(x, bottom), (x, bottom + 5.0)], AXIS, 1.0);
            } else if is_marked {
                scene.line(vec![(x, bottom), (x, bottom + 3.0)], GRID, 1.0);
            }
        }
        scene.y = bottom + face.line() + 2.0 * GAP;
    }
}

/// The words at the end of a line.
struct Label {
    face: Face,
    small: Face,
    name: Vec<String>,
    value: Vec<String>,
    width: f64,
}

impl Label {
    fn height(&self) -> f64 {
        let (name, value) = (self.name.len() as f64, self.value.len() as f64);
        name * self.face.line() + value * self.small.line() + 3.0
    }

    /// The words around `middle`, with their sign, joined to the line's end.
    fn draw(&self, scene: &mut Scene, course: &Course, end: (f64, f64), (x, middle): (f64, f64)) {
        let mut top = middle - (self.height() - 3.0) / 2.0;
        let sign = (x + 5.0, top + self.face.line() / 2.0);
        let leader = ((end.0 + 7.0, end.1), (x - 3.0, sign.1));
        // A long one, through the plot, must not look like a line of sizes.
        match leader.1.0 - leader.0.0 > 3.0 * GAP {
            true => scene.dashed(leader.0, leader.1, AXIS, 1.0),
            false => scene.line(vec![leader.0, leader.1], AXIS, 1.0),
        }
        course.draw_sign(scene, sign);
        for (lines, face) in [(&self.name, self.face), (&self.value, self.small)] {
            for line in lines {
                scene.text((x + SIGN, top + face.line() / 2.0 + face.half()), line, face);
                top += face.line();
            }
        }
    }
}

fn draw_key(scene: &mut Scene, courses: &[Course]) {
    let entries = [
        (
            true,
            Key::Filled(Sign::Circle),
            "thick and filled: change since the last digest beyond noise",
        ),
        (false, Key::Hollow(Sign::Circle), "thin and hollow: change within noise"),
    ];
    let has = |beyond: bool| courses.iter().any(|one| one.segment.is_beyond_noise == beyond);
    let entries = entries.into_iter().filter(|(beyond, ..)| has(*beyond));
    let entries = entries.map(|(_, key, text)| Entry { key, color: INK, text });
    draw_legend(scene, &entries.collect::<Vec<_>>());
    scene.y += GAP;
}

/// All lines in one plot with their names at their ends.
fn draw_together(scene: &mut Scene, courses: &[Course], labels: &[Label]) {
    scene.paragraph("contacts in the segment", scene.small(), 1);
    let tallest = labels.iter().map(Label::height).fold(0.0, f64::max);
    let height = if scene.narrow() { HEIGHT.1 } else { HEIGHT.0 };
    let height = height.max(tallest * labels.len() as f64);
    let (top, bottom) = (scene.y + GAP, scene.y + GAP + height);
    let names = labels.iter().map(|label| label.width).fold(0.0, f64::max);
    let right = scene.right() - names - 3.0 * GAP;
    let all: Vec<&Course> = courses.iter().collect();
    let left = left_of_plot(scene, &all, (scene.left(), right), height);
    let frame = Frame::new(&all, (left, right), (top, bottom));
    frame.draw_ground(scene);
    // Those that stand out lie above the others.
    let (beyond, within): (Vec<_>, Vec<_>) =
        courses.iter().partition(|one| one.segment.is_beyond_noise);
    within.iter().chain(&beyond).for_each(|course| course.draw(scene, &frame));
    let end = |course: &Course| course.last().map(|(point, size)| frame.at(point.day, size));
    let ends: Vec<(f64, f64)> = courses.iter().filter_map(end).collect();
    let wanted: Vec<f64> = ends.iter().map(|end| end.1).collect();
    let places = apart(&wanted, tallest, (top - GAP, bottom + GAP));
    for (((course, label), end), middle) in courses.iter().zip(labels).zip(ends).zip(places) {
        label.draw(scene, course, end, (right + 2.5 * GAP, middle));
    }
    let points = courses.first().map_or(&[][..], |course| &course.points);
    frame.draw_dates(scene, points, (scene.left(), scene.right()));
}

/// Where plots begin so that the labels of all their levels have room.
fn left_of_plot(scene: &Scene, courses: &[&Course], (from, to): (f64, f64), height: f64) -> f64 {
    let levels = Frame::new(courses, (0.0, 1.0), (0.0, height)).levels;
    (from + widest_label(scene, &levels, "") + GAP).min(to - 40.0)
}

/// A panel a segment, each from zero to its own largest size.
fn draw_panels(scene: &mut Scene, courses: &[Course]) {
    let across = match courses.len() {
        _ if scene.narrow() => 1,
        1 => 1,
        2..=4 => 2,
        _ => 3,
    };
    let width = (scene.right() - scene.left() - BETWEEN * (across as f64 - 1.0)) / across as f64;
    let title = match courses.len() {
        1 => "contacts in the segment",
        _ => "contacts in the segment; each panel has a scale of its own, from 0",
    };
    scene.paragraph(title, scene.small(), 2);
    let insets = courses.iter().map(|one| left_of_plot(scene, &[one], (0.0, width), PANEL_HEIGHT));
    let inset = insets.fold(0.0, f64::max);
    for row in courses.chunks(across) {
        scene.y += GAP;
        let top = scene.y;
        let heads: Vec<Vec<String>> = row
            .iter()
            .map(|course| course.face(scene).wrap(&course.segment.name, width, 2))
            .collect();
        let lines = heads.iter().map(Vec::len).max().unwrap_or(0);
        for (place, (course, head)) in row.iter().zip(&heads).enumerate() {
            let left = scene.left() + (width + BETWEEN) * place as f64;
            scene.y = top + (lines - head.len()) as f64 * scene.body().line();
            course.draw_panel(scene, head, (left, left + width), inset);
        }
    }
}
