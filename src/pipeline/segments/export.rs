//! Members as files, for the platform that mails them.

use std::path::PathBuf;
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema};
use serde::Serialize;

use crate::error::{Error, Result};
use crate::lake::write_table;
use crate::workspace::atomic;
use crate::workspace::registry::State;

use super::super::experiment::file_stem;
use super::book::Segments;

/// What was exported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Exported {
    pub id: String,
    pub name: String,
    /// The accepted version that was evaluated; `None` for a segment that is not accepted.
    pub version: Option<u32>,
    pub as_of: String,
    pub size: usize,
    pub csv: PathBuf,
    pub parquet: PathBuf,
}

impl Segments<'_> {
    /// Writes the ids of a segment's members as CSV and Parquet into the registry's folder. Of an
    /// accepted segment it is the accepted version that is evaluated, at the as-of of this run; the
    /// segments that it asks for are as they are now. Call it only while holding the writer's lock.
    ///
    /// # Errors
    ///
    /// A settings error for an unknown segment; the error of a segment that cannot be evaluated.
    pub fn export(&mut self, name: &str) -> Result<Exported> {
        let id = self.id_of(name)?;
        let entry = self.entries.get(&id).filter(|entry| entry.state == State::Accepted);
        let version = entry.and_then(|entry| entry.latest.as_ref()).map(|version| version.version);
        let members = match version {
            Some(_) => {
                let source = self.accepted(&id)?;
                self.evaluate(&source, &mut vec![id.clone()])?.members
            }
            None => self.find(&id)?.members.clone(),
        };
        let as_of = self.as_of();
        let dir = self.workspace.registry_dir().join("exports");
        std::fs::create_dir_all(&dir).map_err(|e| Error::io("create the folder", &dir, e))?;
        let version_part = version.map_or(String::new(), |version| format!("-v{version}"));
        let stem = format!("{}{version_part}-{}", file_stem(&id), file_stem(&as_of));
        let (csv, parquet) = (dir.join(format!("{stem}.csv")), dir.join(format!("{stem}.parquet")));
        let ids: ArrayRef = Arc::new(StringArray::from_iter_values(members.ids(self.ground.ids())));
        let schema = Arc::new(Schema::new(vec![Field::new("contact_id", DataType::Utf8, false)]));
        let batch = RecordBatch::try_new(Arc::clone(&schema), vec![ids])?;
        let mut writer = arrow::csv::Writer::new(Vec::new());
        writer.write(&batch)?;
        atomic::write_file(&csv, &writer.into_inner())?;
        let folder = tempfile::tempdir_in(&dir).map_err(|e| Error::io("write in", &dir, e))?;
        let made = folder.path().join("members.parquet");
        write_table(&made, schema, std::iter::once(Ok(batch)))?;
        std::fs::rename(&made, &parquet).map_err(|e| Error::io("write", &parquet, e))?;
        let name = self.name_of(&id);
        Ok(Exported { id, name, version, as_of, size: members.len(), csv, parquet })
    }
}
