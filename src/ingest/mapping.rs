//! A checked `[[source]]`: every name known, every file found, every reader ready.

use std::path::{Path, PathBuf};

use arrow::array::{Array, ArrayRef};
use jiff::tz::TimeZone;

use crate::error::{Error, Result};
use crate::lake::{Content, Field, Need, Table};
use crate::workspace::{ShopSettings, SourceSettings};

use super::cell::Cells;
use super::money::{MoneyReader, exponent};
use super::quarantine::{Fault, Rule};
use super::source::{self, RawBatch};
use super::time::TimeReader;

/// One source, checked.
#[derive(Debug, Clone)]
pub struct Mapping {
    pub table: Table,
    pub files: Vec<PathBuf>,
    pub attributes: Vec<String>,
    pub time: TimeReader,
    decimal: char,
    currency: Option<String>,
    /// Canonical name → position in `wanted`.
    positions: Vec<(&'static str, usize)>,
    constants: Vec<(&'static str, String)>,
    words: Vec<(String, String)>,
    wanted: Vec<String>,
}

impl Mapping {
    /// Checks one source. `latest_us`: times after it are faults.
    pub fn new(
        source: &SourceSettings,
        shop: &ShopSettings,
        root: &Path,
        latest_us: Option<i64>,
    ) -> Result<Self> {
        let table = Table::parse(&source.table)?;
        if !['.', ','].contains(&source.decimal) {
            return Err(Error::settings("the decimal mark must be `.` or `,`")
                .with_value(source.decimal.to_string())
                .hint("it is the mark between pounds and pence"));
        }
        let zone = match &source.timezone {
            Some(name) => TimeZone::get(name).unwrap_or_else(|_| shop.zone()),
            None => shop.zone(),
        };
        let mut mapping = Mapping {
            table,
            files: files(root, &source.files)?,
            attributes: source.attributes.clone(),
            time: TimeReader::new(&source.time_format, zone, latest_us)?,
            decimal: source.decimal,
            currency: shop.currency.clone(),
            positions: Vec::new(),
            constants: Vec::new(),
            words: source.words.iter().map(|(a, b)| (normal(a), b.clone())).collect(),
            wanted: Vec::new(),
        };
        mapping.name_columns(source)?;
        mapping.check_needs()?;
        Ok(mapping)
    }

    fn name_columns(&mut self, source: &SourceSettings) -> Result<()> {
        for name in source.columns.keys() {
            self.table.field(name)?;
        }
        for field in self.table.fields() {
            if let Some(column) = source.columns.get(field.name) {
                self.positions.push((field.name, self.wanted.len()));
                self.wanted.push(column.clone());
            }
        }
        for (name, value) in &source.constants {
            self.constants.push((self.table.field(name)?.name, value.clone()));
        }
        if !self.attributes.is_empty() && self.table != Table::Contacts {
            return Err(Error::settings("only contacts have free attributes")
                .hint("map these columns in the source of the contacts table"));
        }
        self.wanted.extend(self.attributes.iter().cloned());
        Ok(())
    }

    fn check_needs(&self) -> Result<()> {
        let unmapped = |f: &&Field| f.need == Need::Required && !self.has(f.name);
        if let Some(field) = self.table.fields().iter().find(unmapped) {
            return Err(self.needs(field.name, field.meaning));
        }
        if self.table == Table::Orders {
            let by_line = self.has("quantity") && self.has("price");
            if !self.has("amount") && !by_line {
                return Err(self.needs("amount", "what was paid; or `quantity` and `price`"));
            }
            if !self.has("amount") && !self.has("order") {
                return Err(self.needs("order", "lines are added up by it"));
            }
            if !self.has("currency") && self.currency.is_none() {
                return Err(self.needs("currency", "or set currency under [shop]"));
            }
        }
        Ok(())
    }

    fn needs(&self, name: &str, meaning: &str) -> Error {
        Error::settings(format!("a source of {} maps no `{name}`", self.table.name()))
            .hint(format!("add `{name} = \"…\"` under its columns: {meaning}"))
    }

    /// What distinguishes this mapping from another of the same table.
    pub fn identity(&self) -> String {
        format!("{:?} {:?} {:?}", self.wanted, self.constants, self.words)
    }

    /// True if the column is mapped to a column or a constant.
    pub fn has(&self, name: &str) -> bool {
        self.positions.iter().any(|p| p.0 == name) || self.constants.iter().any(|c| c.0 == name)
    }

    /// The file's columns to read, attributes last.
    pub fn wanted(&self) -> &[String] {
        &self.wanted
    }

    /// The file's name for a canonical column.
    pub fn source_name<'a>(&'a self, name: &'a str) -> &'a str {
        let position = self.positions.iter().find(|p| p.0 == name);
        position.map_or(name, |p| self.wanted[p.1].as_str())
    }

    /// A fault that names a canonical column, under the file's own name for it.
    pub fn renamed(&self, mut fault: Fault) -> Fault {
        fault.column = self.source_name(&fault.column).to_owned();
        fault
    }

    /// The canonical word for a word of the source: its own mapping first.
    pub fn word<'a>(&'a self, text: &'a str) -> (bool, std::borrow::Cow<'a, str>) {
        let lower = normal(text);
        match self.words.iter().find(|(from, _)| *from == lower) {
            Some((_, to)) => (true, std::borrow::Cow::Borrowed(to)),
            None => (false, std::borrow::Cow::Owned(lower)),
        }
    }

    /// The shop's currency.
    pub fn shop_currency(&self) -> Option<&str> {
        self.currency.as_deref()
    }

    /// Reads amounts in `currency`.
    pub fn money(&self, currency: Option<&str>) -> MoneyReader {
        MoneyReader { decimal: self.decimal, exponent: exponent(currency.unwrap_or("")) }
    }

    /// The array of a canonical column in a batch.
    pub fn array<'a>(&self, batch: &'a RawBatch, name: &str) -> Option<&'a ArrayRef> {
        let position = self.positions.iter().find(|p| p.0 == name)?;
        batch.columns.get(position.1)
    }

    /// For each wanted column, whether it holds few different words.
    pub fn repeating(&self) -> Vec<bool> {
        let mut repeats = vec![false; self.wanted.len()];
        for (name, position) in &self.positions {
            let content = self.table.field(name).map(|field| field.content);
            let is_id = ["contact", "event_id", "order"].contains(name);
            repeats[*position] = matches!(content, Ok(Content::Text | Content::Word)) && !is_id;
        }
        repeats
    }

    /// A canonical column of a batch.
    pub fn cells<'a>(&'a self, batch: &'a RawBatch, name: &str) -> Cells<'a> {
        if let Some((_, position)) = self.positions.iter().find(|p| p.0 == name) {
            return Cells::of(batch.columns[*position].as_ref() as &dyn Array);
        }
        match self.constants.iter().find(|c| c.0 == name) {
            Some((_, value)) => Cells::Constant(value),
            None => Cells::Absent,
        }
    }

    /// The free attribute columns of a batch.
    pub fn attribute_cells<'a>(&self, batch: &'a RawBatch) -> Vec<Cells<'a>> {
        let first = self.wanted.len() - self.attributes.len();
        batch.columns[first..].iter().map(|c| Cells::of(c.as_ref() as &dyn Array)).collect()
    }

    /// A fault of one cell, under the file's own column name.
    pub fn fault(&self, line: u64, name: &str, cell: &Cells<'_>, row: usize, rule: Rule) -> Fault {
        let value = cell.text(row).unwrap_or_default();
        Fault::new(line, self.source_name(name), &value, rule)
    }
}

/// Lower case with single underscores, so that "Opened Email" and "opened_email" are one word.
pub fn normal(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.trim().chars() {
        if c.is_alphanumeric() {
            out.extend(c.to_lowercase());
        } else if !out.ends_with('_') {
            out.push('_');
        }
    }
    out.trim_matches('_').to_owned()
}

fn files(root: &Path, patterns: &[String]) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for pattern in patterns {
        files.extend(source::resolve(root, pattern)?);
    }
    files.sort();
    files.dedup();
    if files.is_empty() {
        return Err(Error::settings("a source lists no files").hint("add files = [\"…\"]"));
    }
    Ok(files)
}
