//! Rows of a label and two bars: shares of two totals.

use super::axis::{Scale, draw_grid, draw_labels};
use super::scene::Scene;
use super::theme::{BLUE, GAP, ORANGE};
use crate::reports::number;

/// A pair of bars a row.
pub(super) struct PairBars {
    /// What the first and the second bar are.
    pub names: [&'static str; 2],
    pub rows: Vec<PairRow>,
    /// What stands below the axis.
    pub axis: String,
}

/// Two shares, as fractions of their totals.
pub(super) struct PairRow {
    pub label: String,
    pub shares: [f64; 2],
}

const BAR: f64 = 14.0;
const BETWEEN: f64 = 12.0;

impl PairBars {
    pub fn draw(&self, scene: &mut Scene) {
        self.draw_legend(scene);
        let top = scene.y;
        let scale = self.scale(scene);
        let labels = self.labels(scene);
        let bottom = top + labels.iter().map(|lines| row_height(scene, lines)).sum::<f64>();
        let ends = (scale.at(0.0), scale.at(scale.high()));
        let percent = scale.percent();
        let ticks = percent.ticks(if scene.narrow() { 4 } else { 6 });
        draw_grid(scene, percent, &ticks, (top, bottom));
        draw_labels(scene, percent, &ticks, bottom, "%");
        for (row, lines) in self.rows.iter().zip(&labels) {
            row.draw(scene, lines, scale);
        }
        let face = scene.small().middle();
        scene.y = bottom + 2.0 * face.line() + 4.0;
        scene.text(((ends.0 + ends.1) / 2.0, scene.y), &self.axis, face);
    }

    fn labels(&self, scene: &Scene) -> Vec<Vec<String>> {
        let (width, most) = (self.label_width(scene), if scene.narrow() { 3 } else { 2 });
        self.rows.iter().map(|row| scene.body().wrap(&row.label, width, most)).collect()
    }

    fn label_width(&self, scene: &Scene) -> f64 {
        let most = if scene.narrow() { 118.0 } else { 250.0 };
        let widths = self.rows.iter().map(|row| scene.body().width(&row.label).ceil());
        widths.fold(40.0, f64::max).min(most)
    }

    fn scale(&self, scene: &Scene) -> Scale {
        let shares = self.rows.iter().flat_map(|row| row.shares);
        let most = shares.filter(|share| share.is_finite()).fold(0.01, f64::max);
        let from = scene.left() + self.label_width(scene) + GAP;
        let value = scene.small().width("100.0%") + GAP;
        Scale::new((0.0, most), (from, scene.right() - value))
    }

    fn draw_legend(&self, scene: &mut Scene) {
        let face = scene.body();
        let mut x = scene.left();
        for (color, text) in [BLUE, ORANGE].into_iter().zip(self.names) {
            scene.rect((x, scene.y + 2.0), (12.0, 12.0), color);
            scene.text((x + 18.0, scene.y + 8.0 + face.half()), text, face);
            x += 18.0 + face.width(text) + 2.5 * GAP;
        }
        scene.y += face.line() + GAP;
    }
}

fn row_height(scene: &Scene, lines: &[String]) -> f64 {
    (2.0 * BAR).max(lines.len() as f64 * scene.body().line()) + BETWEEN
}

impl PairRow {
    fn draw(&self, scene: &mut Scene, lines: &[String], scale: Scale) {
        let height = row_height(scene, lines);
        let middle = scene.y + height / 2.0;
        let label = scene.body().end();
        scene.centred(scale.at(0.0) - GAP, middle, lines, label);
        for (share, (color, shift)) in self.shares.into_iter().zip([(BLUE, -BAR), (ORANGE, 0.0)]) {
            let face = scene.small();
            let end = scale.at(share);
            scene.rect((scale.at(0.0), middle + shift), (end - scale.at(0.0), BAR - 1.0), color);
            let line = middle + shift + (BAR - 1.0) / 2.0 + face.half();
            scene.text((end + 4.0, line), &number::percent(share, 1), face);
        }
        scene.y += height;
    }
}
