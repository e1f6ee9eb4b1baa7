//! What each segment does more or less of than the average contact.

use plotters::style::RGBColor;
use serde::Serialize;

use super::family_heatmap;
use super::ramp::draw_ramp;
use super::scene::{Face, Scene};
use super::theme::{DIVERGING, GAP, PANEL};
use super::tint::{along, ink_on};
use crate::reports::number;

/// Segments by features; each cell is a standardised difference from all contacts.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ProfileHeatmap {
    pub segments: Vec<String>,
    pub features: Vec<String>,
    /// The family of each feature: where given, features are rows under their family's heading,
    /// those that differ most first. Empty where features are columns in the given order.
    pub families: Vec<String>,
    /// A row a segment, a value a feature, in standard deviations; NaN where there is none.
    pub values: Vec<Vec<f64>>,
}

/// Differences beyond this many standard deviations have the same colour.
const CLIP: f64 = 2.0;
const ROW: f64 = 30.0;
const WIDEST: f64 = 92.0;

/// Where the columns are and how their names stand.
struct Columns {
    left: f64,
    width: f64,
    names: Vec<Vec<String>>,
    turned: bool,
    /// Height of the names.
    head: f64,
}

impl ProfileHeatmap {
    pub(super) fn nothing(&self) -> Option<String> {
        if self.segments.is_empty() {
            Some("there are no segments".to_owned())
        } else if self.features.is_empty() {
            Some("no feature was used".to_owned())
        } else {
            None
        }
    }

    pub(super) fn draw(&self, scene: &mut Scene) {
        if self.families.is_empty() {
            self.draw_columns(scene);
        } else {
            family_heatmap::draw(self, scene);
        }
        draw_legend(scene);
    }

    /// NaN where there is none.
    pub(super) fn value(&self, segment: usize, feature: usize) -> f64 {
        let value = self.values.get(segment).and_then(|values| values.get(feature));
        value.copied().unwrap_or(f64::NAN)
    }

    /// A column a feature, a row a segment.
    fn draw_columns(&self, scene: &mut Scene) {
        let label_most = if scene.narrow() { 112.0 } else { 240.0 };
        let widths = self.segments.iter().map(|name| scene.body().width(name).ceil());
        let left = scene.left() + widths.fold(30.0, f64::max).min(label_most) + GAP;
        // Columns too many for one line of names are split into bands of about the same width.
        let most = ((scene.right() - left) / (scene.small().line() + 1.0)).floor().max(1.0);
        let bands = self.features.len().div_ceil(most as usize).max(1);
        let across = self.features.len().div_ceil(bands);
        for (band, features) in self.features.chunks(across.max(1)).enumerate() {
            let columns = Columns::new(scene, features, left, across);
            columns.draw_names(scene);
            for (row, segment) in self.segments.iter().enumerate() {
                self.draw_row(scene, &columns, (row, band * across), segment);
            }
            scene.y += 2.0 * GAP;
        }
    }

    fn draw_row(
        &self,
        scene: &mut Scene,
        columns: &Columns,
        (row, first): (usize, usize),
        segment: &str,
    ) {
        let face = scene.body().end();
        let lines = face.wrap(segment, columns.left - GAP - scene.left(), 3);
        let height = ROW.max(lines.len() as f64 * face.line() + 4.0);
        scene.centred(columns.left - GAP, scene.y + height / 2.0, &lines, face);
        for column in 0..columns.names.len() {
            let x = columns.left + columns.width * column as f64;
            draw_cell(scene, (x, columns.width), height, self.value(row, first + column));
        }
        scene.y += height;
    }
}

impl Columns {
    /// Columns for `features`, as wide as if there were `across` of them.
    fn new(scene: &Scene, features: &[String], left: f64, across: usize) -> Self {
        let width = ((scene.right() - left) / across as f64).min(WIDEST);
        let (face, room) = (scene.small(), width - 6.0);
        let words = features.iter().flat_map(|name| name.split_whitespace());
        let turned = words.map(|word| face.width(word)).fold(0.0, f64::max) > room;
        let wrap = |name: &String| match turned {
            // A turned name may have as many lines as lie side by side over its column.
            true => face.wrap(name, 130.0, if width >= 2.0 * face.line() { 2 } else { 1 }),
            false => face.wrap(name, room, 3),
        };
        let names: Vec<Vec<String>> = features.iter().map(wrap).collect();
        let head = head_height(&names, face, turned);
        Columns { left, width, names, turned, head }
    }

    fn draw_names(&self, scene: &mut Scene) {
        let face = scene.small();
        let line = face.line();
        scene.y += self.head + 4.0;
        for (i, lines) in self.names.iter().enumerate() {
            let middle = self.left + self.width * (i as f64 + 0.5);
            let before = (lines.len() - 1) as f64 * line;
            for (j, text) in lines.iter().enumerate() {
                let shift = j as f64 * line;
                if self.turned {
                    let x = middle - before / 2.0 + shift + face.half();
                    scene.text((x, scene.y - 4.0), text, face.turned());
                } else {
                    scene.text((middle, scene.y - 6.0 - before + shift), text, face.middle());
                }
            }
        }
    }
}

fn head_height(names: &[Vec<String>], face: Face, turned: bool) -> f64 {
    if turned {
        names.iter().flatten().map(|line| face.width(line)).fold(0.0, f64::max).ceil()
    } else {
        names.iter().map(Vec::len).max().unwrap_or(0) as f64 * face.line()
    }
}

/// One value as a coloured cell with its number, or where that has no room, its sign.
pub(super) fn draw_cell(scene: &mut Scene, (x, width): (f64, f64), height: f64, value: f64) {
    let ground = color(value);
    scene.rect((x, scene.y), (width - 1.0, height - 1.0), ground);
    let face = scene.small().middle();
    let texts = match value {
        value if value.is_nan() => vec![number::NONE.to_owned()],
        value if value.abs() >= 10.0 => vec![number::signed(value, 0), sign(value).to_owned()],
        value => vec![number::signed(value, 1), sign(value).to_owned()],
    };
    // In a narrow column a dash could be read as a minus.
    let room = if value.is_nan() { width - face.width("+0.") } else { width - 3.0 };
    if let Some(text) = texts.iter().find(|text| face.width(text) <= room) {
        let line = scene.y + (height - 1.0) / 2.0 + face.half();
        scene.text((x + (width - 1.0) / 2.0, line), text, face.color(ink_on(ground)));
    }
}

/// Which way a value differs, in one letter: without colours both ways look alike.
fn sign(value: f64) -> &'static str {
    if value >= 0.5 {
        "+"
    } else if value <= -0.5 {
        "−"
    } else {
        ""
    }
}

fn color(value: f64) -> RGBColor {
    if value.is_nan() {
        return PANEL;
    }
    along(&DIVERGING, (value + CLIP) / (2.0 * CLIP))
}

fn draw_legend(scene: &mut Scene) {
    let words = ["−2 or less", "0", "+2 or more"];
    draw_ramp(scene, &DIVERGING, words, "standard deviations from the average of all contacts");
}
