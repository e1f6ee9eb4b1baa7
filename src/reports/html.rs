//! The document as one self-contained page: no network, no script, pictures and font inside.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::cell::Cell;
use super::document::{
    Align, Block, Card, Column, Document, Notice, Section, Severity, Stamp, Table,
};
use super::figures::{Figure, Width};
use super::{names, style};
use crate::error::Result;

/// What the page may load: nothing but what it carries.
pub(super) const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; font-src data:; img-src data:";

/// The document as an HTML page.
pub fn render(document: &Document) -> Result<String> {
    let ids = names::distinct(document.sections.iter().map(|section| section.id.as_str()));
    let numbered = document.sections.iter().zip(&ids);
    let sections = numbered.map(|(s, id)| section(s, id)).collect::<Result<Vec<_>>>()?;
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light";
                title { (document.title) }
                style { (PreEscaped(style::sheet())) }
            }
            body {
                main {
                    (head(document, &ids))
                    @for section in sections { (section) }
                    (foot(&document.stamp))
                }
            }
        }
    };
    Ok(page.into_string() + "\n")
}

fn head(document: &Document, ids: &[String]) -> Markup {
    html! {
        header {
            h1 { (document.title) }
            p class="answer" { (document.answer) }
            p class="stamp" { "Data up to " (document.stamp.as_of) " · " (document.stamp.program) }
        }
        @if ids.len() > 2 {
            nav aria-label="On this page" {
                ul {
                    @for (section, id) in document.sections.iter().zip(ids) {
                        li { a href={ "#" (id) } { (section.heading) } }
                    }
                }
            }
        }
    }
}

fn section(section: &Section, id: &str) -> Result<Markup> {
    let blocks = section.blocks.iter().map(block).collect::<Result<Vec<_>>>()?;
    let heading = format!("{id}-heading");
    Ok(html! {
        section id=(id) aria-labelledby=(heading) {
            h2 id=(heading) { (section.heading) }
            @if let Some(answer) = &section.answer { p class="finding" { (answer) } }
            @for block in blocks { (block) }
        }
    })
}

fn block(block: &Block) -> Result<Markup> {
    Ok(match block {
        Block::Text(text) => html! { p { (text) } },
        Block::Notice(notice) => notice_box(notice),
        Block::Figure(figure) => picture(figure)?,
        Block::Table(table) => table_box(table),
        Block::Folded(table) => html! {
            details { summary { (table.caption) } (table_box(table)) }
        },
        Block::List(items) => html! { ul { @for item in items { li { (item) } } } },
        Block::Links(links) => html! {
            ul { @for link in links { li { a href=(link.href) { (link.label) } } } }
        },
        Block::Cards(cards) => html! {
            ul class="cards" { @for card in cards { (card_box(card)) } }
        },
        Block::Method(text) => html! {
            details { summary { "How this was found" } p { (text) } }
        },
    })
}

fn notice_box(notice: &Notice) -> Markup {
    let class = match notice.severity {
        Severity::Info => "notice",
        Severity::Warning => "notice warning",
        Severity::Stop => "notice stop",
    };
    html! {
        div class=(class) role="note" {
            p { strong { (notice.severity.word()) ": " } (notice.text) }
            @if let Some(hint) = &notice.hint { p class="hint" { (hint) } }
        }
    }
}

/// Both widths of a figure; the style sheet shows the one that suits the screen.
fn picture(figure: &Figure) -> Result<Markup> {
    let classed = |width: Width, class: &str| -> Result<PreEscaped<String>> {
        let svg = figure.svg(width)?;
        let tag = format!("<svg class=\"{class}\" aria-hidden=\"true\" ");
        Ok(PreEscaped(svg.replacen("<svg ", &tag, 1)))
    };
    let (wide, narrow) = (classed(Width::Wide, "wide")?, classed(Width::Narrow, "narrow")?);
    Ok(html! {
        figure {
            div role="img" aria-label=(figure.label()) { (wide) (narrow) }
            figcaption { (figure.caption) }
        }
    })
}

/// A table in a box of its own, which scrolls sideways where the screen is narrow.
fn table_box(table: &Table) -> Markup {
    html! {
        div class="scroll" role="region" aria-label=(table.caption) tabindex="0" {
            table {
                caption { (table.caption) }
                thead { tr { @for column in &table.columns { (column_head(column)) } } }
                tbody {
                    @for row in &table.rows {
                        tr {
                            @for (i, cell) in row.iter().enumerate() {
                                (table_cell(cell, table.columns.get(i), i == 0))
                            }
                        }
                    }
                }
            }
        }
    }
}

fn column_head(column: &Column) -> Markup {
    html! {
        th scope="col" class=(class_of(column)) {
            (column.name)
            @if let Some(unit) = &column.unit { " " span class="unit" { (unit) } }
        }
    }
}

fn table_cell(cell: &Cell, column: Option<&Column>, first: bool) -> Markup {
    let class = column.map_or("text", class_of);
    let shown = html! {
        @if let Some(reason) = cell.reason() {
            span class="missing" role="img" title=(reason) aria-label=(reason) { (cell.shown()) }
        } @else { (cell.shown()) }
    };
    html! {
        @if first && class == "text" { th scope="row" class=(class) { (shown) } }
        @else { td class=(class) { (shown) } }
    }
}

fn class_of(column: &Column) -> &'static str {
    match column.align {
        Align::Left => "text",
        Align::Right => "number",
    }
}

fn card_box(card: &Card) -> Markup {
    html! {
        li class="card" {
            h3 { (card.title) }
            @if !card.subtitle.is_empty() { p class="subtitle" { (card.subtitle) } }
            dl { @for (label, value) in &card.facts { dt { (label) } dd { (value) } } }
            @if !card.traits.is_empty() {
                ul { @for line in &card.traits { li { (line) } } }
            }
            @for note in &card.notes { p class="note" { (note) } }
        }
    }
}

fn foot(stamp: &Stamp) -> Markup {
    html! {
        footer {
            dl {
                dt { "Data up to" } dd { (stamp.as_of) }
                dt { "Seed" } dd { (stamp.seed) }
                dt { "Program" } dd { (stamp.program) }
                dt { "Settings" } dd { (stamp.settings_hash) }
                @for (what, value) in &stamp.source { dt { (what) } dd { (value) } }
            }
        }
    }
}
