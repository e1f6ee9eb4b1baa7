//! The text of one `[[source]]`.

use std::path::Path;

use crate::lake::Table;

use super::attribute::Verdict;
use super::document::check;
use super::draft::Draft;
use super::location;
use super::matching::Match;
use super::toml_text::{array, aside, comment, quoted};

/// The whole block, with its comments.
pub fn source(draft: &Draft, workspace: &Path) -> String {
    let (reading, settings) = (&draft.reading, &draft.settings);
    let mut out = String::from("\n");
    reading.checks.iter().for_each(|text| out.push_str(&check(text)));
    reading.comments.iter().for_each(|text| out.push_str(&comment(text)));
    let row = format!("one row is {}", reading.table().row());
    out.push_str(&format!("[[source]]\ntable = {}{}\n", quoted(&settings.table), aside(&row)));
    let files: Vec<String> =
        reading.shape.files.iter().map(|f| location::from_workspace(f, workspace)).collect();
    out.push_str(&format!("files = {}\n", array(files.iter().map(String::as_str))));
    out.push_str(&reader(draft));
    out.push_str(&attributes(draft));
    out.push_str(&columns(draft));
    out.push_str(&left_out(draft));
    for (name, value) in &settings.constants {
        let why = "for every row: the file's name says it";
        out.push_str(&format!("[source.constants]\n{name} = {}{}\n", quoted(value), aside(why)));
    }
    out + &words(draft)
}

/// How cells are read.
fn reader(draft: &Draft) -> String {
    let settings = &draft.settings;
    let mut out = format!("time_format = {}\n", quoted(&settings.time_format));
    if let Some(zone) = &settings.timezone {
        let why = "times carry no zone: this export always writes this one";
        out.push_str(&format!("timezone = {}{}\n", quoted(zone), aside(why)));
    }
    if settings.decimal != '.' {
        out.push_str(&format!("decimal = {}\n", quoted(&settings.decimal.to_string())));
    }
    out
}

fn attributes(draft: &Draft) -> String {
    let attributes = &draft.settings.attributes;
    if draft.reading.table() != Table::Contacts {
        return String::new();
    }
    let list = array(attributes.iter().map(String::as_str));
    format!("attributes = {list}{}\n", aside("further columns to keep"))
}

fn columns(draft: &Draft) -> String {
    let matching = &draft.reading.matching;
    let mut out = String::from("[source.columns]\n");
    for field in matching.table.fields() {
        if let Some(found) = matching.find(field.name) {
            let column = quoted(&draft.reading.columns[found.column].name);
            out.push_str(&format!("{} = {column}{}\n", field.name, aside(&remark(draft, found))));
        }
    }
    for field in matching.missing() {
        let what = format!("needed: {}", field.meaning);
        out.push_str(&format!("# {} = \"…\"{}\n", field.name, aside(&what)));
    }
    out
}

/// What there is to say about a column's choice.
fn remark(draft: &Draft, found: &Match) -> String {
    let columns = &draft.reading.columns;
    let mut parts = Vec::new();
    if found.is_by_values {
        parts.push("by its values".to_owned());
    }
    if found.field.name == "contact" && columns[found.column].is_address() {
        parts.push("addresses are replaced by codes when they are read".to_owned());
    }
    if !found.others.is_empty() {
        let names: Vec<&str> = found.others.iter().map(|&c| columns[c].name.as_str()).collect();
        parts.push(format!("or {}", names.join(", ")));
    }
    parts.join("; ")
}

/// Columns that no field takes, and why.
fn left_out(draft: &Draft) -> String {
    let lists = [
        (Verdict::Personal, "not kept, because they may identify a person"),
        (Verdict::KnowsTheFuture, "not kept, because totals as of the export know the future"),
        (Verdict::Useless, "not used"),
    ];
    let mut out = String::new();
    for (verdict, why) in lists {
        let names = draft.unused(verdict);
        if !names.is_empty() {
            out.push_str(&comment(&format!("{why}: {}", names.join(", "))));
        }
    }
    out
}

fn words(draft: &Draft) -> String {
    if draft.words.is_empty() {
        return String::new();
    }
    let mut out = String::from("[source.words]\n");
    for word in &draft.words {
        let key = quoted(&crate::error::shown(&word.text));
        let why = format!("{} of the sample's rows: {}", word.rows, word.why);
        match word.meaning {
            Some(meaning) => {
                let key = quoted(&word.text);
                out.push_str(&format!("{key} = {}{}\n", quoted(meaning), aside(&why)));
            }
            None => out.push_str(&format!("# {key} = \"…\"{}\n", aside(&why))),
        }
    }
    out
}
