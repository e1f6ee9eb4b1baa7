//! A document as a mail: simple HTML that mail programs show, its pictures to be sent along, and the same in plain
//! text.

use maud::{DOCTYPE, Markup, html};

use super::document::{Align, Block, Document, Section, Table};
use super::figures::{Figure, Width};
use super::names;
use crate::error::Result;

/// A document in the forms that a mail carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    pub subject: String,
    pub text: String,
    /// Refers to pictures as `cid:NAME`.
    pub html: String,
    pub pictures: Vec<Picture>,
}

/// A picture of a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    pub name: String,
    /// What is said in place of the picture.
    pub alt: String,
    pub png: Vec<u8>,
}

/// Styles are in the elements: mail programs drop style sheets.
const BODY: &str = "margin:0;padding:16px;background:#ffffff;color:#1a1a1a;font-family:Helvetica,Arial,sans-serif;\
                    font-size:15px;line-height:1.45;max-width:720px";
const CELL: &str = "padding:4px 10px 4px 0;border-bottom:1px solid #dddddd;vertical-align:top;";
const BOX: &str = "padding:8px 12px;border-left:4px solid #b35900;background:#fff6ec";

/// The document as a mail. Folded tables and methods are left to the page; `link` is where that is.
///
/// # Errors
///
/// If a figure cannot be drawn.
pub fn render(document: &Document, link: Option<&str>) -> Result<Mail> {
    let names = names::distinct(document.figures().map(|figure| figure.name.as_str()));
    let pictures = document.figures().zip(names.iter()).map(picture).collect::<Result<Vec<_>>>()?;
    Ok(Mail {
        subject: document.title.clone(),
        text: text(document, link),
        html: page(document, link, names),
        pictures,
    })
}

fn picture((figure, name): (&Figure, &String)) -> Result<Picture> {
    Ok(Picture { name: name.clone(), alt: figure.label(), png: figure.png(Width::Wide)? })
}

fn page(document: &Document, link: Option<&str>, names: Vec<String>) -> String {
    let mut names = names.into_iter();
    let sections: Vec<Markup> = document.sections.iter().map(|s| section(s, &mut names)).collect();
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head { meta charset="utf-8"; title { (document.title) } }
            body style=(BODY) {
                h1 style="font-size:20px;margin:0 0 8px" { (document.title) }
                p style="font-size:17px;font-weight:bold" { (document.answer) }
                @for section in sections { (section) }
                @if let Some(link) = link { p { a href=(link) { "The whole digest" } } }
                p style="color:#666666;font-size:12px" {
                    "Data up to " (document.stamp.as_of) ", " (document.stamp.program)
                }
            }
        }
    };
    page.into_string()
}

fn section(section: &Section, names: &mut impl Iterator<Item = String>) -> Markup {
    let blocks: Vec<Markup> = section.blocks.iter().map(|b| block(b, names)).collect();
    html! {
        h2 style="font-size:17px;margin:24px 0 4px" { (section.heading) }
        @if let Some(answer) = &section.answer { p { strong { (answer) } } }
        @for block in blocks { (block) }
    }
}

fn block(block: &Block, names: &mut impl Iterator<Item = String>) -> Markup {
    match block {
        Block::Text(text) => html! { p { (text) } },
        Block::Notice(notice) => html! {
            p style=(BOX) {
                strong { (notice.severity.word()) ": " } (notice.text)
                @if let Some(hint) = &notice.hint { " " em { (hint) } }
            }
        },
        Block::Figure(figure) => {
            let source = format!("cid:{}", names.next().unwrap_or_default());
            html! {
                p { img src=(source) alt=(figure.label()) style="max-width:100%;height:auto"; }
                p style="color:#666666;font-size:13px" { (figure.caption) }
            }
        }
        Block::Table(table) => html! { (table_markup(table)) },
        Block::List(items) => html! { ul { @for item in items { li { (item) } } } },
        Block::Links(links) => html! {
            ul { @for link in links { li { (link.label) ": " (link.href) } } }
        },
        Block::Folded(_) | Block::Cards(_) | Block::Method(_) => html! {},
    }
}

fn table_markup(table: &Table) -> Markup {
    let style = |place: usize| match table.columns.get(place).map(|c| c.align) {
        Some(Align::Right) => format!("{CELL}text-align:right"),
        _ => format!("{CELL}text-align:left"),
    };
    html! {
        table style="border-collapse:collapse;font-size:13px" {
            caption style="text-align:left;color:#666666" { (table.caption) }
            tr { @for (place, column) in table.columns.iter().enumerate() {
                th style=(style(place)) { (column.name) }
            } }
            @for row in &table.rows {
                tr { @for (place, cell) in row.iter().enumerate() {
                    td style=(style(place)) { (cell.shown()) }
                } }
            }
        }
    }
}

fn text(document: &Document, link: Option<&str>) -> String {
    let mut out = format!("{}\n\n{}\n", document.title, document.answer);
    for section in &document.sections {
        out.push_str(&format!("\n{}\n", section.heading.to_uppercase()));
        if let Some(answer) = &section.answer {
            out.push_str(&format!("{answer}\n"));
        }
        section.blocks.iter().for_each(|block| text_block(&mut out, block));
    }
    if let Some(link) = link {
        out.push_str(&format!("\nThe whole digest: {link}\n"));
    }
    out.push_str(&format!("\nData up to {}, {}\n", document.stamp.as_of, document.stamp.program));
    out
}

fn text_block(out: &mut String, block: &Block) {
    match block {
        Block::Text(text) => out.push_str(&format!("{text}\n")),
        Block::Notice(notice) => {
            let hint = notice.hint.as_deref().unwrap_or_default();
            out.push_str(&format!("{}: {} {hint}\n", notice.severity.word(), notice.text));
        }
        Block::List(items) => items.iter().for_each(|item| out.push_str(&format!("- {item}\n"))),
        Block::Links(links) => {
            links.iter().for_each(|l| out.push_str(&format!("- {}: {}\n", l.label, l.href)));
        }
        Block::Table(table) => text_table(out, table),
        Block::Figure(_) | Block::Folded(_) | Block::Cards(_) | Block::Method(_) => {}
    }
}

/// A line a row, each cell with its column's name: plain text has no columns that hold.
fn text_table(out: &mut String, table: &Table) {
    for row in &table.rows {
        let cells: Vec<String> = table
            .columns
            .iter()
            .zip(row)
            .map(|(column, cell)| format!("{}: {}", column.name, cell.shown()))
            .collect();
        out.push_str(&format!("- {}\n", cells.join("; ")));
    }
}
