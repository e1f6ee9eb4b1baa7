//! Which files have to be read, given a lake that was made from some of them.
//!
//! A lake that was made with the same settings by the same version, of files that are all still there
//! unchanged, is appended to: of the events only new files are read. The other tables are small
//! beside them and are read again, all of them, when any of their files changed.

use std::collections::BTreeSet;
use std::ops::Range;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::lake::{Lake, Table};
use crate::workspace::{InputFile, Manifest};

use super::mapping::Mapping;
use super::quarantine::{Fault, Quarantine, Rule};
use super::report::{IngestReport, SourceCounts};

/// What is to become of one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FilePlan {
    /// Its content stands in an earlier file of the same table.
    pub is_repeat: bool,
    pub is_read: bool,
}

/// What is to be read.
pub struct Delta {
    /// For each source, its files in order.
    pub files: Vec<Vec<FilePlan>>,
    /// Whether the stored events stay and new ones are added to them.
    pub adds_events: bool,
    /// Whether all tables but the events and the contacts stay as they are.
    pub keeps_tables: bool,
}

/// A lake that may be appended to.
pub struct Previous {
    pub lake: Lake,
    pub report: IngestReport,
    pub faults: Vec<StoredFault>,
}

/// A fault as it is stored with the lake, under the name of its file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoredFault {
    /// Number of the source in the settings.
    pub source: usize,
    pub file: String,
    pub line: u64,
    pub column: String,
    pub value: String,
    pub rule: Rule,
}

impl StoredFault {
    /// The list in the lake's folder.
    pub const FILE: &'static str = "faults.json";

    pub fn fault(&self) -> Fault {
        let (column, value) = (self.column.clone(), self.value.clone());
        Fault { line: self.line, column, value, rule: self.rule }
    }
}

impl Previous {
    /// The lake in `dir`, if there is one that can be read whole and was made as `manifest` says.
    pub fn open(dir: &Path, manifest: &Manifest) -> Option<Self> {
        let lake = Lake::open(dir).ok()?;
        let made_alike = Manifest { inputs: Vec::new(), ..lake.manifest().clone() }
            == Manifest { inputs: Vec::new(), ..manifest.clone() };
        let report: IngestReport = lake.json(IngestReport::FILE).ok()?;
        let faults = lake.json(StoredFault::FILE).ok()?;
        made_alike.then_some(Previous { lake, report, faults })
    }

    /// Whether the file went into the lake.
    fn has(&self, input: &InputFile) -> bool {
        self.lake.manifest().inputs.contains(input)
    }
}

impl Delta {
    /// Every file, each content once.
    pub fn everything(mappings: &[Mapping], inputs: &[Vec<InputFile>]) -> Self {
        let mut seen = BTreeSet::new();
        let plan = |(mapping, inputs): (&Mapping, &Vec<InputFile>)| {
            let file = |input: &InputFile| {
                // Another mapping reads something else in the same file.
                let reading = (mapping.table, mapping.identity(), input.fingerprint.clone());
                let is_new = seen.insert(reading);
                FilePlan { is_repeat: !is_new, is_read: is_new }
            };
            inputs.iter().map(file).collect()
        };
        let files = mappings.iter().zip(inputs).map(plan).collect();
        Delta { files, adds_events: false, keeps_tables: false }
    }

    /// What `previous` lacks; everything, if it holds anything that is no longer there. The names in
    /// `inputs` are as the manifest has them.
    pub fn since(
        previous: Option<&Previous>,
        mappings: &[Mapping],
        inputs: &[Vec<InputFile>],
    ) -> Self {
        let all = Delta::everything(mappings, inputs);
        let Some(previous) = previous else { return all };
        let is_there = |known: &InputFile| inputs.iter().flatten().any(|input| input == known);
        let every = previous.lake.manifest().inputs.iter().all(is_there);
        // A row that was from the future then may be from the past now.
        let waits = previous.faults.iter().any(|fault| fault.rule == Rule::InTheFuture);
        if !every || waits || all.became_repeats(previous, inputs) {
            return all;
        }
        let is_changed = |(mapping, inputs): (&Mapping, &Vec<InputFile>)| {
            mapping.table != Table::Events && !inputs.iter().all(|input| previous.has(input))
        };
        let keeps_tables = !mappings.iter().zip(inputs).any(is_changed);
        let mut files = all.files;
        for ((mapping, inputs), files) in mappings.iter().zip(inputs).zip(&mut files) {
            let keeps = |input| match mapping.table {
                Table::Events => previous.has(input),
                _ => keeps_tables,
            };
            for (file, input) in files.iter_mut().zip(inputs) {
                file.is_read &= !keeps(input);
            }
        }
        Delta { files, adds_events: true, keeps_tables }
    }

    /// Whether a file that was read before now counts as the copy of another one.
    fn became_repeats(&self, previous: &Previous, inputs: &[Vec<InputFile>]) -> bool {
        let short = |name: &str| name.rsplit('/').next().unwrap_or(name).to_owned();
        let was_read = |source: &SourceCounts, input: &InputFile| {
            previous.has(input) && source.files.contains(&short(&input.name))
        };
        let sources = self.files.iter().zip(inputs).zip(&previous.report.sources);
        let mut files = sources.flat_map(|((files, inputs), source)| {
            files.iter().zip(inputs).map(move |(file, input)| (file, input, source))
        });
        files.any(|(file, input, source)| file.is_repeat && was_read(source, input))
    }
}

/// The faults of a quarantine under their sources and the names of their files, relative to `root`.
/// `ranges` are the numbers of each source's files.
pub fn stored(quarantine: &Quarantine, ranges: &[Range<u32>], root: &Path) -> Vec<StoredFault> {
    let stored = |(file, fault): &(u32, Fault)| StoredFault {
        source: ranges.iter().position(|range| range.contains(file)).unwrap_or_default(),
        file: relative(&quarantine.files()[*file as usize], root),
        line: fault.line,
        column: fault.column.clone(),
        value: fault.value.clone(),
        rule: fault.rule,
    };
    quarantine.all().map(stored).collect()
}

/// A path as the manifest names it.
pub fn relative(path: &Path, root: &Path) -> String {
    path.strip_prefix(root).unwrap_or(path).display().to_string()
}
