//! The assignment file: who is in which arm of one experiment. The settings' source of assignments takes it as it
//! is.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, Int32Array, RecordBatch, StringArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, Schema};

use crate::error::{Error, Result};
use crate::experiments::assignment::RosterRow;
use crate::ingest::source;
use crate::lake::write_table;
use crate::workspace::{ExperimentKind, Workspace, atomic};

const COLUMNS: [&str; 5] = ["contact_id", "experiment_id", "variant", "stratum", "assigned_at"];
const SEND_HOUR: &str = "send_hour";
const HINT: &str = "choose another --out: that file is not written by `microseg experiment assign`";

/// Where an assignment goes, checked.
pub struct AssignmentFile<'a> {
    workspace: &'a Workspace,
    path: PathBuf,
    is_parquet: bool,
    experiment: String,
}

impl<'a> AssignmentFile<'a> {
    /// # Errors
    ///
    /// A settings error for a file that is neither .csv nor .parquet, is in a folder that is not there, or would be
    /// among the workspace's artefacts.
    pub fn new(
        workspace: &'a Workspace,
        experiment: &str,
        stem: &str,
        out: Option<&Path>,
    ) -> Result<Self> {
        let own = || workspace.root().join("assignments").join(format!("{stem}.csv"));
        let path = out.map_or_else(own, Path::to_path_buf);
        let is_parquet = match path.extension().and_then(|ending| ending.to_str()) {
            Some("csv") => false,
            Some("parquet") => true,
            _ => {
                return Err(Error::settings("assignments go into a .csv or .parquet file")
                    .with_value(path.display().to_string())
                    .hint("end the name of --out with .csv or .parquet"));
            }
        };
        let folder = folder_of(&path);
        if out.is_some() && !folder.is_dir() {
            return Err(Error::settings("there is no such folder for --out")
                .at_file(folder)
                .hint("make it first, or check the spelling"));
        }
        let file =
            AssignmentFile { workspace, path, is_parquet, experiment: experiment.to_owned() };
        file.check_place()?;
        Ok(file)
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The registration's file, beside it.
    pub fn registration(&self) -> PathBuf {
        self.path.with_extension("registration.toml")
    }

    fn check_place(&self) -> Result<()> {
        let path = absolute(&self.path)?;
        for dir in self.workspace.artefact_dirs() {
            if path.starts_with(absolute(&dir)?) {
                return Err(Error::settings(
                    "assignments would be among the workspace's artefacts",
                )
                .at_file(&self.path)
                .hint("artefacts are replaced by every run; choose another folder for --out"));
            }
        }
        Ok(())
    }

    /// The rows of the file as it is; none if there is no file.
    ///
    /// # Errors
    ///
    /// A data error if it holds anything but assignments of this experiment.
    pub fn read(&self) -> Result<Vec<RosterRow>> {
        if !self.path.exists() {
            return Ok(Vec::new());
        }
        let wrong = |what: String| Error::data(what).at_file(&self.path).hint(HINT);
        let found = source::header(&self.path)?;
        if let Some(missing) = COLUMNS.iter().find(|name| !found.iter().any(|one| one == *name)) {
            return Err(wrong(format!("an earlier file without the column `{missing}`")));
        }
        let is_known = |name: &str| COLUMNS.contains(&name) || name == SEND_HOUR;
        if let Some(other) = found.iter().find(|name| !is_known(name)) {
            return Err(wrong(format!(
                "the earlier file has the column `{other}`, which would be lost"
            )));
        }
        let has_hours = found.iter().any(|name| name == SEND_HOUR);
        let hours = has_hours.then_some(SEND_HOUR);
        let wanted: Vec<String> = COLUMNS.into_iter().chain(hours).map(str::to_owned).collect();
        let mut rows = Vec::new();
        source::stream(&self.path, &wanted, &mut |batch| {
            if let Some(line) = batch.faults.first().map(|fault| fault.line) {
                return Err(wrong("a row cannot be read".to_owned()).at_line(line));
            }
            let columns = batch.columns.iter().map(|column| cast(column, &DataType::Utf8));
            let columns = columns.collect::<std::result::Result<Vec<_>, _>>()?;
            for row in 0..batch.rows() {
                let cells = columns.iter().map(|column| {
                    let column = column.as_string::<i32>();
                    let is_there = !arrow::array::Array::is_null(column, row);
                    is_there.then(|| column.value(row)).filter(|cell| !cell.is_empty())
                });
                let cells: Vec<Option<&str>> = cells.collect();
                let row_of =
                    self.row(&cells).map_err(|what| wrong(what).at_line(batch.lines.of(row)));
                rows.push(row_of?);
            }
            Ok(())
        })?;
        Ok(rows)
    }

    fn row(&self, cells: &[Option<&str>]) -> std::result::Result<RosterRow, String> {
        let need =
            |place: usize| cells[place].ok_or_else(|| format!("a row without {}", COLUMNS[place]));
        let experiment = need(1)?;
        if experiment != self.experiment {
            return Err(format!("the earlier file holds assignments of `{experiment}`"));
        }
        let hour = cells.get(COLUMNS.len()).copied().flatten();
        let hour =
            hour.map(|hour| hour.parse().map_err(|_| format!("send_hour {hour} is no hour")));
        Ok(RosterRow {
            contact: need(0)?.to_owned(),
            variant: need(2)?.to_owned(),
            stratum: cells[3].unwrap_or_default().to_owned(),
            assigned_at: need(4)?.to_owned(),
            send_hour: hour.transpose()?,
        })
    }

    /// Writes the rows, whole or not at all.
    pub fn write(&self, rows: &[RosterRow], kind: ExperimentKind) -> Result<()> {
        let batch = self.batch(rows, kind)?;
        if !self.is_parquet {
            let mut writer = arrow::csv::Writer::new(Vec::new());
            writer.write(&batch)?;
            return atomic::write_file(&self.path, &writer.into_inner());
        }
        let dir = folder_of(&self.path);
        std::fs::create_dir_all(dir).map_err(|e| Error::io("create the folder", dir, e))?;
        let folder = tempfile::tempdir_in(dir).map_err(|e| Error::io("write in", dir, e))?;
        let made = folder.path().join("assignments.parquet");
        write_table(&made, batch.schema(), std::iter::once(Ok(batch)))?;
        std::fs::rename(&made, &self.path).map_err(|e| Error::io("write", &self.path, e))
    }

    fn batch(&self, rows: &[RosterRow], kind: ExperimentKind) -> Result<RecordBatch> {
        let text = |of: &dyn Fn(&RosterRow) -> &str| -> ArrayRef {
            Arc::new(StringArray::from_iter_values(rows.iter().map(of)))
        };
        let experiment: ArrayRef =
            Arc::new(StringArray::from_iter_values(rows.iter().map(|_| &self.experiment)));
        let mut columns = vec![
            ("contact_id", text(&|row| &row.contact)),
            ("experiment_id", experiment),
            ("variant", text(&|row| &row.variant)),
            ("stratum", text(&|row| &row.stratum)),
        ];
        if kind == ExperimentKind::SendTime || rows.iter().any(|row| row.send_hour.is_some()) {
            let hours: Int32Array = rows.iter().map(|row| row.send_hour.map(i32::from)).collect();
            columns.push((SEND_HOUR, Arc::new(hours)));
        }
        columns.push(("assigned_at", text(&|row| &row.assigned_at)));
        let fields = columns
            .iter()
            .map(|(name, array)| Field::new(*name, array.data_type().clone(), *name == SEND_HOUR));
        let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
        let arrays = columns.into_iter().map(|(_, array)| array).collect();
        Ok(RecordBatch::try_new(schema, arrays)?)
    }

    /// What the settings need for the file to be read; `None` if a source of assignments has it.
    pub fn source_toml(&self) -> Result<Option<String>> {
        let path = absolute(&self.path)?;
        let root = absolute(self.workspace.root())?;
        let relative = path.strip_prefix(&root).unwrap_or(&path);
        let mut sources = self.workspace.settings().sources.iter();
        let is_read = sources.any(|from| {
            let mut files = from.files.iter();
            from.table == "assignments" && files.any(|pattern| matches(&root, pattern, relative))
        });
        if is_read {
            return Ok(None);
        }
        let name = toml::Value::String(relative.display().to_string());
        Ok(Some(format!(
            "[[source]]\ntable = \"assignments\"\nfiles = [{name}]\ncolumns = {{ experiment = \"experiment_id\", \
             contact = \"contact_id\", variant = \"variant\", assigned_at = \"assigned_at\" }}\n"
        )))
    }
}

/// Whether a source's pattern names the file, there or not yet: itself, its folder, or a glob.
fn matches(root: &Path, pattern: &str, path: &Path) -> bool {
    let (whole, file) = (root.join(pattern), root.join(path));
    let glob = glob::Pattern::new(&whole.to_string_lossy());
    file.starts_with(&whole) || glob.is_ok_and(|glob| glob.matches_path(&file))
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn absolute(path: &Path) -> Result<PathBuf> {
    std::path::absolute(path).map_err(|e| Error::io("find", path, e))
}
