//! The heat map of many features: a row a feature under the heading of its family, a column a
//! segment.

use super::profile_heatmap::{ProfileHeatmap, draw_cell};
use super::scene::Scene;
use super::theme::{GAP, PANEL};

/// A family of features, each as its place in the heat map's list.
struct Family<'a> {
    name: &'a str,
    features: Vec<usize>,
}

const ROW: f64 = 24.0;
/// Widest and narrowest column; a value such as "−0.1" must fit.
const COLUMN: (f64, f64) = (110.0, 34.0);
/// Most lines of a name that is not turned.
const UPRIGHT_LINES: usize = 3;
/// Longest turned name of a segment.
const LONGEST_NAME: f64 = 150.0;

/// Draws the map at the running position; segments too many for the width come in bands.
pub(super) fn draw(map: &ProfileHeatmap, scene: &mut Scene) {
    let label_most = if scene.narrow() { 128.0 } else { 250.0 };
    let widths = map.features.iter().map(|name| scene.body().width(name).ceil());
    let left = scene.left() + widths.fold(60.0, f64::max).min(label_most) + GAP;
    let room = scene.right() - left;
    let most = (room / COLUMN.1).floor().max(1.0) as usize;
    let bands = map.segments.len().div_ceil(most).max(1);
    let across = map.segments.len().div_ceil(bands).max(1);
    let width = (room / across as f64).min(COLUMN.0);
    let families = families(map);
    for band in 0..bands {
        let segments = band * across..((band + 1) * across).min(map.segments.len());
        let grid = Grid { left, width, segments };
        grid.draw_names(scene, &map.segments);
        for family in &families {
            grid.draw_heading(scene, family.name);
            for feature in &family.features {
                grid.draw_row(scene, map, *feature);
            }
        }
        scene.y += 2.0 * GAP;
    }
}

/// Families in the order of their first feature, in each the features that differ most first.
fn families(map: &ProfileHeatmap) -> Vec<Family<'_>> {
    let mut families: Vec<Family> = Vec::new();
    for feature in 0..map.features.len() {
        let name = map.families.get(feature).map_or("", String::as_str);
        match families.iter_mut().find(|family| family.name == name) {
            Some(family) => family.features.push(feature),
            None => families.push(Family { name, features: vec![feature] }),
        }
    }
    for family in &mut families {
        let reach = |feature: &usize| {
            let values = map.values.iter().filter_map(|row| row.get(*feature));
            values.filter(|value| !value.is_nan()).fold(0.0, |most: f64, v| most.max(v.abs()))
        };
        family.features.sort_by(|a, b| reach(b).total_cmp(&reach(a)));
    }
    families
}

/// The columns of one band.
struct Grid {
    left: f64,
    width: f64,
    segments: std::ops::Range<usize>,
}

impl Grid {
    fn right(&self) -> f64 {
        self.left + self.width * self.segments.len() as f64
    }

    /// Names of the segments: upright where each fits over its column, otherwise turned, with as
    /// many lines as lie side by side over it.
    fn draw_names(&self, scene: &mut Scene, names: &[String]) {
        let face = scene.small();
        let names = names.get(self.segments.clone()).unwrap_or_default();
        let upright: Vec<Vec<String>> =
            names.iter().map(|name| face.wrap(name, self.width - 6.0, UPRIGHT_LINES)).collect();
        if !upright.iter().flatten().any(|line| line.ends_with('…')) {
            self.draw_upright(scene, &upright);
            return;
        }
        let most = ((self.width / face.line()).floor() as usize).clamp(1, 3);
        let turned: Vec<Vec<String>> =
            names.iter().map(|name| face.wrap(name, LONGEST_NAME, most)).collect();
        self.draw_turned(scene, &turned);
    }

    fn draw_upright(&self, scene: &mut Scene, names: &[Vec<String>]) {
        let face = scene.small().middle();
        scene.y += names.iter().map(Vec::len).max().unwrap_or(0) as f64 * face.line() + 4.0;
        for (column, lines) in names.iter().enumerate() {
            let middle = self.left + self.width * (column as f64 + 0.5);
            let first = scene.y - 6.0 - (lines.len() - 1) as f64 * face.line();
            for (i, line) in lines.iter().enumerate() {
                scene.text((middle, first + face.line() * i as f64), line, face);
            }
        }
    }

    fn draw_turned(&self, scene: &mut Scene, names: &[Vec<String>]) {
        let face = scene.small().turned();
        let tallest = names.iter().flatten().map(|line| face.width(line)).fold(0.0, f64::max);
        scene.y += tallest.ceil() + 4.0;
        for (column, lines) in names.iter().enumerate() {
            let middle = self.left + self.width * (column as f64 + 0.5);
            let first = middle - (lines.len() - 1) as f64 * face.line() / 2.0 + face.half();
            for (i, line) in lines.iter().enumerate() {
                scene.text((first + face.line() * i as f64, scene.y - 4.0), line, face);
            }
        }
    }

    fn draw_heading(&self, scene: &mut Scene, name: &str) {
        if name.trim().is_empty() {
            return;
        }
        let face = scene.body().bold();
        let height = face.line() + 6.0;
        let width = self.right() - 1.0 - scene.left();
        scene.y += 4.0;
        scene.rect((scene.left(), scene.y), (width, height - 1.0), PANEL);
        let line = scene.y + height / 2.0 + face.half();
        scene.text((scene.left() + 6.0, line), &face.shorten(name, width - 12.0), face);
        scene.y += height;
    }

    fn draw_row(&self, scene: &mut Scene, map: &ProfileHeatmap, feature: usize) {
        let face = scene.body().end();
        let name = map.features.get(feature).map_or("", String::as_str);
        let lines = face.wrap(name, self.left - GAP - scene.left(), 2);
        let height = ROW.max(lines.len() as f64 * face.line() + 4.0);
        scene.centred(self.left - GAP, scene.y + height / 2.0, &lines, face);
        for (column, segment) in self.segments.clone().enumerate() {
            let x = self.left + self.width * column as f64;
            draw_cell(scene, (x, self.width), height, map.value(segment, feature));
        }
        scene.y += height;
    }
}
