//! How contacts moved between segments: a row a segment before, a column a segment after.

use plotters::style::RGBColor;
use serde::Serialize;

use super::legend::{Entry, Key, draw_legend};
use super::ramp::draw_ramp;
use super::scene::Scene;
use super::theme::{GAP, GRID, SEQUENTIAL};
use super::tint::{along, ink_on};
use crate::reports::number;

/// Contacts by their segment before and after, a colour a share of the row. Cells of contacts that
/// stayed, whose row and column have the same name, have a neutral ground.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MigrationMatrix {
    /// Segments before, and where contacts come from otherwise: "new contact", "no segment".
    pub from: Vec<String>,
    /// Segments after, and where contacts go otherwise: "no segment".
    pub to: Vec<String>,
    /// A row a name of `from`, a number of contacts a name of `to`.
    pub counts: Vec<Vec<u64>>,
    /// Contacts of each row, of which the shares are.
    pub from_total: Vec<u64>,
}

/// Widest and narrowest column; the narrowest must hold "12,345" on a page and "1,234" on a phone.
const COLUMN: (f64, f64) = (110.0, 48.0);
const NARROW_COLUMN: f64 = 40.0;
/// The most that names of rows take, wide and narrow.
const NAMES: (f64, f64) = (230.0, 104.0);
/// Longest turned name of a column.
const LONGEST_NAME: f64 = 170.0;
/// Most lines of a name that is not turned.
const UPRIGHT_LINES: usize = 4;

impl MigrationMatrix {
    pub(super) fn nothing(&self) -> Option<String> {
        let rows =
            || (0..self.from.len()).flat_map(|row| (0..self.to.len()).map(move |c| (row, c)));
        let is_empty = rows().all(|(row, column)| self.count(row, column) == 0);
        is_empty.then(|| "no contact was in a segment before or after".to_owned())
    }

    /// Segments too many for the width come in bands of columns.
    pub(super) fn draw(&self, scene: &mut Scene) {
        let names = if scene.narrow() { NAMES.1 } else { NAMES.0 };
        let widths = self.from.iter().map(|name| scene.body().width(name).ceil());
        let totals = (0..self.from.len()).map(|row| scene.small().width(&self.total(row)).ceil());
        let left = scene.left() + widths.chain(totals).fold(60.0, f64::max).min(names) + GAP;
        let room = scene.right() - left;
        let least = if scene.narrow() { NARROW_COLUMN } else { COLUMN.1 };
        let bands = self.to.len().div_ceil((room / least).floor().max(1.0) as usize).max(1);
        let across = self.to.len().div_ceil(bands).max(1);
        let width = (room / across as f64).min(COLUMN.0);
        let most = self.most();
        for band in 0..bands {
            let columns = band * across..((band + 1) * across).min(self.to.len());
            let grid = Grid { matrix: self, left, width, columns, most };
            grid.draw_head(scene);
            (0..self.from.len()).for_each(|row| grid.draw_row(scene, row));
            scene.y += 2.0 * GAP;
        }
        draw_key(scene, most);
    }

    fn count(&self, row: usize, column: usize) -> u64 {
        self.counts.get(row).and_then(|counts| counts.get(column)).copied().unwrap_or(0)
    }

    /// The part of the row's contacts that are in a cell; NaN where the row has none.
    fn share(&self, row: usize, column: usize) -> f64 {
        let total = self.from_total.get(row).copied().unwrap_or(0);
        if total == 0 { f64::NAN } else { self.count(row, column) as f64 / total as f64 }
    }

    fn is_stay(&self, row: usize, column: usize) -> bool {
        self.from.get(row) == self.to.get(column)
    }

    /// The largest share that moved, for which the darkest colour stands.
    fn most(&self) -> f64 {
        let rows = 0..self.from.len();
        let cells = rows.flat_map(|row| (0..self.to.len()).map(move |column| (row, column)));
        let moves = cells.filter(|(row, column)| !self.is_stay(*row, *column));
        let shares = moves.map(|(row, column)| self.share(row, column));
        // In whole percent, so that the key's end is what it says.
        (shares.fold(0.01, f64::max) * 100.0).ceil().min(100.0) / 100.0
    }

    fn total(&self, row: usize) -> String {
        number::count(self.from_total.get(row).copied().unwrap_or(0))
    }
}

/// The columns of one band.
struct Grid<'a> {
    matrix: &'a MigrationMatrix,
    left: f64,
    width: f64,
    columns: std::ops::Range<usize>,
    /// The share of the darkest colour.
    most: f64,
}

impl Grid<'_> {
    /// What rows and columns are, and the names of the columns.
    fn draw_head(&self, scene: &mut Scene) {
        let face = scene.small();
        let names = self.matrix.to.get(self.columns.clone()).unwrap_or_default();
        let upright: Vec<Vec<String>> =
            names.iter().map(|name| face.wrap(name, self.width - 6.0, UPRIGHT_LINES)).collect();
        let is_upright = !upright.iter().flatten().any(|line| line.ends_with('…'));
        scene.text((self.left, scene.y + face.em), "segment after →", face.bold());
        scene.y += face.line() + 4.0;
        match is_upright {
            true => self.draw_upright(scene, &upright),
            false => self.draw_turned(scene, names),
        }
        let before = (self.left - GAP, scene.y - 6.0);
        scene.text(
            before,
            &face.bold().shorten("before ↓", before.0 - scene.left()),
            face.bold().end(),
        );
    }

    fn middle(&self, column: usize) -> f64 {
        self.left + self.width * (column as f64 + 0.5)
    }

    fn draw_upright(&self, scene: &mut Scene, names: &[Vec<String>]) {
        let face = scene.small().middle();
        scene.y += names.iter().map(Vec::len).max().unwrap_or(0) as f64 * face.line() + 4.0;
        for (column, lines) in names.iter().enumerate() {
            let first = scene.y - 6.0 - (lines.len() - 1) as f64 * face.line();
            for (i, line) in lines.iter().enumerate() {
                scene.text((self.middle(column), first + face.line() * i as f64), line, face);
            }
        }
    }

    /// Names that read upwards, with as many lines as lie side by side over the column.
    fn draw_turned(&self, scene: &mut Scene, names: &[String]) {
        let face = scene.small().turned();
        let most = ((self.width / face.line()).floor() as usize).clamp(1, 3);
        let names: Vec<Vec<String>> =
            names.iter().map(|name| face.wrap(name, LONGEST_NAME, most)).collect();
        let tallest = names.iter().flatten().map(|line| face.width(line)).fold(0.0, f64::max);
        scene.y += tallest.ceil() + 4.0;
        for (column, lines) in names.iter().enumerate() {
            let before = (lines.len() - 1) as f64 * face.line() / 2.0;
            let first = self.middle(column) - before + face.half();
            for (i, line) in lines.iter().enumerate() {
                scene.text((first + face.line() * i as f64, scene.y - 4.0), line, face);
            }
        }
    }

    /// The row's name and total, and its cells.
    fn draw_row(&self, scene: &mut Scene, row: usize) {
        let (face, small) = (scene.body().end(), scene.small().end());
        let name = self.matrix.from.get(row).map_or("", String::as_str);
        let lines = face.wrap(name, self.left - GAP - scene.left(), 4);
        let height = lines.len() as f64 * face.line() + small.line() + 6.0;
        let mut top = scene.y + 3.0;
        for line in &lines {
            scene.text((self.left - GAP, top + face.line() / 2.0 + face.half()), line, face);
            top += face.line();
        }
        let total = (self.left - GAP, top + small.line() / 2.0 + small.half());
        let text = small.shorten(&self.matrix.total(row), total.0 - scene.left());
        scene.text(total, &text, small);
        for column in self.columns.clone() {
            self.draw_cell(scene, (row, column), height);
        }
        scene.y += height;
    }

    /// The number of contacts and, on a page, their share; cells without contacts stay blank.
    fn draw_cell(&self, scene: &mut Scene, (row, column): (usize, usize), height: f64) {
        let (count, share) = (self.matrix.count(row, column), self.matrix.share(row, column));
        let x = self.left + self.width * (column - self.columns.start) as f64;
        let ground = self.ground(row, column);
        scene.rect((x, scene.y), (self.width - 1.0, height - 1.0), ground);
        if count == 0 {
            return;
        }
        let face = scene.small().color(ink_on(ground)).middle();
        let room = self.width - 3.0;
        let fits = |text: &String| face.bold().width(text) <= room;
        let count = counts(count).into_iter().find(fits);
        let is_shown = !scene.narrow() && share.is_finite();
        let share = is_shown.then(|| percent(share)).filter(fits);
        let faces = [(count, face.bold()), (share, face)];
        let texts: Vec<_> =
            faces.into_iter().filter_map(|(text, face)| Some((text?, face))).collect();
        let middle = scene.y + (height - 1.0) / 2.0;
        let first = middle - face.line() * (texts.len().saturating_sub(1)) as f64 / 2.0;
        for (place, (text, face)) in texts.iter().enumerate() {
            let line = first + face.line() * place as f64 + face.half();
            scene.text((x + (self.width - 1.0) / 2.0, line), text, *face);
        }
    }

    fn ground(&self, row: usize, column: usize) -> RGBColor {
        if self.matrix.is_stay(row, column) {
            return GRID;
        }
        let share = self.matrix.share(row, column);
        along(&SEQUENTIAL, if share > 0.0 { (share / self.most).sqrt() } else { 0.0 })
    }
}

/// A share to a tenth of a percent, and never as zero.
fn percent(share: f64) -> String {
    if share < 0.0005 { "<0.1%".to_owned() } else { number::percent(share, 1) }
}

/// A number in full, and shorter: "11,342", "11k".
fn counts(contacts: u64) -> Vec<String> {
    let mut texts = vec![number::count(contacts)];
    for (unit, letter) in [(1_000, "k"), (1_000_000, "m"), (1_000_000_000, "bn")] {
        if contacts >= unit {
            texts.push(format!("{}{letter}", number::count(contacts / unit)));
        }
    }
    texts
}

fn draw_key(scene: &mut Scene, most: f64) {
    let stayed = "stayed in the segment";
    draw_legend(scene, &[Entry { key: Key::Band, color: GRID, text: stayed }]);
    scene.y += GAP;
    // Colours follow the square root of the share, so that small moves are seen beside large ones.
    let words =
        [0.0, most / 4.0, most].map(|share| format!("{}%", number::shortest(100.0 * share)));
    let note = "moved: share of the row's contacts; blank: no contacts";
    draw_ramp(scene, &SEQUENTIAL, [&words[0], &words[1], &words[2]], note);
}
