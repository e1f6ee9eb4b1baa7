//! The guess as a whole.

use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::lake::Table;

use super::agreement;
use super::attribute::Verdict;
use super::document::Document;
use super::draft::Draft;
use super::experiment::{self, Experiment};
use super::reading::Reading;
use super::shape::Shapes;
use super::shop::Shop;

/// What can be told about some export files.
#[derive(Debug, Clone)]
pub struct Guess {
    /// The text of a commented `microseg.toml`.
    pub toml: String,
    pub sources: Vec<SourceGuess>,
    /// What is to be checked or filled in by hand; each also stands in the text.
    pub unsure: Vec<String>,
    /// True if `ingest` would take every source as it is written.
    pub works: bool,
}

/// One source of the guess.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceGuess {
    pub files: Vec<PathBuf>,
    pub table: Table,
    /// Canonical column and column of the file, in the table's order.
    pub columns: Vec<(String, String)>,
    /// Columns kept as free attributes (contacts only).
    pub attributes: Vec<String>,
    pub not_mapped: Vec<String>,
    /// Canonical columns that are needed and were not found.
    pub missing: Vec<String>,
}

/// Guesses a workspace's settings from export files and folders of them.
pub fn guess(files: &[PathBuf], workspace: &Path) -> Result<Guess> {
    if files.is_empty() {
        return Err(Error::settings("no files to guess from").hint("name export files or a folder"));
    }
    let (mut readings, strays) = read(files)?;
    agreement::agree(&mut readings);
    let mut shop = Shop::of(&readings);
    let mut drafts: Vec<Draft> = readings.into_iter().map(Draft::new).collect();
    drafts.sort_by_key(|draft| draft.reading.table());
    shop.note_naive_times(&naive(&drafts));
    drafts.iter_mut().try_for_each(|draft| draft.try_out(&shop.settings))?;
    let experiments = experiments(&drafts)?;
    let sources = drafts.iter().map(SourceGuess::of).collect();
    let works = !strays.any_named && !drafts.is_empty() && drafts.iter().all(|d| d.works);
    let strays = strays.why;
    let document = Document { shop, drafts, experiments, strays, workspace };
    Ok(Guess { toml: document.text(), sources, unsure: document.checks(), works })
}

/// Files that feed no table.
struct Strays {
    why: Vec<String>,
    /// True if one of them was named, and did not just lie in a folder.
    any_named: bool,
}

fn read(files: &[PathBuf]) -> Result<(Vec<Reading>, Strays)> {
    let shapes = Shapes::of(files)?;
    let unread = shapes.unread.iter().map(|error| format!("not read: {error}"));
    let mut why: Vec<String> = unread.collect();
    let readings = shapes.all.into_iter().map(Reading::of).collect::<Result<Vec<_>>>()?;
    let (known, other): (Vec<_>, Vec<_>) = readings.into_iter().partition(|r| r.is_recognised);
    let (named, lying): (Vec<_>, Vec<_>) = other.iter().partition(|r| r.shape.is_explicit);
    why.extend(named.iter().map(|r| r.why_not()));
    if !lying.is_empty() {
        let names: Vec<String> = lying.iter().map(|r| r.shape.name()).collect();
        why.push(format!("left out, as no table clearly fits: {}", names.join(", ")));
    }
    let any_named = !named.is_empty();
    Ok((known, Strays { why, any_named }))
}

fn naive(drafts: &[Draft]) -> Vec<String> {
    drafts.iter().filter(|d| d.is_naive).map(|d| d.reading.shape.name()).collect()
}

fn experiments(drafts: &[Draft]) -> Result<Vec<Experiment>> {
    let mut all = Vec::new();
    for draft in drafts.iter().filter(|d| d.reading.table() == Table::Assignments) {
        let columns = &draft.settings.columns;
        if let (Some(experiment), Some(variant)) =
            (columns.get("experiment"), columns.get("variant"))
        {
            let files = &draft.reading.shape.files;
            all.extend(experiment::experiments(files, experiment, variant)?);
        }
    }
    Ok(all)
}

impl SourceGuess {
    fn of(draft: &Draft) -> Self {
        let matching = &draft.reading.matching;
        let column = |name: &str| {
            let column = draft.settings.columns.get(name)?.clone();
            Some((name.to_owned(), column))
        };
        let left_out = [Verdict::Personal, Verdict::KnowsTheFuture, Verdict::Useless];
        SourceGuess {
            files: draft.reading.shape.files.clone(),
            table: matching.table,
            columns: matching.table.fields().iter().filter_map(|f| column(f.name)).collect(),
            attributes: draft.settings.attributes.clone(),
            not_mapped: left_out.into_iter().flat_map(|verdict| draft.unused(verdict)).collect(),
            missing: matching.missing().iter().map(|f| f.name.to_owned()).collect(),
        }
    }
}
