//! Where the segments lie between all contacts: two principal components with sizes.

use serde::Serialize;

use super::map_frame::MapFrame;
use super::map_labels::{Placed, place};
use super::scene::Scene;
use super::segment_key::{KeyEntry, draw_key, tint};
use super::sign::Sign;
use super::theme::{GAP, INK, PAPER};
use super::tint::ink_on;
use crate::reports::number;

/// Segments as circles by size among a sample of contacts, on the first two principal components.
///
/// A step along one axis is as long as the same step along the other, so that distances compare.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SegmentMap {
    pub segments: Vec<MapSegment>,
    /// A sample of contacts: scores on both components, and the place of the contact's segment in
    /// `segments`. Of more than [`MOST_POINTS`] an even part is drawn.
    pub points: Vec<(f64, f64, usize)>,
    /// What more of each component mostly means: "more orders →".
    pub axes: [String; 2],
    /// Share of the variance that each component explains, as a fraction.
    pub explained: [f64; 2],
}

/// One segment's place and extent; NaN where there is none.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MapSegment {
    pub name: String,
    /// Mean scores on the first and the second component.
    pub x: f64,
    pub y: f64,
    pub contacts: u64,
    /// Share of all contacts, a fraction.
    pub share: f64,
    /// Standard deviations of both scores within the segment, and their correlation.
    pub spread: (f64, f64, f64),
}

/// More points than this only make the picture larger.
pub(super) const MOST_POINTS: usize = 1_500;
/// Radius of the largest circle, wide and narrow.
const LARGEST: (f64, f64) = (30.0, 20.0);
const SMALLEST: f64 = 4.0;
/// Radius of a contact's mark, and the share of its colour in it.
const POINT: f64 = 2.0;
const PALE: f64 = 0.45;

/// A segment's circle in pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Circle {
    /// Place in the list of segments.
    pub segment: usize,
    pub x: f64,
    pub y: f64,
    pub radius: f64,
}

impl MapSegment {
    pub(super) fn has_place(&self) -> bool {
        self.x.is_finite() && self.y.is_finite()
    }

    /// The spread, where an ellipse can be drawn of it.
    pub(super) fn ellipse(&self) -> Option<(f64, f64, f64)> {
        let (across, up, correlation) = self.spread;
        let usable = self.has_place()
            && [across, up].iter().all(|sd| sd.is_finite() && *sd >= 0.0)
            && correlation.abs() <= 1.0;
        usable.then_some(self.spread)
    }
}

impl SegmentMap {
    pub(super) fn nothing(&self) -> Option<String> {
        if self.segments.is_empty() {
            Some("there are no segments".to_owned())
        } else if !self.segments.iter().any(MapSegment::has_place) {
            Some("no segment has a place on the two principal components".to_owned())
        } else {
            None
        }
    }

    pub(super) fn draw(&self, scene: &mut Scene) {
        let frame = MapFrame::new(self, scene);
        frame.draw(scene);
        let drawn = self.draw_points(scene, &frame);
        for (i, segment) in self.segments.iter().enumerate() {
            draw_ellipse(scene, &frame, segment, i);
        }
        let circles = self.circles(scene, &frame);
        for circle in &circles {
            let at = (circle.x, circle.y);
            scene.dot(at, circle.radius + 1.5, PAPER);
            scene.dot(at, circle.radius, tint(circle.segment, 1.0));
        }
        let names: Vec<&str> = self.segments.iter().map(|s| s.name.as_str()).collect();
        draw_labels(scene, &place(scene, &circles, &names, frame.inside()));
        scene.y = frame.bottom(scene);
        self.draw_note(scene, drawn);
        let entries: Vec<KeyEntry> = self.segments.iter().map(key_entry).collect();
        draw_key(scene, &entries);
    }

    /// Draws the contacts that lie inside the frame; says how many.
    fn draw_points(&self, scene: &mut Scene, frame: &MapFrame) -> usize {
        let stride = self.points.len().div_ceil(MOST_POINTS).max(1);
        let mut drawn = 0;
        for (x, y, segment) in self.points.iter().step_by(stride) {
            if let Some(at) = frame.pixel(*x, *y) {
                Sign::nth(*segment).draw(scene, at, POINT, tint(*segment, PALE));
                drawn += 1;
            }
        }
        drawn
    }

    /// Circles whose areas are as the numbers of contacts, the smallest last and so on top.
    fn circles(&self, scene: &Scene, frame: &MapFrame) -> Vec<Circle> {
        let largest = if scene.narrow() { LARGEST.1 } else { LARGEST.0 };
        let most = self.segments.iter().map(|s| s.contacts).max().unwrap_or(0).max(1) as f64;
        let mut circles = Vec::new();
        for (segment, one) in self.segments.iter().enumerate() {
            let Some((x, y)) = frame.pixel(one.x, one.y) else { continue };
            let radius = (largest * (one.contacts as f64 / most).sqrt()).max(SMALLEST).round();
            circles.push(Circle { segment, x, y, radius });
        }
        circles.sort_by(|a, b| b.radius.total_cmp(&a.radius).then(a.segment.cmp(&b.segment)));
        circles
    }

    fn draw_note(&self, scene: &mut Scene, drawn: usize) {
        let mut note = "circles: mean of the segment, area by number of contacts; ellipses: one \
                        standard deviation around it"
            .to_owned();
        if drawn > 0 {
            let drawn = number::count(drawn as u64);
            note.push_str(&format!("; small signs: {drawn} sampled contacts"));
        }
        let stride = self.points.len().div_ceil(MOST_POINTS).max(1);
        let outside = self.points.len().div_ceil(stride) - drawn;
        if outside > 0 {
            let outside = number::count(outside as u64);
            note.push_str(&format!(" (outside the frame: {outside})"));
        }
        scene.paragraph(&note, scene.small(), 4);
        scene.y += GAP;
    }
}

fn key_entry(segment: &MapSegment) -> KeyEntry {
    let (contacts, share) = (number::count(segment.contacts), number::percent(segment.share, 1));
    let mut remark = format!("{contacts} contacts · {share}");
    if !segment.has_place() {
        remark.push_str(" · no place on the map");
    }
    KeyEntry { name: segment.name.clone(), remark }
}

fn draw_ellipse(scene: &mut Scene, frame: &MapFrame, segment: &MapSegment, place: usize) {
    const CORNERS: u32 = 64;
    let Some((across, up, correlation)) = segment.ellipse() else { return };
    let rest = (1.0 - correlation * correlation).max(0.0).sqrt();
    let point = |corner: u32| {
        let (sin, cos) = (std::f64::consts::TAU * f64::from(corner) / f64::from(CORNERS)).sin_cos();
        let (dx, dy) = (across * cos, up * (correlation * cos + rest * sin));
        frame.clamped(segment.x + dx, segment.y + dy)
    };
    scene.line((0..=CORNERS).map(point).collect(), tint(place, 1.0), 1.5);
}

/// Numbers and names, over the ground that is cleared for them.
fn draw_labels(scene: &mut Scene, labels: &[Placed]) {
    for (left, top, right, bottom) in labels.iter().filter_map(|label| label.plate) {
        scene.rect((left, top), (right - left, bottom - top), PAPER);
    }
    for (from, to) in labels.iter().filter_map(|label| label.leader) {
        scene.line(vec![from, to], INK, 1.0);
    }
    let bold = scene.body().bold();
    for label in labels {
        let color = if label.plate.is_some() { INK } else { ink_on(tint(label.segment, 1.0)) };
        scene.text(label.at, &label.text, bold.color(color));
    }
}
