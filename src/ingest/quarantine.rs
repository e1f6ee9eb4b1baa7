//! Rows that are not accepted: where, what value, which rule; counted, listed, never silently lost.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result, shown};
use crate::workspace::atomic;

/// Why a row is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    FieldCount,
    NotUtf8,
    NotJson,
    Missing,
    NotATime,
    TooLongAgo,
    InTheFuture,
    NotAnAmount,
    NotFinite,
    TooLarge,
    NotANumber,
    NotAFlag,
    UnknownWord,
    NoCurrency,
    UnknownZone,
    DuplicateContact,
    DuplicateOrder,
    DuplicateCampaign,
    DuplicateAssignment,
    TwoContacts,
    NotADuration,
}

impl Rule {
    /// The rule in plain words, as it is shown after "rejected: ".
    pub fn words(self) -> &'static str {
        match self {
            Rule::FieldCount => "the row has another number of fields than the header",
            Rule::NotUtf8 => "the text is not UTF-8",
            Rule::NotJson => "the line is not a JSON object",
            Rule::Missing => "a needed value is missing",
            Rule::NotATime => "not a time in the declared format",
            Rule::TooLongAgo => "a time before 1990",
            Rule::InTheFuture => "a time in the future",
            Rule::NotAnAmount => "not an amount of money",
            Rule::NotFinite => "an amount that is NaN or infinite",
            Rule::TooLarge => "a number too large to be true",
            Rule::NotANumber => "not a number",
            Rule::NotAFlag => "not true or false",
            Rule::UnknownWord => "a word that is not mapped",
            Rule::NoCurrency => "an amount without a currency",
            Rule::UnknownZone => "not a time zone",
            Rule::DuplicateContact => "a second, different row for the same contact",
            Rule::DuplicateOrder => "several different rows for the same order id",
            Rule::DuplicateCampaign => "a second, different row for the same campaign",
            Rule::DuplicateAssignment => "a contact assigned to two variants",
            Rule::TwoContacts => "an order id that belongs to two contacts",
            Rule::NotADuration => "not a duration: below zero, or longer than thirty years",
        }
    }

    /// What to do about it.
    pub fn hint(self) -> &'static str {
        match self {
            Rule::FieldCount => "look for an unquoted separator in that line",
            Rule::NotUtf8 => "save the file as UTF-8",
            Rule::NotJson => "write one JSON object a line",
            Rule::Missing => "map another column, or fill the value at its source",
            Rule::NotATime => "set time_format of the source (iso, unix_s, unix_ms or a pattern)",
            Rule::TooLongAgo => "a zero or two-digit year? check time_format",
            Rule::InTheFuture => "check the clock and time zone of the exporting system",
            Rule::NotAnAmount => "set decimal of the source to `.` or `,`",
            Rule::NotFinite => "find the computation that made it; no amount is NaN",
            Rule::TooLarge => "check the unit: amounts are in major units such as 12.50",
            Rule::NotANumber => "map the right column",
            Rule::NotAFlag => "write true or false",
            Rule::UnknownWord => "add it to `words` of the source",
            Rule::NoCurrency => "set currency under [shop], or map a currency column",
            Rule::UnknownZone => "use an IANA name such as Europe/London",
            Rule::DuplicateContact => "export each contact once",
            Rule::DuplicateOrder => {
                "for one row a line item map `quantity` and `price`, not `amount`; else export once"
            }
            Rule::DuplicateCampaign => "export each campaign once",
            Rule::DuplicateAssignment => "find out which one was sent; remove the other",
            Rule::TwoContacts => "check the export's joins",
            Rule::NotADuration => "map a column in seconds",
        }
    }
}

/// One row that is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    pub line: u64,
    /// The file's column; empty if the whole row is at fault.
    pub column: String,
    pub value: String,
    pub rule: Rule,
}

impl Fault {
    pub fn new(line: u64, column: &str, value: &str, rule: Rule) -> Self {
        Fault { line, column: column.to_owned(), value: shown(value), rule }
    }
}

/// The faults of all sources, in file and line order.
#[derive(Debug, Default)]
pub struct Quarantine {
    files: Vec<PathBuf>,
    faults: Vec<(u32, Fault)>,
}

impl Quarantine {
    /// Announces a file; its faults are added with the number returned.
    pub fn file(&mut self, path: &Path) -> u32 {
        self.files.push(path.to_path_buf());
        (self.files.len() - 1) as u32
    }

    pub fn add(&mut self, file: u32, fault: Fault) {
        self.faults.push((file, fault));
    }

    /// Takes the faults of another quarantine, whose files are numbered as these.
    pub fn absorb(&mut self, other: &mut Quarantine) {
        self.faults.append(&mut other.faults);
    }

    /// The files that were announced, by number.
    pub fn files(&self) -> &[PathBuf] {
        &self.files
    }

    /// Every fault with the number of its file.
    pub fn all(&self) -> impl Iterator<Item = &(u32, Fault)> {
        self.faults.iter()
    }

    pub fn len(&self) -> usize {
        self.faults.len()
    }

    pub fn is_empty(&self) -> bool {
        self.faults.is_empty()
    }

    /// Faults per rule, most frequent first.
    pub fn by_rule(&self, files: std::ops::Range<u32>) -> Vec<(Rule, u64)> {
        let mut counts = BTreeMap::new();
        for (_, fault) in self.faults.iter().filter(|(file, _)| files.contains(file)) {
            *counts.entry(fault.rule).or_insert(0) += 1;
        }
        let mut counts: Vec<(Rule, u64)> = counts.into_iter().collect();
        counts.sort_by_key(|&(rule, count)| (std::cmp::Reverse(count), rule));
        counts
    }

    /// The first fault of a rule, as an example for a message.
    pub fn example(&self, files: std::ops::Range<u32>, rule: Rule) -> Option<(&Path, &Fault)> {
        self.faults
            .iter()
            .filter(|(file, fault)| files.contains(file) && fault.rule == rule)
            .min()
            .map(|(file, fault)| (self.files[*file as usize].as_path(), fault))
    }

    /// Adds an example of a rule to an error: file, line, column and value.
    pub fn locate(&self, error: Error, files: std::ops::Range<u32>, rule: Rule) -> Error {
        let Some((file, fault)) = self.example(files, rule) else { return error };
        let error = error.at_file(file).at_line(fault.line).with_value(fault.value.clone());
        if fault.column.is_empty() { error } else { error.at_column(fault.column.clone()) }
    }

    /// No row of a file can be used: the rule that turned down most rows is the reason. Without any
    /// such rule the error has no hint yet.
    pub fn unusable(&self, rows: u64, path: &Path) -> Error {
        let message = format!("none of the {rows} rows can be used");
        match self.by_rule(0..u32::MAX).first() {
            Some(&(rule, count)) => {
                let message = format!("{message}, {count} because of {}", rule.words());
                self.locate(Error::data(message).hint(rule.hint()), 0..u32::MAX, rule)
            }
            None => Error::data(message).at_file(path),
        }
    }

    /// Puts the faults in file and line order, whatever order they were found in.
    pub fn sort(&mut self) {
        self.faults.sort();
    }

    /// Writes `rejects.csv` into `dir`.
    pub fn write(&self, dir: &Path) -> Result<()> {
        let mut writer = csv::Writer::from_writer(Vec::new());
        let failed = |e: csv::Error| Error::internal("the quarantine list failed").caused_by(e);
        writer
            .write_record(["file", "line", "column", "value", "rule", "what", "hint"])
            .map_err(failed)?;
        for (file, fault) in &self.faults {
            let line = fault.line.to_string();
            let rule = rule_name(fault.rule)?;
            let file = self.files[*file as usize].display().to_string();
            let (what, hint) = (fault.rule.words(), fault.rule.hint());
            writer
                .write_record([&file, &line, &fault.column, &fault.value, &rule, what, hint])
                .map_err(failed)?;
        }
        let bytes = writer
            .into_inner()
            .map_err(|e| Error::internal("the quarantine list failed").caused_by(e.into_error()))?;
        atomic::write_file(&dir.join("rejects.csv"), &bytes)
    }
}

fn rule_name(rule: Rule) -> Result<String> {
    match serde_json::to_value(rule) {
        Ok(serde_json::Value::String(name)) => Ok(name),
        _ => Err(Error::internal("a rule has no name")),
    }
}
