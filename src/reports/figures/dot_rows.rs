//! Rows of a label, how many it is made from, a plot and words; on a phone one below the other.

use super::scene::Scene;
use super::theme::{GAP, GRID};

/// The words of one row.
pub(super) struct RowWords {
    pub label: String,
    /// How many it is made from, as it should be shown.
    pub n: String,
    /// The value in words.
    pub value: String,
}

/// Where the parts of a row are, as (from, to).
pub(super) struct DotColumns {
    label: (f64, f64),
    /// Right edge of n.
    n: f64,
    pub plot: (f64, f64),
    value: (f64, f64),
}

const ROW: f64 = 28.0;
/// Height of the plot in a row on a phone.
const STRIP: f64 = 20.0;

impl DotColumns {
    pub fn new(scene: &Scene, rows: &[RowWords]) -> Self {
        let (left, right) = (scene.left(), scene.right());
        if scene.narrow() {
            let whole = (left, right);
            return DotColumns { label: whole, n: left, plot: whole, value: whole };
        }
        let (body, small) = (scene.body(), scene.small());
        let widest = |width: &dyn Fn(&RowWords) -> f64, most: f64| {
            rows.iter().map(width).fold(20.0, f64::max).ceil().min(most)
        };
        let label = left + widest(&|row| body.width(&row.label), 250.0);
        let n = label + 2.0 * GAP + widest(&|row| small.width(&row.n), 130.0);
        let value = right - widest(&|row| body.width(&row.value), 215.0);
        let plot = (n + 2.0 * GAP, value - 2.0 * GAP);
        DotColumns { label: (left, label), n, plot, value: (value, right) }
    }

    /// Draws one row at the running position and moves below it; `draw` is given the plot's top
    /// and bottom.
    pub fn draw_row(
        &self,
        scene: &mut Scene,
        row: &RowWords,
        draw: impl FnOnce(&mut Scene, (f64, f64)),
    ) {
        if scene.narrow() {
            self.draw_stacked(scene, row, draw);
        } else {
            self.draw_in_line(scene, row, draw);
        }
        scene.line(vec![(scene.left(), scene.y), (scene.right(), scene.y)], GRID, 1.0);
    }

    fn draw_in_line(
        &self,
        scene: &mut Scene,
        row: &RowWords,
        draw: impl FnOnce(&mut Scene, (f64, f64)),
    ) {
        let (body, small) = (scene.body(), scene.small());
        let label = body.wrap(&row.label, self.label.1 - self.label.0, 2);
        let n = small.wrap(&row.n, self.n - self.label.1 - GAP, 2);
        let value = body.wrap(&row.value, self.value.1 - self.value.0, 3);
        let lines = label.len().max(n.len()).max(value.len());
        let height = ROW.max(lines as f64 * body.line() + 8.0);
        let middle = scene.y + height / 2.0;
        draw(scene, (scene.y, scene.y + height));
        scene.centred(self.label.0, middle, &label, body);
        scene.centred(self.n, middle, &n, small.end());
        scene.centred(self.value.0, middle, &value, body);
        scene.y += height;
    }

    fn draw_stacked(
        &self,
        scene: &mut Scene,
        row: &RowWords,
        draw: impl FnOnce(&mut Scene, (f64, f64)),
    ) {
        let (body, small) = (scene.body(), scene.small());
        scene.y += 5.0;
        scene.paragraph(&row.label, body, 2);
        let room = scene.right() - scene.left();
        let on_one_line = small.width(&row.n) + GAP + body.width(&row.value) <= room;
        if on_one_line {
            scene.text((scene.left(), scene.y + body.em), &row.n, small);
            scene.text((scene.right(), scene.y + body.em), &row.value, body.end());
            scene.y += body.line();
        } else {
            scene.paragraph(&row.n, small, 2);
            scene.paragraph(&row.value, body, 3);
        }
        scene.y += 2.0;
        draw(scene, (scene.y, scene.y + STRIP));
        scene.y += STRIP + 4.0;
    }
}
