//! What is written into the cells of a grid of scores, so that it can be read in the room there is.
//!
//! Names stand in the cells if all of them fit, else letters with a key below; shares and numbers of
//! contacts if all fit, else shares without decimals. All cells of a drawing are written alike.

use super::rfm_grid::{RfmCell, RfmPart};
use super::scene::Face;
use crate::reports::number;

/// The lines in a cell; the first `bold` of them name the segment.
pub(super) struct Words {
    pub lines: Vec<String>,
    pub bold: usize,
}

/// How the cells of one drawing are written.
pub(super) struct Plan {
    room: f64,
    /// The names that letters stand for; none where the names themselves fit.
    lettered: Vec<String>,
    sizes: Sizes,
    has_names: bool,
    has_monetary: bool,
    most_lines: usize,
}

/// How the size of a cell is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sizes {
    /// "1.2% · 120".
    OneLine,
    /// "1.2%", and "120" below it.
    TwoLines,
    /// "1", whole percent.
    Percent,
}

impl Plan {
    pub fn new(cells: &[RfmCell], face: Face, room: f64) -> Self {
        let has_monetary = cells.iter().flat_map(|c| &c.parts).any(|p| p.monetary.is_some());
        let fit = |sizes: &Sizes| {
            let lines = |cell| sizes.of(cell).into_iter();
            cells.iter().flat_map(lines).all(|line| face.width(&line) <= room)
        };
        let sizes = [Sizes::OneLine, Sizes::TwoLines].into_iter().find(fit);
        let sizes = sizes.unwrap_or(Sizes::Percent);
        let lettered = Vec::new();
        let has_names = cells.iter().any(|cell| !cell.parts.is_empty());
        let mut plan = Plan { room, lettered, sizes, has_names, has_monetary, most_lines: 1 };
        if !cells.iter().all(|cell| plan.names_fit(cell, face)) {
            plan.lettered = names(cells);
        }
        let lines = cells.iter().map(|cell| plan.words(cell, face).lines.len());
        plan.most_lines = lines.max().unwrap_or(1);
        plan
    }

    /// Height of a cell.
    pub fn height(&self, face: Face) -> f64 {
        (self.most_lines as f64 * face.line() + 10.0).max(34.0)
    }

    pub fn words(&self, cell: &RfmCell, face: Face) -> Words {
        if self.has_monetary {
            let lines = cell.parts.iter().map(|part| self.part(part)).collect();
            return Words { lines, bold: 0 };
        }
        let mut lines: Vec<String> = match cell.parts.first() {
            Some(part) if self.lettered.is_empty() => face.bold().wrap(&part.segment, self.room, 2),
            Some(part) => vec![self.name(&part.segment)],
            None => Vec::new(),
        };
        lines.retain(|line| !line.is_empty());
        let bold = lines.len();
        lines.extend(self.sizes.of(cell));
        Words { lines, bold }
    }

    /// What the reader must know of the cells.
    pub fn note(&self) -> String {
        let holds = match (self.has_monetary, self.sizes) {
            (true, _) => "each line: monetary score, segment, share of all buyers",
            (_, Sizes::Percent) if self.has_names => "each cell: segment, percent of all buyers",
            (_, Sizes::Percent) => "each cell: percent of all buyers",
            _ if self.has_names => "each cell: segment, share of all buyers, number of contacts",
            _ => "each cell: share of all buyers, number of contacts",
        };
        format!("{holds}; darker is more contacts")
    }

    /// The lines that tell what letters stand for.
    pub fn keys(&self) -> impl Iterator<Item = String> {
        self.lettered.iter().enumerate().map(|(i, name)| format!("{} = {name}", letter(i)))
    }

    fn names_fit(&self, cell: &RfmCell, face: Face) -> bool {
        cell.parts.iter().all(|part| match part.monetary {
            Some(_) => face.width(&self.part(part)) <= self.room,
            None => {
                let lines = face.bold().wrap(&part.segment, self.room, 2);
                !lines.iter().any(|line| line.ends_with('…'))
            }
        })
    }

    /// The name, or the letter that stands for it.
    fn name(&self, segment: &str) -> String {
        let place = self.lettered.iter().position(|name| name == segment);
        place.map_or_else(|| segment.to_owned(), letter)
    }

    fn part(&self, part: &RfmPart) -> String {
        let monetary = part.monetary.map_or(String::new(), |score| format!("M{score} "));
        format!("{monetary}{} · {}", self.name(&part.segment), number::percent(part.share, 1))
    }
}

impl Sizes {
    fn of(self, cell: &RfmCell) -> Vec<String> {
        let (share, count) = (number::percent(cell.share, 1), number::count(cell.contacts));
        match self {
            Sizes::OneLine => vec![format!("{share} · {count}")],
            Sizes::TwoLines => vec![share, count],
            Sizes::Percent if cell.contacts > 0 && cell.share < 0.005 => vec!["<1".to_owned()],
            Sizes::Percent => vec![number::decimal(100.0 * cell.share, 0)],
        }
    }
}

/// Every name once, in the order of the cells.
fn names(cells: &[RfmCell]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for part in cells.iter().flat_map(|cell| &cell.parts) {
        if !part.segment.is_empty() && !names.contains(&part.segment) {
            names.push(part.segment.clone());
        }
    }
    names
}

/// A, B, …, Z, AA, AB, …
fn letter(place: usize) -> String {
    let last = char::from(b'A' + (place % 26) as u8);
    if place < 26 { last.to_string() } else { format!("{}{last}", letter(place / 26 - 1)) }
}
