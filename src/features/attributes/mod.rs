//! What a contact's own row says: consent, stage, source and country as labels, free attributes as
//! numbers or as one column a category.
//!
//! An attribute is a number where every value that is set is one. Otherwise each value of at least one
//! contact in a hundred becomes a column of 0 and 1, and all rarer values share one; with more than
//! [`MOST_CATEGORIES`] such values, or none, the attribute is left out, and the dictionary says why.
//! Rows carry no time: they say what held when they were exported, not what held at the as-of.

mod encoding;

use std::collections::{BTreeMap, BTreeSet};

use arrow::array::{AsArray, RecordBatch, StringArray};
use arrow::compute::cast;
use arrow::datatypes::DataType;

use crate::error::Result;
use crate::lake::schema::ATTRIBUTE_PREFIX;
use crate::lake::{Session, Table};

use super::{Family, FeatureSpec, Missing, Unit};

pub use encoding::{Encoding, MOST_CATEGORIES};

/// Columns of contacts that become labels where the lake has them, and what they say.
const LABELS: [(&str, &str); 4] = [
    ("consent", "whether the contact agreed to be mailed, as its row says"),
    ("lifecycle_stage", "the stage that the shop has put the contact into, as its row says"),
    ("source", "where the contact came from, as its row says"),
    ("country", "the contact's country, as its row says"),
];

/// An attribute that became no feature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// The lake's column.
    pub column: String,
    pub why: String,
}

/// Texts by contact: codes into `texts`, which are in text order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Labels {
    pub texts: Vec<String>,
    pub codes: Vec<Option<u32>>,
}

/// What the rows of the visible contacts say, by contact.
#[derive(Debug, Clone)]
pub struct Attributes {
    /// Contact ids, ascending; every column below has this order.
    pub ids: Vec<String>,
    /// Of `numbers`, then of `labels`.
    pub specs: Vec<FeatureSpec>,
    /// One column a number; NaN where missing.
    pub numbers: Vec<Vec<f64>>,
    /// One column a label.
    pub labels: Vec<Labels>,
    pub left_out: Vec<LeftOut>,
}

/// Reads the attributes of every contact that exists at the session's as-of.
pub fn read(session: &Session) -> Result<Attributes> {
    let columns = session.columns(Table::Contacts)?;
    let is_label = |name: &str| columns.iter().any(|column| column == name);
    let labels: Vec<_> = LABELS.into_iter().filter(|(name, _)| is_label(name)).collect();
    let mut free: Vec<&str> = columns.iter().map(String::as_str).collect();
    free.retain(|column| column.starts_with(ATTRIBUTE_PREFIX));
    free.sort_unstable();
    let wanted: Vec<String> =
        labels.iter().map(|(name, _)| *name).chain(free.iter().copied()).map(quoted).collect();
    let wanted: String = wanted.iter().map(|column| format!(", {column}")).collect();
    let batches =
        session.collect(&format!("SELECT contact_id{wanted} FROM contacts ORDER BY contact_id"))?;

    let ids = texts(&batches, 0)?.map(|id| id.unwrap_or_default()).collect();
    let mut found = Attributes {
        ids,
        specs: Vec::new(),
        numbers: Vec::new(),
        labels: Vec::new(),
        left_out: Vec::new(),
    };
    // Free attributes may have names, and values, that look alike in a feature's name.
    let mut taken: BTreeSet<String> = BTreeSet::new();
    for (place, column) in free.iter().enumerate() {
        let cells: Vec<_> = texts(&batches, 1 + labels.len() + place)?.collect();
        found.add_free(column, &cells, &mut taken);
    }
    for (place, (name, meaning)) in labels.into_iter().enumerate() {
        let cells: Vec<_> = texts(&batches, 1 + place)?.collect();
        found.specs.push(label(name, meaning));
        found.labels.push(Labels::new(&cells));
    }
    Ok(found)
}

impl Attributes {
    fn add_free(&mut self, column: &str, cells: &[Option<String>], taken: &mut BTreeSet<String>) {
        let encoding = Encoding::of(&counts(cells), cells.len() as u64);
        if let Encoding::LeftOut { why } = &encoding {
            self.left_out.push(LeftOut { column: column.to_owned(), why: why.clone() });
        }
        for (place, mut spec) in encoding.specs(column).into_iter().enumerate() {
            let value = |cell: &Option<String>| {
                cell.as_ref().map_or(f64::NAN, |text| encoding.value(place, text))
            };
            spec.name = untaken(&spec.name, taken);
            self.specs.push(spec);
            self.numbers.push(cells.iter().map(value).collect());
        }
    }
}

impl Labels {
    fn new(cells: &[Option<String>]) -> Self {
        let texts: Vec<String> = counts(cells).into_keys().map(str::to_owned).collect();
        // All cells are among the texts.
        let code = |cell: &Option<String>| {
            let place = cell.as_ref().and_then(|cell| texts.binary_search(cell).ok());
            place.map(|place| place as u32)
        };
        let codes = cells.iter().map(code).collect();
        Labels { texts, codes }
    }

    /// The text of the contact at `row`.
    pub fn text(&self, row: usize) -> Option<&str> {
        self.codes[row].map(|code| self.texts[code as usize].as_str())
    }
}

fn label(name: &str, meaning: &str) -> FeatureSpec {
    FeatureSpec::new(Family::Relationship, name, Unit::Label)
        .means(meaning)
        .formula(Missing::Unknown, format!("contacts.{name}"))
}

/// The name, numbered if it is taken.
fn untaken(name: &str, taken: &mut BTreeSet<String>) -> String {
    let numbered = (2_u64..).map(|number| format!("{name}_{number}"));
    let mut names = std::iter::once(name.to_owned()).chain(numbered);
    // Numbers do not run out.
    let free = names.find(|name| !taken.contains(name)).unwrap_or_else(|| name.to_owned());
    taken.insert(free.clone());
    free
}

/// How many contacts have each value, in text order.
fn counts(cells: &[Option<String>]) -> BTreeMap<&str, u64> {
    let mut counts = BTreeMap::new();
    for cell in cells.iter().flatten() {
        *counts.entry(cell.as_str()).or_default() += 1;
    }
    counts
}

/// A column's cells; an empty text is as good as none.
fn texts(
    batches: &[RecordBatch],
    column: usize,
) -> Result<impl Iterator<Item = Option<String>> + use<>> {
    let arrays: Vec<StringArray> = batches
        .iter()
        .map(|batch| Ok(cast(batch.column(column), &DataType::Utf8)?.as_string::<i32>().clone()))
        .collect::<Result<_>>()?;
    let owned = |array: StringArray| {
        let cells =
            array.iter().map(|cell| cell.filter(|text| !text.is_empty()).map(str::to_owned));
        cells.collect::<Vec<_>>()
    };
    Ok(arrays.into_iter().flat_map(owned))
}

/// A column's name in SQL.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_look_alike_are_numbered() {
        let mut taken = BTreeSet::new();
        let names = ["a", "a_2", "a", "a"].map(|name| untaken(name, &mut taken));
        assert_eq!(names, ["a", "a_2", "a_3", "a_4"]);
    }

    #[test]
    fn labels_are_coded_in_text_order_and_nothing_is_no_label() {
        let cells = ["b", "a", "b"].map(|text| Some(text.to_owned()));
        let labels = Labels::new(&[cells.as_slice(), &[None]].concat());
        assert_eq!(labels.texts, ["a", "b"]);
        assert_eq!(labels.codes, [Some(1), Some(0), Some(1), None]);
        assert_eq!((labels.text(0), labels.text(3)), (Some("b"), None));
    }
}
