//! What was expected, and what came: a row a group of contacts.

use serde::Serialize;

use super::axis::{Scale, draw_labels};
use super::dot_rows::{DotColumns, RowWords};
use super::scene::Scene;
use super::sign::Sign;
use super::theme::{AXIS, BLUE, GAP, GRID, ORANGE};
use crate::reports::number;

/// Expected beside actual numbers, joined by a line as long as the error.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ExpectedActual {
    /// What is counted: "orders".
    pub unit: String,
    pub rows: Vec<ExpectedRow>,
}

/// One group of contacts.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ExpectedRow {
    pub name: String,
    /// How many it is made from, as it should be shown: "1,204 contacts".
    pub n: String,
    pub expected: f64,
    pub actual: f64,
}

impl ExpectedActual {
    pub(super) fn nothing(&self) -> Option<String> {
        let is_known = self.rows.iter().any(|r| r.expected.is_finite() || r.actual.is_finite());
        (!is_known).then(|| format!("no {} were expected on days that are over", self.unit))
    }

    pub(super) fn draw(&self, scene: &mut Scene) {
        draw_legend(scene);
        let words: Vec<RowWords> = self.rows.iter().map(ExpectedRow::words).collect();
        let columns = DotColumns::new(scene, &words);
        let plot = (columns.plot.0 + 6.0, columns.plot.1 - 6.0);
        let scale = Scale::new((0.0, self.most()), plot);
        let ticks = scale.ticks(if scene.narrow() { 4 } else { 6 });
        for (row, words) in self.rows.iter().zip(&words) {
            columns.draw_row(scene, words, |scene, (top, bottom)| {
                for value in &ticks.values {
                    let x = scale.at(*value);
                    let color = if *value == 0.0 { AXIS } else { GRID };
                    scene.line(vec![(x, top), (x, bottom)], color, 1.0);
                }
                row.draw(scene, scale, (top + bottom) / 2.0);
            });
        }
        draw_labels(scene, scale, &ticks, scene.y, "");
        scene.y += scene.small().line() + GAP;
        let note = format!("{}, in all contacts of a row", self.unit);
        scene.paragraph(&note, scene.small(), 2);
    }

    fn most(&self) -> f64 {
        let values = self.rows.iter().flat_map(|row| [row.expected, row.actual]);
        values.filter(|value| value.is_finite()).fold(1.0, f64::max)
    }
}

impl ExpectedRow {
    fn words(&self) -> RowWords {
        let value = format!(
            "{} expected, {} came",
            number::decimal(self.expected, 0),
            number::decimal(self.actual, 0)
        );
        RowWords { label: self.name.clone(), n: self.n.clone(), value }
    }

    fn draw(&self, scene: &mut Scene, scale: Scale, middle: f64) {
        let place = |value: f64| value.is_finite().then(|| (scale.at(value), middle));
        let (expected, actual) = (place(self.expected), place(self.actual));
        if let (Some(from), Some(to)) = (expected, actual) {
            scene.line(vec![from, to], AXIS, 3.0);
        }
        if let Some(at) = actual {
            Sign::Diamond.draw(scene, at, 4.5, ORANGE);
        }
        if let Some(at) = expected {
            Sign::Circle.draw_hollow(scene, at, 5.5, BLUE);
        }
    }
}

fn draw_legend(scene: &mut Scene) {
    let face = scene.body();
    let mut x = scene.left();
    let middle = scene.y + face.line() / 2.0;
    for (sign, text) in [(Sign::Circle, "expected"), (Sign::Diamond, "came")] {
        let at = (x + 6.0, middle);
        match sign {
            Sign::Circle => sign.draw_hollow(scene, at, 5.5, BLUE),
            _ => sign.draw(scene, at, 4.5, ORANGE),
        }
        scene.text((x + 18.0, middle + face.half()), text, face);
        x += 18.0 + face.width(text) + 2.5 * GAP;
    }
    scene.y += face.line() + GAP;
}
