//! A report as plain data: finished numbers, words and figures, in reading order.
//!
//! A document is built from finished results and turned into files by the writers beside this
//! module. It knows nothing of how a number was found; it carries the number, its unit and its
//! method as they should be shown.

use serde::Serialize;

use super::cell::Cell;
use super::figures::Figure;

/// A whole report.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Document {
    pub title: String,
    /// The finding in one plain sentence; shown first and largest.
    pub answer: String,
    pub stamp: Stamp,
    pub sections: Vec<Section>,
}

impl Document {
    /// Every figure, in reading order.
    pub fn figures(&self) -> impl Iterator<Item = &Figure> {
        self.blocks().filter_map(|block| match block {
            Block::Figure(figure) => Some(figure),
            _ => None,
        })
    }

    /// Every table, in reading order.
    pub fn tables(&self) -> impl Iterator<Item = &Table> {
        self.blocks().filter_map(|block| match block {
            Block::Table(table) | Block::Folded(table) => Some(table),
            _ => None,
        })
    }

    fn blocks(&self) -> impl Iterator<Item = &Block> {
        self.sections.iter().flat_map(|section| &section.blocks)
    }
}

/// What the report was made from; enough to make it again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Stamp {
    /// The date up to which data was used, as it should be shown.
    pub as_of: String,
    pub seed: u64,
    /// Program name and version.
    pub program: String,
    pub settings_hash: String,
    /// Facts about the source, as (what, value).
    pub source: Vec<(String, String)>,
}

/// One question and its answer. The usual order of blocks is picture, table, method.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Section {
    /// Anchor in the page: letters, digits and hyphens.
    pub id: String,
    pub heading: String,
    /// The section's finding in one sentence, shown under the heading.
    pub answer: Option<String>,
    pub blocks: Vec<Block>,
}

/// One piece of a section.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Block {
    /// A paragraph.
    Text(String),
    /// Something the reader must know before believing the rest.
    Notice(Notice),
    Figure(Figure),
    Table(Table),
    /// A long table to look things up in; folded away until asked for.
    Folded(Table),
    /// One sentence an item.
    List(Vec<String>),
    /// Other pages.
    Links(Vec<Link>),
    /// Segment cards, laid out as a grid.
    Cards(Vec<Card>),
    /// How the numbers above were found; folded away until asked for.
    Method(String),
}

/// Another page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Link {
    pub label: String,
    /// Relative to the page, or whole.
    pub href: String,
}

/// A remark that stands out from the text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Notice {
    pub severity: Severity,
    pub text: String,
    /// What to do about it.
    pub hint: Option<String>,
}

/// How much a notice should worry the reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Good to know.
    Info,
    /// The numbers hold, with care.
    Warning,
    /// The numbers must not be acted on.
    Stop,
}

impl Severity {
    /// The word shown before a notice, so that colour is never the only sign.
    pub fn word(self) -> &'static str {
        match self {
            Severity::Info => "Note",
            Severity::Warning => "Caution",
            Severity::Stop => "Stop",
        }
    }
}

/// A table of cells; each row has one cell a column.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Table {
    /// File name of its CSV, without the extension.
    pub name: String,
    pub caption: String,
    pub columns: Vec<Column>,
    pub rows: Vec<Vec<Cell>>,
}

/// The head of a table column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Column {
    pub name: String,
    /// Unit of the numbers as people see them; percentages are fractions in CSV.
    pub unit: Option<String>,
    pub align: Align,
}

impl Column {
    /// A column of words.
    pub fn text(name: impl Into<String>) -> Self {
        Column { name: name.into(), unit: None, align: Align::Left }
    }

    /// A column of numbers.
    pub fn number(name: impl Into<String>) -> Self {
        Column { name: name.into(), unit: None, align: Align::Right }
    }

    /// The same column with a unit beside its name.
    #[must_use]
    pub fn unit(mut self, unit: impl Into<String>) -> Self {
        self.unit = Some(unit.into());
        self
    }
}

/// To which side a column's cells are set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Align {
    Left,
    Right,
}

/// A segment at a glance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Card {
    pub title: String,
    pub subtitle: String,
    /// Facts as (label, value), the values already formatted.
    pub facts: Vec<(String, String)>,
    /// What sets the segment apart, in a few words each.
    pub traits: Vec<String>,
    pub notes: Vec<String>,
}
