//! Who is likely to buy still: P(alive) by the number of orders and the time since the last.

use serde::Serialize;

use super::ramp::draw_ramp;
use super::scene::Scene;
use super::theme::{GAP, SEQUENTIAL};
use super::tint::{along, ink_on};
use crate::reports::number;

/// Mean P(alive) over a grid, a colour a cell, with the contacts in it; cells without any stay blank.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AliveHeatmap {
    /// Days since the last order, shortest first: "0–89".
    pub days: Vec<String>,
    /// Orders after the first, fewest first: "3–4".
    pub repeats: Vec<String>,
    /// A row a number of repeats, a cell a number of days.
    pub cells: Vec<Vec<AliveTile>>,
}

/// The contacts of one cell.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct AliveTile {
    pub contacts: u64,
    /// Mean P(alive), 0 to 1; NaN without contacts.
    pub p_alive: f64,
}

/// The widest that labels beside the grid become.
const LABEL: f64 = 64.0;
const UP: &str = "orders after the first";

impl AliveHeatmap {
    pub(super) fn nothing(&self) -> Option<String> {
        self.tiles().next().is_none().then(|| "nobody has bought".to_owned())
    }

    fn tiles(&self) -> impl Iterator<Item = &AliveTile> {
        let rows = self.cells.iter().take(self.repeats.len());
        let cells = rows.flat_map(|row| row.iter().take(self.days.len()));
        cells.filter(|tile| tile.is_known())
    }

    pub(super) fn draw(&self, scene: &mut Scene) {
        let face = scene.small();
        let labels = self.repeats.iter().map(|label| face.width(label));
        let label = labels.fold(10.0, f64::max).min(LABEL);
        let left = scene.left() + face.line() + label + GAP;
        let width = (scene.right() - left) / self.days.len() as f64;
        let height = (2.0 * face.line() + 6.0).max(face.width(UP) / self.repeats.len() as f64);
        let top = scene.y;
        // Most orders at the top.
        for (place, repeats) in self.repeats.iter().enumerate().rev() {
            let middle = scene.y + height / 2.0;
            let text = face.shorten(repeats, label);
            scene.text((left - 6.0, middle + face.half()), &text, face.end());
            for (column, tile) in self.cells.get(place).into_iter().flatten().enumerate() {
                let at = (left + width * column as f64, scene.y);
                if column < self.days.len() {
                    tile.draw(scene, at, (width, height));
                }
            }
            scene.y += height;
        }
        let side = (scene.left() + face.em, (top + scene.y) / 2.0);
        scene.text(side, UP, face.middle().turned());
        self.draw_days(scene, (left, width));
        let note = "mean P(alive); below it the contacts in the cell";
        draw_ramp(scene, &SEQUENTIAL, ["0%", "50%", "100%"], note);
    }

    /// Labels below the columns, or below every second, third, … where they have no room.
    fn draw_days(&self, scene: &mut Scene, (left, width): (f64, f64)) {
        let face = scene.small().middle();
        let widest = self.days.iter().map(|label| face.width(label)).fold(1.0, f64::max) + 6.0;
        let every = (widest / width).ceil().clamp(1.0, 4.0) as usize;
        let room = width * every as f64 - 6.0;
        for (place, label) in self.days.iter().enumerate().step_by(every) {
            // Words that are wider than their column begin with it.
            let text = face.shorten(label, room.min(scene.right() - left - width * place as f64));
            let x = left + width * place as f64;
            match every {
                1 => scene.text((x + width / 2.0, scene.y + face.em + 2.0), &text, face),
                _ => scene.text((x, scene.y + face.em + 2.0), &text, face.start()),
            }
        }
        scene.y += 2.0 * face.line();
        let middle = (left + scene.right()) / 2.0;
        scene.text((middle, scene.y), "days since the last order", face);
        scene.y += 2.0 * GAP;
    }
}

impl AliveTile {
    fn is_known(&self) -> bool {
        self.contacts > 0 && self.p_alive.is_finite()
    }

    fn draw(&self, scene: &mut Scene, (x, y): (f64, f64), (width, height): (f64, f64)) {
        if !self.is_known() {
            return;
        }
        let ground = along(&SEQUENTIAL, self.p_alive);
        scene.rect((x, y), (width - 2.0, height - 2.0), ground);
        let face = scene.small().color(ink_on(ground)).middle();
        let (middle, room) = (x + width / 2.0 - 1.0, width - 6.0);
        let percent = number::percent(self.p_alive, 0);
        let lines = [(vec![percent], face.bold()), (short_counts(self.contacts), face)];
        for (place, (texts, face)) in lines.iter().enumerate() {
            let line = y + (height - 2.0) / 2.0 + face.line() * (place as f64 - 0.5) + face.half();
            if let Some(text) = texts.iter().find(|text| face.width(text) <= room) {
                scene.text((middle, line), text, *face);
            }
        }
    }
}

/// A number in full, and shorter: "11,342", "11k".
fn short_counts(contacts: u64) -> Vec<String> {
    let mut texts = vec![number::count(contacts)];
    for (unit, letter) in [(1_000, "k"), (1_000_000, "m")] {
        if contacts >= unit {
            texts.push(format!("{}{letter}", number::count(contacts / unit)));
        }
    }
    texts
}
