//! What became of the source rows, as a section.

use crate::ingest::{IngestReport, SourceCounts};

use super::number;
use super::{Block, Cell, Column, Notice, Section, Severity, Table};

/// The data section: every source, every row accounted for.
pub fn section(report: &IngestReport) -> Section {
    let rejected = report.rejected();
    let rows: u64 = report.sources.iter().map(|s| s.rows).sum();
    let mut blocks = vec![Block::Table(table(report))];
    blocks.extend(notices(report));
    Section {
        id: "data".to_owned(),
        heading: "The data behind this".to_owned(),
        answer: Some(format!(
            "{} rows were read and {} of them rejected.",
            number::count(rows),
            if rejected == 0 { "none".to_owned() } else { number::count(rejected) }
        )),
        blocks,
    }
}

/// Every source's rows, accounted for.
pub fn table(report: &IngestReport) -> Table {
    let row = |s: &SourceCounts| {
        let of_orders = s.set_aside_other_currency + s.set_aside_test;
        let set_aside = s.set_aside_no_contact + of_orders + s.skipped;
        vec![
            Cell::text(&*s.table),
            Cell::text(s.files.join(", ")),
            Cell::Count(s.rows),
            Cell::Count(s.accepted),
            Cell::Count(s.repeated),
            Cell::Count(set_aside),
            Cell::Count(s.rejected),
        ]
    };
    Table {
        name: "data".to_owned(),
        caption: "Rows by source".to_owned(),
        columns: vec![
            Column::text("Table"),
            Column::text("Files"),
            Column::number("Rows"),
            Column::number("Accepted"),
            Column::number("Repeated"),
            Column::number("Set aside"),
            Column::number("Rejected"),
        ],
        rows: report.sources.iter().map(row).collect(),
    }
}

fn notices(report: &IngestReport) -> Vec<Block> {
    let mut notices = Vec::new();
    let mut note = |text: String| {
        notices.push(Block::Notice(Notice { severity: Severity::Info, text, hint: None }));
    };
    for source in &report.sources {
        if source.set_aside_no_contact > 0 {
            let count = number::count(source.set_aside_no_contact);
            note(format!("{count} rows of {} name no contact and are set aside.", source.table));
        }
        if source.mail_without_campaign > 0 {
            let count = number::count(source.mail_without_campaign);
            note(format!(
                "{count} mail events name no campaign and count in no open or click rate, because \
                 they cannot be matched to a send. Map the campaign column."
            ));
        }
        for (rule, count) in &source.rules {
            note(format!("{} rows of {}: {rule}.", number::count(*count), source.table));
        }
    }
    if report.addresses_replaced > 0 {
        note("Contact ids that are email addresses are stored as codes.".to_owned());
    }
    notices
}
