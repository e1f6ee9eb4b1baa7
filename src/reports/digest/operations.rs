//! The data behind the digest.

use super::super::{Block, Cell, Column, Section, Table, number};
use super::facts::{DigestFacts, HygieneItem};

/// What is wrong with the data, new and known.
pub fn hygiene(facts: &DigestFacts) -> Section {
    let found = &facts.hygiene.found;
    let new = found.iter().filter(|item| item.before.is_none()).count();
    let answer = match (found.len(), facts.since.is_some()) {
        (0, _) => "Nothing is wrong with the data, as far as could be checked.".to_owned(),
        (n, false) => format!("{n} of {} checks of the data found faults.", facts.hygiene.checks),
        (n, true) => format!(
            "{n} of {} checks of the data found faults, {new} of them new; {} are fixed.",
            facts.hygiene.checks,
            facts.hygiene.fixed.len()
        ),
    };
    let mut blocks = Vec::new();
    if !found.is_empty() {
        blocks.push(Block::Table(Table {
            name: "hygiene".to_owned(),
            caption: "Faults in the data, what costs most first".to_owned(),
            columns: vec![
                Column::text("Finding"),
                Column::number("Count"),
                Column::number("Before"),
                Column::text("What to do"),
            ],
            rows: found.iter().map(row).collect(),
        }));
    }
    Section {
        id: "hygiene".to_owned(),
        heading: "The data".to_owned(),
        answer: Some(answer),
        blocks,
    }
}

fn row(item: &HygieneItem) -> Vec<Cell> {
    vec![
        Cell::text(&*item.title),
        Cell::text(format!("{} {}", number::count(item.count), item.unit)),
        item.before.map_or_else(|| Cell::missing("not found then"), Cell::Count),
        Cell::text(&*item.what_to_do),
    ]
}
