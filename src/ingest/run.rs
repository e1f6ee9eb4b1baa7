//! The whole ingest: plan, read, judge, write.

use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::workspace::atomic::Staging;
use crate::workspace::{InputFile, Manifest, Workspace, fingerprint};

use super::build::Build;
use super::delta::{Previous, relative};
use super::machine::MachineRules;
use super::mapping::Mapping;
use super::quarantine::Quarantine;
use super::read::{Progress, Read};
use super::report::IngestReport;

/// What an ingest would read: checked mappings and the manifest of the lake it would make.
pub struct Plan {
    pub(super) root: PathBuf,
    pub(super) mappings: Vec<Mapping>,
    /// For each source its files, named relative to the workspace.
    pub(super) inputs: Vec<Vec<InputFile>>,
    pub(super) rules: MachineRules,
    pub manifest: Manifest,
}

/// The outcome of an audit or an ingest.
pub struct Ingested {
    pub report: IngestReport,
    pub quarantine: Quarantine,
}

/// Checks the mappings and fingerprints the source files. `latest_us`: rows dated after it are
/// faults; `None` takes any date.
pub fn plan(workspace: &Workspace, latest_us: Option<i64>) -> Result<Plan> {
    let settings = workspace.settings();
    let root = workspace.root();
    if settings.sources.is_empty() {
        return Err(Error::settings("microseg.toml lists no [[source]]")
            .at_file(root)
            .hint("run `microseg init DIR --from FILE…` to have them written"));
    }
    let mapping = |source| Mapping::new(source, &settings.shop, root, latest_us);
    let mappings = settings.sources.iter().map(mapping).collect::<Result<Vec<_>>>()?;
    // Relative names, so that a moved workspace stays up to date.
    let input = |path: &PathBuf| {
        let input = InputFile::of(path)?;
        Ok(InputFile { name: relative(path, root), ..input })
    };
    let inputs = mappings.iter().map(|m| m.files.iter().map(input).collect());
    let inputs = inputs.collect::<Result<Vec<Vec<InputFile>>>>()?;
    let hash = fingerprint(&(&settings.sources, &settings.shop, &settings.ingest))?;
    let manifest = Manifest::new("lake", hash, None, None);
    let manifest = manifest.with_inputs(inputs.iter().flatten().cloned().collect());
    let rules = MachineRules::new(&settings.ingest.machine);
    Ok(Plan { root: root.to_path_buf(), mappings, inputs, rules, manifest })
}

/// Reads, checks and writes a lake into `dir`, a folder that exists, whatever share of rows is
/// rejected. Nothing else is written, so that an audit can look at the data as it would be.
pub fn ingest_into(dir: &Path, plan: &Plan, progress: Progress) -> Result<Ingested> {
    let build = Build::read(plan, None, dir, progress)?;
    let (report, quarantine) = build.write(dir)?;
    Ok(Ingested { report, quarantine })
}

/// Reads, checks and writes the lake and the quarantine. Above the allowed share of rejected rows
/// nothing but the quarantine is written, and the error names the rule.
///
/// A lake that was made of some of the files is added to: what is read, sorted and written again are
/// the new files of events, the slices of the months that they touch, the contacts, and the other
/// tables if any of their files changed. The bytes are those of a lake made of all files at once.
pub fn ingest(workspace: &Workspace, plan: &Plan, progress: Progress) -> Result<Ingested> {
    let staging = Staging::new(&workspace.lake_dir())?;
    let previous = Previous::open(&workspace.lake_dir(), &plan.manifest);
    let build = Build::read(plan, previous, staging.path(), progress)?;
    write_quarantine(workspace, &build.read.quarantine)?;
    judge(&build.read, workspace.settings().ingest.max_bad_share)?;
    progress("writing the lake", 0);
    let (report, quarantine) = build.write(staging.path())?;
    staging.commit()?;
    Ok(Ingested { report, quarantine })
}

fn write_quarantine(workspace: &Workspace, quarantine: &Quarantine) -> Result<()> {
    let staging = Staging::new(&workspace.quarantine_dir())?;
    quarantine.write(staging.path())?;
    staging.commit()
}

/// Stops above the allowed share of rejected rows, naming the rule that did it and an example.
fn judge(read: &Read, most: f64) -> Result<()> {
    for (counts, files) in read.counts.iter().zip(&read.file_ranges) {
        if counts.bad_share() <= most {
            continue;
        }
        let message = format!(
            "{} of {} rows of {} are rejected ({:.1} %, allowed {:.1} %)",
            counts.rejected,
            counts.rows,
            counts.table,
            100.0 * counts.bad_share(),
            100.0 * most,
        );
        let Some(&(rule, count)) = read.quarantine.by_rule(files.clone()).first() else {
            return Err(Error::check(message));
        };
        let message = format!("{message}, {count} because of {}", rule.words());
        let error = Error::check(message).hint(rule.hint());
        return Err(read.quarantine.locate(error, files.clone(), rule));
    }
    Ok(())
}
