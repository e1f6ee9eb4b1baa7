//! A source as it will be written: settings, comments, and what is to be checked by hand.

use std::collections::BTreeMap;

use crate::error::Result;
use crate::lake::{Content, Field, Table};
use crate::workspace::{IngestSettings, ShopSettings, SourceSettings};

use super::super::quarantine::Rule;
use super::amount::Decimal;
use super::attribute::Verdict;
use super::clock::Clock;
use super::column::Column;
use super::location;
use super::reading::Reading;
use super::trial::Trial;
use super::word::{self, Word};

/// One `[[source]]` to be.
pub struct Draft {
    pub reading: Reading,
    /// Its files are absolute; the document writes them from the workspace.
    pub settings: SourceSettings,
    pub words: Vec<Word>,
    pub is_naive: bool,
    /// True if `ingest` would take it as it stands.
    pub works: bool,
}

impl Draft {
    pub fn new(mut reading: Reading) -> Self {
        let clock = Clock::of(&mut reading);
        let settings = SourceSettings {
            table: reading.table().name().to_owned(),
            files: reading.shape.files.iter().map(|f| absolute(f)).collect(),
            columns: columns(&reading),
            constants: constants(&reading),
            words: BTreeMap::new(),
            time_format: clock.format,
            timezone: clock.zone.map(str::to_owned),
            decimal: '.',
            attributes: Vec::new(),
        };
        let is_naive = clock.is_naive;
        let mut draft = Draft { reading, settings, words: Vec::new(), is_naive, works: false };
        draft.settle_decimal();
        draft.settings.attributes = draft.unused(Verdict::Keep);
        draft.note_missing();
        draft.note_misfits();
        draft
    }

    /// Columns that no field takes, by what is to become of them.
    pub fn unused(&self, verdict: Verdict) -> Vec<String> {
        let reading = &self.reading;
        let is_unused = |name: &str| !self.settings.columns.values().any(|used| used == name);
        let unused = reading.columns.iter().filter(|c| is_unused(&c.name));
        unused.filter(|c| self.verdict(c) == verdict).map(|c| c.name.clone()).collect()
    }

    /// Only contacts keep what no field takes.
    fn verdict(&self, column: &Column) -> Verdict {
        let misfits = &self.reading.matching.misfits;
        let is_misfit = misfits.iter().any(|m| self.reading.columns[m.1].name == column.name);
        match self.reading.table() {
            Table::Contacts if !is_misfit => Verdict::of(column),
            _ => Verdict::Useless,
        }
    }

    fn settle_decimal(&mut self) {
        let reading = &mut self.reading;
        let money = reading.matching.matches.iter().filter(|m| m.field.content == Content::Money);
        let values: Vec<&str> = money.flat_map(|m| reading.columns[m.column].values()).collect();
        let decimal = Decimal::of(&values);
        self.settings.decimal = decimal.sign();
        if decimal == Decimal::Unclear {
            reading.checks.push(format!(
                "{}: amounts such as 1,234 may be whole or have decimals: taken as whole",
                reading.shape.name()
            ));
        }
    }

    fn note_missing(&mut self) {
        let reading = &mut self.reading;
        let name = reading.shape.name();
        for field in reading.matching.missing() {
            let table = reading.matching.table.name();
            let what = format!("no column looks like `{}` of {table}", field.name);
            reading.checks.push(format!("{name}: {what} ({})", field.meaning));
        }
        if reading.table() == Table::Orders
            && reading.matching.find("order").is_none()
            && !reading.matching.is_by_line()
        {
            reading.checks.push(format!("{name}: no order ids: every row is taken for an order"));
        }
    }

    /// A column with the right name and the wrong values is passed over, but not in silence.
    fn note_misfits(&mut self) {
        let reading = &mut self.reading;
        let is_open = |field: &str| reading.matching.find(field).is_none();
        let misfits = reading.matching.misfits.iter().filter(|(field, _)| is_open(field.name));
        let text = |(field, column): &(&Field, usize)| {
            let name = &reading.columns[*column].name;
            format!("`{name}` is not taken for `{}`: its values are something else", field.name)
        };
        let comments: Vec<String> = misfits.map(text).collect();
        reading.comments.extend(comments);
    }

    /// Tries the sample, and settles words and `works` by what happens to it.
    pub fn try_out(&mut self, shop: &ShopSettings) -> Result<()> {
        if !self.reading.matching.missing().is_empty() {
            return Ok(());
        }
        self.find_words(shop)?;
        let trial = Trial::run(&self.settings, shop, &self.reading.sample)?;
        self.works = trial.bad_share() <= IngestSettings::default().max_bad_share;
        self.note_rejects(&trial);
        Ok(())
    }

    fn find_words(&mut self, shop: &ShopSettings) -> Result<()> {
        let field = word::field_of(self.reading.table());
        let Some(column) = field.and_then(|field| self.reading.column(field)) else {
            return Ok(());
        };
        self.words = match self.reading.table() {
            Table::Events => word::of_kinds(column),
            _ => word::of_statuses(&self.settings, shop, &self.reading.sample, column)?,
        };
        let meant = self.words.iter().filter_map(|w| Some((w.text.clone(), w.meaning?.to_owned())));
        self.settings.words = meant.collect();
        let open: Vec<String> =
            self.words.iter().filter(|w| w.meaning.is_none()).map(shown).collect();
        if !open.is_empty() {
            let check = format!(
                "{}: fill in under `words` what `{}` means by {}",
                self.reading.shape.name(),
                column.name,
                open.join(", ")
            );
            self.reading.checks.push(check);
        }
        Ok(())
    }

    fn note_rejects(&mut self, trial: &Trial) {
        let Some((rule, example)) = &trial.worst else { return };
        let reading = &mut self.reading;
        let mut text = format!(
            "{}: {} of {} sampled rows would be rejected, most of them because of {}",
            reading.shape.name(),
            trial.rejected,
            trial.rows,
            rule.words()
        );
        if !example.column.is_empty() {
            text.push_str(&format!(" (`{}`: {:?})", example.column, example.value));
        }
        let is_told = *rule == Rule::UnknownWord;
        if self.works {
            reading.comments.push(text);
        } else if !is_told {
            reading.checks.push(format!("{text}; {}", rule.hint()));
        }
    }
}

fn absolute(file: &std::path::Path) -> String {
    location::real(file).to_string_lossy().into_owned()
}

fn columns(reading: &Reading) -> BTreeMap<String, String> {
    let matches = reading.matching.matches.iter();
    matches.map(|m| (m.field.name.to_owned(), reading.columns[m.column].name.clone())).collect()
}

fn constants(reading: &Reading) -> BTreeMap<String, String> {
    let kind = reading.matching.kind.iter();
    kind.map(|kind| ("kind".to_owned(), kind.clone())).collect()
}

fn shown(word: &Word) -> String {
    let rows = if word.rows == 1 { "row" } else { "rows" };
    format!("{:?} ({} {rows} of the sample)", crate::error::shown(&word.text), word.rows)
}
