//! The document as Markdown: answers, notices, tables, and links to the pictures.

use super::document::{Align, Block, Card, Document, Link, Notice, Section, Stamp, Table};
use super::names;

/// The document as Markdown text.
pub fn render(document: &Document) -> String {
    let mut out = format!("# {}\n\n", escaped(&document.title));
    out.push_str(&format!("**{}**\n\n", escaped(&document.answer)));
    let files = names::distinct(document.figures().map(|figure| figure.name.as_str()));
    let mut files = files.into_iter();
    for section in &document.sections {
        render_section(&mut out, section, &mut files);
    }
    render_stamp(&mut out, &document.stamp);
    out
}

fn render_section(out: &mut String, section: &Section, files: &mut impl Iterator<Item = String>) {
    out.push_str(&format!("## {}\n\n", escaped(&section.heading)));
    if let Some(answer) = &section.answer {
        out.push_str(&format!("**{}**\n\n", escaped(answer)));
    }
    for block in &section.blocks {
        match block {
            Block::Text(text) => out.push_str(&format!("{}\n\n", escaped(text))),
            Block::Notice(notice) => render_notice(out, notice),
            Block::Figure(figure) => {
                let file = files.next().unwrap_or_default();
                let title = escaped(&figure.title);
                out.push_str(&format!("![{title}](figures/{file}.png)\n\n"));
            }
            Block::Table(table) | Block::Folded(table) => render_table(out, table),
            Block::List(items) => render_list(out, items),
            Block::Links(links) => {
                let link = |l: &Link| format!("- [{}](<{}>)\n", escaped(&l.label), l.href);
                links.iter().for_each(|l| out.push_str(&link(l)));
                out.push('\n');
            }
            Block::Cards(cards) => cards.iter().for_each(|card| render_card(out, card)),
            Block::Method(text) => out.push_str(&format!("*Method.* {}\n\n", escaped(text))),
        }
    }
}

fn render_list(out: &mut String, items: &[String]) {
    items.iter().for_each(|item| out.push_str(&format!("- {}\n", escaped(item))));
    out.push('\n');
}

fn render_notice(out: &mut String, notice: &Notice) {
    out.push_str(&format!("> **{}.** {}", notice.severity.word(), escaped(&notice.text)));
    if let Some(hint) = &notice.hint {
        out.push_str(&format!(" *{}*", escaped(hint)));
    }
    out.push_str("\n\n");
}

fn render_table(out: &mut String, table: &Table) {
    out.push_str(&format!("{}\n\n|", escaped(&table.caption)));
    for column in &table.columns {
        let unit = column.unit.as_deref().map(|u| format!(" ({})", escaped(u))).unwrap_or_default();
        out.push_str(&format!(" {}{unit} |", escaped(&column.name)));
    }
    out.push_str("\n|");
    for column in &table.columns {
        out.push_str(if column.align == Align::Right { "---:|" } else { "---|" });
    }
    for row in &table.rows {
        out.push_str("\n|");
        row.iter().for_each(|cell| out.push_str(&format!(" {} |", escaped(&cell.shown()))));
    }
    out.push_str("\n\n");
}

fn render_card(out: &mut String, card: &Card) {
    out.push_str(&format!("### {}\n\n{}\n\n", escaped(&card.title), escaped(&card.subtitle)));
    for (label, value) in &card.facts {
        out.push_str(&format!("- {}: {}\n", escaped(label), escaped(value)));
    }
    for line in card.traits.iter().chain(&card.notes) {
        out.push_str(&format!("- {}\n", escaped(line)));
    }
    out.push('\n');
}

fn render_stamp(out: &mut String, stamp: &Stamp) {
    out.push_str(&format!(
        "---\n\nAs of {}; seed {}; {}; settings {}.\n",
        escaped(&stamp.as_of),
        stamp.seed,
        escaped(&stamp.program),
        escaped(&stamp.settings_hash),
    ));
    for (what, value) in &stamp.source {
        out.push_str(&format!("\n- {}: {}", escaped(what), escaped(value)));
    }
    if !stamp.source.is_empty() {
        out.push('\n');
    }
}

/// Text that Markdown shows as it is: one line, no markup, no HTML.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '&' => out.push_str("&amp;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' | '~' => out.extend(['\\', c]),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}
