//! How surely each segment is found again in bootstrap samples of the contacts.

use plotters::style::RGBColor;
use serde::Serialize;

use super::axis::{Scale, draw_labels};
use super::dot_rows::{DotColumns, RowWords};
use super::scene::Scene;
use super::sign::Sign;
use super::theme::{AXIS, BLUE, GAP, GRID, PANEL, PAPER};
use crate::reports::number;
use crate::segments::stability::{STABLE, UNSTABLE};

/// Mean bootstrap Jaccard with its interval, a row a segment, over zones that say what it means.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StabilityBars {
    pub segments: Vec<SegmentStability>,
}

/// How alike one segment and its best match in each bootstrap sample are.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SegmentStability {
    pub name: String,
    /// How many it is made from, as it should be shown: "1,204 contacts".
    pub n: String,
    /// Mean Jaccard similarity, 0 to 1; NaN where it was not computed.
    pub jaccard: f64,
    pub interval: Option<(f64, f64)>,
}

/// The zones from 0 to 1 with their grounds.
const ZONES: [(f64, f64, &str, RGBColor); 3] = [
    (0.0, UNSTABLE, "not a segment", GRID),
    (UNSTABLE, STABLE, "doubtful", PANEL),
    (STABLE, 1.0, "stable", PAPER),
];

impl StabilityBars {
    pub(super) fn nothing(&self) -> Option<String> {
        if self.segments.is_empty() {
            Some("there are no segments".to_owned())
        } else if !self.segments.iter().any(|segment| segment.jaccard.is_finite()) {
            Some("the stability of no segment was computed".to_owned())
        } else {
            None
        }
    }

    pub(super) fn draw(&self, scene: &mut Scene) {
        let words: Vec<RowWords> = self.segments.iter().map(SegmentStability::words).collect();
        let columns = DotColumns::new(scene, &words);
        // Dots at the ends of the scale stay whole.
        let scale = Scale::new((0.0, 1.0), (columns.plot.0 + 6.0, columns.plot.1 - 6.0));
        draw_zone_names(scene, scale);
        for (segment, words) in self.segments.iter().zip(&words) {
            columns.draw_row(scene, words, |scene, (top, bottom)| {
                draw_zones(scene, scale, (top, bottom));
                segment.draw(scene, scale, (top + bottom) / 2.0);
            });
        }
        let ticks = scale.ticks(5);
        draw_labels(scene, scale, &ticks, scene.y, "");
        scene.y += scene.small().line() + GAP;
        let note = "Jaccard similarity of the segment and its match in bootstrap samples (0 to 1): \
                    mean and interval; hollow: below 0.75";
        scene.paragraph(note, scene.small(), 3);
    }
}

impl SegmentStability {
    fn words(&self) -> RowWords {
        let mean = number::decimal(self.jaccard, 2);
        let value = match self.interval {
            _ if !self.jaccard.is_finite() => "not computed".to_owned(),
            Some((low, high)) => {
                format!("{mean} ({} to {})", number::decimal(low, 2), number::decimal(high, 2))
            }
            None => mean,
        };
        RowWords { label: self.name.clone(), n: self.n.clone(), value }
    }

    fn draw(&self, scene: &mut Scene, scale: Scale, middle: f64) {
        if !self.jaccard.is_finite() {
            return;
        }
        if let Some((low, high)) = self.interval.filter(|(l, h)| !l.is_nan() && !h.is_nan()) {
            let (from, to) = (scale.at(low), scale.at(high));
            scene.line(vec![(from, middle), (to, middle)], BLUE, 2.0);
            for x in [from, to] {
                scene.line(vec![(x, middle - 4.0), (x, middle + 4.0)], BLUE, 1.0);
            }
        }
        let at = (scale.at(self.jaccard), middle);
        match self.jaccard >= STABLE {
            true => Sign::Circle.draw(scene, at, 5.0, BLUE),
            false => Sign::Circle.draw_hollow(scene, at, 5.0, BLUE),
        }
    }
}

fn draw_zone_names(scene: &mut Scene, scale: Scale) {
    let face = scene.small().bold().middle();
    for (from, to, name, _) in ZONES {
        let room = scale.at(to) - scale.at(from) - 2.0;
        let middle = (scale.at(from) + scale.at(to)) / 2.0;
        scene.text((middle, scene.y + face.em), &face.shorten(name, room), face);
    }
    scene.y += face.line() + 2.0;
}

fn draw_zones(scene: &mut Scene, scale: Scale, (top, bottom): (f64, f64)) {
    for (from, to, _, ground) in ZONES {
        let (left, right) = (scale.at(from), scale.at(to));
        scene.rect((left, top), (right - left, bottom - top), ground);
        scene.line(vec![(right, top), (right, bottom)], AXIS, 1.0);
    }
}
