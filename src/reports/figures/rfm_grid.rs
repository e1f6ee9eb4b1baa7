//! Where contacts stand between recent and frequent.

use serde::Serialize;

use super::scene::{Face, Scene};
use super::theme::{GAP, SEQUENTIAL};
use super::tint::{along, ink_on};
use crate::reports::number;

/// Recency by frequency scores, five by five, coloured by share of contacts.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RfmGrid {
    /// Cells not listed are drawn as empty; cells outside 1 to 5 are not drawn.
    pub cells: Vec<RfmCell>,
}

/// The contacts with one recency and one frequency score.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RfmCell {
    /// 1 (long ago) to 5 (just now).
    pub recency: u8,
    /// 1 (seldom) to 5 (often).
    pub frequency: u8,
    /// Name of the segment that the cell belongs to.
    pub segment: String,
    pub contacts: u64,
    /// Share of all contacts, a fraction.
    pub share: f64,
}

const SCORES: u8 = 5;

impl RfmGrid {
    pub(super) fn nothing(&self) -> Option<String> {
        let on_grid = |cell: &RfmCell| {
            (1..=SCORES).contains(&cell.recency) && (1..=SCORES).contains(&cell.frequency)
        };
        (!self.cells.iter().any(on_grid)).then(|| "no contact has a score".to_owned())
    }

    pub(super) fn draw(&self, scene: &mut Scene) {
        let face = scene.small();
        let left = scene.left() + 2.0 * face.line() + 4.0;
        let width = (scene.right() - left) / f64::from(SCORES);
        let keys = self.keys(scene, width);
        let height = if keys.is_empty() { 74.0 } else { 58.0 };
        let top = scene.y;
        for row in 0..SCORES {
            let y = top + height * f64::from(row);
            let label = face.middle();
            let score = (SCORES - row).to_string();
            scene.text((left - 10.0, y + height / 2.0 + face.half()), &score, label);
            for column in 0..SCORES {
                let at = (left + width * f64::from(column), y);
                let cell = self.cell(column + 1, SCORES - row);
                draw_cell(scene, at, (width, height), cell, &keys, self.most());
            }
        }
        let bottom = top + height * f64::from(SCORES);
        draw_axes(scene, (left, width), (top, bottom));
        draw_keys(scene, &keys);
    }

    fn cell(&self, recency: u8, frequency: u8) -> Option<&RfmCell> {
        self.cells.iter().find(|cell| cell.recency == recency && cell.frequency == frequency)
    }

    fn most(&self) -> f64 {
        let shares = self.cells.iter().map(|cell| cell.share).filter(|share| share.is_finite());
        shares.fold(0.0, f64::max)
    }

    /// Segment names in the order of their letters; empty where the names fit into the cells.
    fn keys(&self, scene: &Scene, width: f64) -> Vec<&str> {
        let face = scene.small().bold();
        let mut names: Vec<&str> = Vec::new();
        for cell in &self.cells {
            if !cell.segment.is_empty() && !names.contains(&cell.segment.as_str()) {
                names.push(&cell.segment);
            }
        }
        let fit = |name: &&str| {
            let lines = face.wrap(name, width - 6.0, 2);
            !lines.iter().any(|line| line.ends_with('…'))
        };
        if names.iter().all(fit) { Vec::new() } else { names }
    }
}

fn draw_cell(
    scene: &mut Scene,
    (x, y): (f64, f64),
    (width, height): (f64, f64),
    cell: Option<&RfmCell>,
    keys: &[&str],
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
    let words = Words::of(cell, keys, small, width - 6.0);
    let first = y + (height - 2.0) / 2.0 - (words.lines.len() as f64 - 1.0) * small.line() / 2.0;
    for (i, line) in words.lines.iter().enumerate() {
        let face = if i < words.bold { small.bold() } else { small };
        let line = face.shorten(line, width - 4.0);
        let down = first + i as f64 * small.line() + face.half();
        scene.text((x + width / 2.0 - 1.0, down), &line, face);
    }
}

/// The lines in a cell; the first `bold` of them name the segment.
struct Words {
    lines: Vec<String>,
    bold: usize,
}

impl Words {
    fn of(cell: &RfmCell, keys: &[&str], face: Face, room: f64) -> Self {
        let mut lines = match keys.iter().position(|key| *key == cell.segment) {
            Some(place) => vec![letter(place)],
            None => face.bold().wrap(&cell.segment, room, 2),
        };
        let bold = lines.len();
        let (percent, count) = (number::percent(cell.share, 1), number::count(cell.contacts));
        let both = format!("{percent} · {count}");
        if face.width(&both) <= room {
            lines.push(both);
        } else {
            lines.extend([percent, count]);
        }
        Words { lines, bold }
    }
}

fn draw_axes(scene: &mut Scene, (left, width): (f64, f64), (top, bottom): (f64, f64)) {
    let face = scene.small().middle();
    let up = "frequency score (5 = most often)";
    scene.text((scene.left() + face.em, (top + bottom) / 2.0), up, face.turned());
    let mut y = bottom + face.em + 2.0;
    for column in 0..SCORES {
        let x = left + width * (f64::from(column) + 0.5);
        scene.text((x, y), &(column + 1).to_string(), face);
    }
    y += face.line();
    scene.text(
        (left + width * f64::from(SCORES) / 2.0, y),
        "recency score (5 = most recent)",
        face,
    );
    scene.y = y + GAP;
    let note =
        "each cell: segment, share of all contacts, number of contacts; darker is more contacts";
    scene.paragraph(note, face.start(), 3);
}

fn draw_keys(scene: &mut Scene, keys: &[&str]) {
    let face = scene.small();
    for (place, name) in keys.iter().enumerate() {
        scene.paragraph(&format!("{} = {name}", letter(place)), face, 2);
    }
}

/// A, B, …, Z, AA, AB, …
fn letter(place: usize) -> String {
    let last = char::from(b'A' + (place % 26) as u8);
    if place < 26 { last.to_string() } else { format!("{}{last}", letter(place / 26 - 1)) }
}
