//! Lead scores as tables.

use crate::predict::leads::{Change, LeadModel, LeadRule, Leads, Move, Past, Points, ScoredLead};
use crate::reports::{Cell, Column, Table};

/// Contacts of the list for people.
const LEADERS: usize = 20;

/// Moves that are named in one cell.
const NAMED_MOVES: usize = 3;

/// The rules of a score.
pub fn rules(model: &LeadModel) -> Table {
    let row = |rule: &LeadRule| {
        vec![
            Cell::Id(rule.id.clone()),
            Cell::text(rule.group.word()),
            Cell::text(rule.words()),
            points_cell(rule.points),
            rule.cap.map_or(Cell::missing("no cap of its own"), points_cell),
        ]
    };
    Table {
        name: "lead_rules".to_owned(),
        caption: "Rules of a lead score".to_owned(),
        columns: vec![
            Column::text("Rule"),
            Column::text("Group"),
            Column::text("Looks at"),
            Column::number("Points"),
            Column::number("Cap"),
        ],
        rows: model.rules.iter().map(row).collect(),
    }
}

/// The bands and who is in them.
pub fn bands(leads: &Leads) -> Table {
    let all: usize = leads.bands.iter().map(|(_, contacts)| contacts).sum();
    let row = |(name, contacts): &(String, usize)| {
        let value = *contacts as f64 / all.max(1) as f64;
        vec![
            Cell::text(name.clone()),
            Cell::Count(*contacts as u64),
            Cell::Percent { value, decimals: 1 },
        ]
    };
    Table {
        name: "lead_bands".to_owned(),
        caption: format!("Lead scores as of {}", leads.as_of),
        columns: vec![Column::text("Band"), Column::number("Contacts"), Column::number("Share")],
        rows: leads.bands.iter().map(row).collect(),
    }
}

/// The first contacts, and what moved them.
pub fn leaders(leads: &Leads) -> Table {
    let row = |contact: &ScoredLead| {
        let mut row = scored(leads, contact);
        row.push(contact.change.from.map_or_else(unknown, points_cell));
        row.push(Cell::text(moved(&contact.change, NAMED_MOVES)));
        row
    };
    let shown = leads.contacts.len().min(LEADERS);
    let caption = match leads.contacts.len() {
        all if all > shown => format!("The first {shown} of {all}"),
        _ => "Scores".to_owned(),
    };
    let mut columns = scored_columns();
    columns.push(Column::number(leads.since.to_string()));
    columns.push(Column::text("Moved by"));
    let rows = leads.contacts.iter().take(LEADERS).map(row).collect();
    Table { name: "leads".to_owned(), caption, columns, rows }
}

/// Every contact with the points of every rule, and the score in earlier weeks.
pub fn contacts(leads: &Leads) -> Table {
    let row = |contact: &ScoredLead| {
        let mut row = scored(leads, contact);
        row.extend(contact.points.iter().map(|points| points_cell(*points)));
        let past = contact.past.iter();
        row.extend(past.map(|past| past.map_or_else(unknown, |past| points_cell(past.score))));
        row.push(Cell::text(moved(&contact.change, usize::MAX)));
        row
    };
    let mut columns = scored_columns();
    columns.extend(leads.model.rules.iter().map(|rule| Column::number(rule.id.clone())));
    columns.extend(leads.weeks.iter().map(|week| Column::number(format!("score {week}"))));
    columns.push(Column::text(format!("moved by since {}", leads.since)));
    Table {
        name: "leads".to_owned(),
        caption: format!("Lead scores as of {}", leads.as_of),
        columns,
        rows: leads.contacts.iter().map(row).collect(),
    }
}

/// What gave a contact's points, rule by rule.
pub fn points(leads: &Leads, contact: &ScoredLead) -> Table {
    let rules = leads.model.rules.iter().zip(&contact.points).zip(&contact.times);
    let row = |((rule, points), times): ((&LeadRule, &Points), &u64)| {
        vec![
            Cell::Id(rule.id.clone()),
            Cell::text(rule.group.word()),
            Cell::text(rule.words()),
            Cell::Count(*times),
            points_cell(*points),
        ]
    };
    Table {
        name: "lead_points".to_owned(),
        caption: format!(
            "What gives {} points to {}; fit up to {}, intent up to {}",
            contact.now.score.value(),
            contact.contact_id,
            leads.model.fit_cap.value(),
            leads.model.intent_cap.value()
        ),
        columns: vec![
            Column::text("Rule"),
            Column::text("Group"),
            Column::text("Looks at"),
            Column::number("Times"),
            Column::number("Points"),
        ],
        rows: rules.map(row).collect(),
    }
}

/// A contact's score in earlier weeks.
pub fn history(leads: &Leads, contact: &ScoredLead) -> Table {
    let row = |as_of: String, past: Option<Past>| {
        let Some(past) = past else {
            return vec![Cell::text(as_of), unknown(), unknown(), unknown(), unknown()];
        };
        vec![
            Cell::text(as_of),
            points_cell(past.score),
            points_cell(past.fit),
            points_cell(past.intent),
            Cell::text(leads.band(past.band)),
        ]
    };
    let now = row(leads.as_of.to_string(), Some(contact.now));
    let past = leads.weeks.iter().zip(&contact.past);
    Table {
        name: "lead_history".to_owned(),
        caption: format!("Scores of {}", contact.contact_id),
        columns: vec![
            Column::text("As of"),
            Column::number("Score"),
            Column::number("Fit"),
            Column::number("Intent"),
            Column::text("Band"),
        ],
        rows: std::iter::once(now)
            .chain(past.map(|(week, past)| row(week.to_string(), *past)))
            .collect(),
    }
}

/// What moved a contact's score.
pub fn moves(leads: &Leads, contact: &ScoredLead) -> Table {
    let row = |one: &Move| vec![points_cell(one.points), Cell::text(one.words())];
    Table {
        name: "lead_moves".to_owned(),
        caption: format!("What moved {} since {}", contact.contact_id, leads.since),
        columns: vec![Column::number("Points"), Column::text("By")],
        rows: contact.change.moves.iter().map(row).collect(),
    }
}

fn scored(leads: &Leads, contact: &ScoredLead) -> Vec<Cell> {
    vec![
        Cell::Id(contact.contact_id.clone()),
        points_cell(contact.now.score),
        points_cell(contact.now.fit),
        points_cell(contact.now.intent),
        Cell::text(leads.band(contact.now.band)),
    ]
}

fn scored_columns() -> Vec<Column> {
    let numbers = ["Score", "Fit", "Intent"].map(Column::number);
    let mut columns = vec![Column::text("Contact")];
    columns.extend(numbers);
    columns.push(Column::text("Band"));
    columns
}

fn moved(change: &Change, most: usize) -> String {
    let named = change.moves.iter().take(most).map(Move::words);
    named.collect::<Vec<_>>().join("; ")
}

fn points_cell(points: Points) -> Cell {
    Cell::Number { value: points.value(), decimals: 2 }
}

fn unknown() -> Cell {
    Cell::missing("not known yet")
}
