//! What is wrong with the data, as a section.

use crate::hygiene::{Audit, Finding, Rates, Status};

use super::number;
use super::{Block, Cell, Column, Section, Table};

/// The hygiene section: what was found, what could not be checked, and the rates both ways. Checks
/// that found nothing are named in one sentence.
pub fn section(audit: &Audit) -> Section {
    let mut blocks = Vec::new();
    if audit.with(Status::Found).next().is_some() {
        blocks.push(Block::Table(found(audit)));
    }
    let rated: Vec<(&Finding, Rates)> =
        audit.findings.iter().filter_map(|f| Some((f, f.rates?))).collect();
    if !rated.is_empty() {
        blocks.push(Block::Table(rates(&rated)));
    }
    blocks.extend(clean(audit).map(Block::Text));
    if audit.with(Status::NotChecked).next().is_some() {
        blocks.push(Block::Table(not_checked(audit)));
    }
    blocks.push(Block::Method(method(audit)));
    Section {
        id: "hygiene".to_owned(),
        heading: "Data hygiene".to_owned(),
        answer: Some(answer(audit)),
        blocks,
    }
}

fn answer(audit: &Audit) -> String {
    let (found, open) = (audit.with(Status::Found).count(), audit.with(Status::NotChecked).count());
    let run = audit.findings.len() - open;
    let open = match open {
        0 => String::new(),
        n => format!(" {n} could not be run on this data."),
    };
    match audit.with(Status::Found).next() {
        None => format!("None of {run} checks found a fault.{open}"),
        Some(first) => format!(
            "{found} of {run} checks found something; the one that costs most: {} {}, {}.{open}",
            number::count(first.count.unwrap_or(0)),
            first.unit,
            lower_first(first.title),
        ),
    }
}

fn lower_first(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |c| c.to_lowercase().chain(letters).collect())
}

/// What was found, what to do and what it costs.
fn found(audit: &Audit) -> Table {
    let row = |f: &Finding| {
        let mut row = summary(f);
        row.extend([
            Cell::text(f.what_to_do),
            Cell::text(f.what_it_costs),
            Cell::text(f.examples.join(", ")),
        ]);
        row
    };
    let mut columns = summary_columns();
    columns.extend([
        Column::text("What to do"),
        Column::text("What it costs"),
        Column::text("Examples"),
    ]);
    Table {
        name: "hygiene".to_owned(),
        caption: "What was found, in the order of what it costs".to_owned(),
        columns,
        rows: audit.with(Status::Found).map(row).collect(),
    }
}

/// Every check with its outcome, for a terminal.
pub fn table(audit: &Audit) -> Table {
    let row = |f: &Finding| {
        let mut row = summary(f);
        row.push(Cell::text(match &f.not_checked {
            Some(reason) => format!("not checked: {}; needs {}", reason.why, reason.needs),
            None => f.examples.join(", "),
        }));
        row
    };
    let mut columns = summary_columns();
    columns.push(Column::text("Examples"));
    Table {
        name: "hygiene".to_owned(),
        caption: "Data hygiene, in the order of what it costs".to_owned(),
        columns,
        rows: audit.findings.iter().map(row).collect(),
    }
}

fn summary_columns() -> Vec<Column> {
    vec![
        Column::text("Check"),
        Column::number("Count"),
        Column::number("Of"),
        Column::text("Unit"),
        Column::number("Share"),
    ]
}

fn summary(finding: &Finding) -> Vec<Cell> {
    let why = || finding.not_checked.as_ref().map_or("", |reason| reason.why.as_str());
    let count = |value: Option<u64>| value.map_or_else(|| Cell::missing(why()), Cell::Count);
    let share = |value| Cell::Percent { value, decimals: 2 };
    vec![
        Cell::text(finding.title),
        count(finding.count),
        count(finding.of),
        Cell::text(finding.unit),
        finding.share.map_or_else(|| Cell::missing(why()), share),
    ]
}

fn rates(rated: &[(&Finding, Rates)]) -> Table {
    let percent = |value| Cell::Percent { value, decimals: 2 };
    let row = |(finding, rates): &(&Finding, Rates)| {
        vec![
            Cell::text(finding.title),
            Cell::Count(rates.mails),
            percent(rates.all_rate),
            percent(rates.human_rate),
        ]
    };
    Table {
        name: "hygiene-rates".to_owned(),
        caption: "Mails with at least one open or click, with and without machines".to_owned(),
        columns: vec![
            Column::text("Without"),
            Column::number("Mails"),
            Column::number("By anybody"),
            Column::number("By people"),
        ],
        rows: rated.iter().map(row).collect(),
    }
}

fn clean(audit: &Audit) -> Option<String> {
    let titles: Vec<String> =
        audit.with(Status::Clean).map(|finding| lower_first(finding.title)).collect();
    (!titles.is_empty()).then(|| format!("Nothing found: {}.", titles.join("; ")))
}

fn not_checked(audit: &Audit) -> Table {
    let row = |finding: &Finding| {
        let reason = finding.not_checked.as_ref();
        vec![
            Cell::text(finding.title),
            Cell::text(reason.map_or("", |r| r.why.as_str())),
            Cell::text(reason.map_or("", |r| r.needs.as_str())),
        ]
    };
    Table {
        name: "hygiene-not-checked".to_owned(),
        caption: "Not checked".to_owned(),
        columns: vec![Column::text("Check"), Column::text("Why"), Column::text("What is needed")],
        rows: audit.with(Status::NotChecked).map(row).collect(),
    }
}

fn method(audit: &Audit) -> String {
    format!(
        "Rows before {} are looked at. Mailed after leaving: two days of grace for mails in the \
         queue. A hard bounce: at least three later sends and no delivery since. Sunset: known for \
         180 days, at least 5 sends, no open or click by a person, no visit and no order in that \
         time. Machines: the platform's own flag where there is one, else the rules under \
         `[ingest.machine]`. Examples are those with most faults.",
        audit.as_of
    )
}
