//! Where contacts stand between recent and frequent.

use serde::Serialize;

use super::rfm_words::{Plan, Words};
use super::scene::Scene;
use super::theme::{GAP, SEQUENTIAL};
use super::tint::{along, ink_on};

/// Recency by another score, coloured by share of buyers.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RfmGrid {
    /// Scores run from 1 to this.
    pub bins: u8,
    /// What stands against recency, such as "frequency".
    pub across: String,
    /// Cells not listed are drawn as empty; cells outside 1 to `bins` are not drawn.
    pub cells: Vec<RfmCell>,
}

/// The buyers with one recency and one other score.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RfmCell {
    /// 1 (long ago) to the number of bins (just now).
    pub recency: u8,
    /// The other score: 1 (seldom) to the number of bins (often).
    pub frequency: u8,
    /// The names in the cell: none, one, or one a monetary score.
    pub parts: Vec<RfmPart>,
    pub contacts: u64,
    /// Share of all buyers, a fraction.
    pub share: f64,
}

/// The buyers of a cell who are called the same.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RfmPart {
    /// Their monetary score, if the name depends on it.
    pub monetary: Option<u8>,
    pub segment: String,
    /// Share of all buyers, a fraction; shown where the name depends on the monetary score.
    pub share: f64,
}

/// The most that words up the side add to the height.
const SIDE: f64 = 240.0;

impl RfmGrid {
    pub(super) fn nothing(&self) -> Option<String> {
        let is_on = |cell: &RfmCell| {
            (1..=self.bins).contains(&cell.recency) && (1..=self.bins).contains(&cell.frequency)
        };
        (!self.cells.iter().any(is_on)).then(|| "no contact has a score".to_owned())
    }

    pub(super) fn draw(&self, scene: &mut Scene) {
        let face = scene.small();
        let left = scene.left() + 2.0 * face.line() + 4.0;
        let width = (scene.right() - left) / f64::from(self.bins);
        let plan = Plan::new(&self.cells, face, width - 6.0);
        // High enough for what is written up the side, within reason.
        let side = face.width(&self.side()).min(SIDE) + GAP;
        let height = plan.height(face).max(side / f64::from(self.bins));
        let top = scene.y;
        for row in 0..self.bins {
            let y = top + height * f64::from(row);
            let label = (self.bins - row).to_string();
            scene.text((left - 10.0, y + height / 2.0 + face.half()), &label, face.middle());
            for column in 0..self.bins {
                let at = (left + width * f64::from(column), y);
                let cell = self.cell(column + 1, self.bins - row);
                draw_cell(scene, at, (width, height), cell, &plan, self.most());
            }
        }
        self.draw_axes(scene, (left, width), (top, top + height * f64::from(self.bins)));
        scene.paragraph(&plan.note(), face.start(), 3);
        draw_keys(scene, &plan);
    }

    fn cell(&self, recency: u8, frequency: u8) -> Option<&RfmCell> {
        self.cells.iter().find(|cell| cell.recency == recency && cell.frequency == frequency)
    }

    fn most(&self) -> f64 {
        let shares = self.cells.iter().map(|cell| cell.share).filter(|share| share.is_finite());
        shares.fold(0.0, f64::max)
    }

    fn side(&self) -> String {
        format!("{} score ({} = most)", self.across, self.bins)
    }

    fn draw_axes(&self, scene: &mut Scene, (left, width): (f64, f64), (top, bottom): (f64, f64)) {
        let face = scene.small().middle();
        let best = self.bins;
        let up = face.shorten(&self.side(), bottom - top);
        scene.text((scene.left() + face.em, (top + bottom) / 2.0), &up, face.turned());
        let mut y = bottom + face.em + 2.0;
        for column in 0..self.bins {
            let x = left + width * (f64::from(column) + 0.5);
            scene.text((x, y), &(column + 1).to_string(), face);
        }
        y += face.line();
        let middle = left + width * f64::from(self.bins) / 2.0;
        scene.text((middle, y), &format!("recency score ({best} = most recent)"), face);
        scene.y = y + GAP;
    }
}

fn draw_cell(
    scene: &mut Scene,
    (x, y): (f64, f64),
    (width, height): (f64, f64),
    cell: Option<&RfmCell>,
    plan: &Plan,
    most: f64,
) {
    let share = cell.map_or(0.0, |cell| cell.share);
    let part = if most > 0.0 { share / most } else { 0.0 };
    let ground = along(&SEQUENTIAL, if part.is_finite() { part } else { 0.0 });
    scene.rect((x, y), (width - 2.0, height - 2.0), ground);
    let small = scene.small().color(ink_on(ground)).middle();
    let Some(cell) = cell else {
        scene.centred(x + width / 2.0, y + height / 2.0, &["0".to_owned()], small);
        return;
    };
    let Words { lines, bold } = plan.words(cell, small);
    let first = y + (height - 2.0) / 2.0 - (lines.len() as f64 - 1.0) * small.line() / 2.0;
    for (i, line) in lines.iter().enumerate() {
        let face = if i < bold { small.bold() } else { small };
        let line = face.shorten(line, width - 4.0);
        let down = first + i as f64 * small.line() + face.half();
        scene.text((x + width / 2.0 - 1.0, down), &line, face);
    }
}

fn draw_keys(scene: &mut Scene, plan: &Plan) {
    let face = scene.small();
    for line in plan.keys() {
        scene.paragraph(&line, face, 2);
    }
}
