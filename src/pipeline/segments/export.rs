//! Members as files, for the platform that mails them.

use std::path::PathBuf;
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, StringArray};
use arrow::datatypes::{DataType, Field, Schema};
use serde::Serialize;

use crate::error::{Error, Result};
use crate::lake::write_table;
use crate::segments::rules::toml_form::toml_of;
use crate::workspace::registry::State;
use crate::workspace::{InputFile, Manifest, atomic, fingerprint};

use super::super::experiment::file_stem;
use super::book::{Segments, Source};

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
    /// What the members were found with.
    pub manifest: PathBuf,
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
        let source = match version {
            Some(_) => self.accepted(&id)?,
            None => self.source(&id)?,
        };
        let members = self.evaluate(&source, &mut vec![id.clone()])?.members;
        let as_of = self.as_of();
        let dir = self.workspace.registry_dir().join("exports");
        std::fs::create_dir_all(&dir).map_err(|e| Error::io("create the folder", &dir, e))?;
        let version_part = version.map_or(String::new(), |version| format!("-v{version}"));
        let stem = format!("{}{version_part}-{}", file_stem(&id), file_stem(&as_of));
        let [csv, parquet, manifest] =
            ["csv", "parquet", "manifest.json"].map(|ending| dir.join(format!("{stem}.{ending}")));
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
        atomic::write_json(&manifest, &self.members_manifest(&source)?)?;
        let name = self.name_of(&id);
        Ok(Exported { id, name, version, as_of, size: members.len(), csv, parquet, manifest })
    }

    /// What the members of a segment are found with: its definition, the features, and the proposal.
    fn members_manifest(&self, source: &Source) -> Result<Manifest> {
        // A rule may ask for discovered segments.
        let of_proposal = self.proposals[..self.of_proposal].first().cloned();
        let (definition, proposal) = match source {
            Source::Rule(rule, _) => (toml_of(rule), of_proposal),
            Source::Discovered(place) => {
                (self.discovered[*place].id.clone(), Some(self.proposals[*place].clone()))
            }
        };
        let features = Manifest::read(&self.workspace.features_dir());
        let features = features.map(|manifest| manifest.hash()).transpose()?;
        let inputs = [("features", features), ("segments", proposal)];
        let inputs = inputs.into_iter().filter_map(|(name, fingerprint)| {
            Some(InputFile { name: name.to_owned(), fingerprint: fingerprint? })
        });
        let as_of = Some(self.as_of());
        let manifest = Manifest::new("members", fingerprint(&definition)?, Some(self.seed), as_of);
        Ok(manifest.with_inputs(inputs.collect()))
    }
}
