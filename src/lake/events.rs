//! The events of a lake as a table of the query engine: the slices that are asked for, whole or one
//! range of keys.

use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;

use arrow::datatypes::SchemaRef;
use async_trait::async_trait;
use datafusion::catalog::{Session as EngineSession, TableProvider};
use datafusion::datasource::TableType;
use datafusion::datasource::file_format::FileFormat;
use datafusion::datasource::file_format::parquet::ParquetFormat;
use datafusion::datasource::listing::PartitionedFile;
use datafusion::datasource::physical_plan::parquet::ParquetAccessPlan;
use datafusion::datasource::physical_plan::{FileGroup, FileScanConfigBuilder};
use datafusion::error::Result as QueryResult;
use datafusion::execution::object_store::ObjectStoreUrl;
use datafusion::logical_expr::{Expr, TableProviderFilterPushDown};
use datafusion::physical_plan::ExecutionPlan;
use datafusion::physical_plan::empty::EmptyExec;
use parquet::arrow::arrow_reader::ArrowReaderMetadata;
use parquet::file::metadata::RowGroupMetaData;
use parquet::file::statistics::Statistics;

use crate::error::{Error, Result};

use super::schema;
use super::write::key_range;

/// Slices of the events, or one range of their keys.
#[derive(Debug)]
pub struct EventsTable {
    schema: SchemaRef,
    files: Vec<SliceFile>,
    /// Some row group reaches beyond the range: rows have to be filtered.
    pub has_other_keys: bool,
}

#[derive(Debug, Clone)]
struct SliceFile {
    path: PathBuf,
    bytes: u64,
    /// The row groups to read; `None` for all.
    groups: Option<Vec<bool>>,
}

impl EventsTable {
    /// The slices in `paths`; of `range` only the row groups that hold keys of it.
    pub fn new(paths: &[PathBuf], range: Option<usize>) -> Result<Self> {
        let mut table = EventsTable {
            schema: schema::events(),
            files: Vec::with_capacity(paths.len()),
            has_other_keys: false,
        };
        for path in paths {
            let bytes = std::fs::metadata(path).map_err(|e| Error::io("read", path, e))?.len();
            let groups = match range {
                Some(range) => Some(table.groups_of(path, range)?),
                None => None,
            };
            if groups.as_ref().is_none_or(|groups| groups.contains(&true)) {
                table.files.push(SliceFile { path: path.clone(), bytes, groups });
            }
        }
        Ok(table)
    }

    fn groups_of(&mut self, path: &PathBuf, range: usize) -> Result<Vec<bool>> {
        let file = File::open(path).map_err(|e| Error::io("open", path, e))?;
        let metadata = ArrowReaderMetadata::load(&file, Default::default()).map_err(|e| {
            Error::data("a slice of the lake cannot be read")
                .at_file(path)
                .caused_by(e)
                .hint("run `microseg ingest` again")
        })?;
        let mut wanted = Vec::new();
        for group in metadata.metadata().row_groups() {
            let (first, last) = ranges(group);
            wanted.push((first..=last).contains(&range));
            self.has_other_keys |= first < last && (first..=last).contains(&range);
        }
        Ok(wanted)
    }

    fn file_groups(&self, partitions: usize) -> QueryResult<Vec<FileGroup>> {
        let mut groups = vec![(0u64, Vec::new()); partitions.clamp(1, self.files.len().max(1))];
        for file in &self.files {
            let path = file.path.to_string_lossy().into_owned();
            let mut part = PartitionedFile::from_path(path)?;
            if let Some(wanted) = &file.groups {
                let mut plan = ParquetAccessPlan::new_all(wanted.len());
                let others = (0..wanted.len()).filter(|&group| !wanted[group]);
                others.for_each(|group| plan.skip(group));
                part = part.with_extension(plan);
            }
            // The least loaded partition takes the next file.
            if let Some(group) = groups.iter_mut().min_by_key(|group| group.0) {
                group.0 += file.bytes;
                group.1.push(part);
            }
        }
        Ok(groups.into_iter().map(|group| FileGroup::new(group.1)).collect())
    }
}

/// The ranges of the lowest and the highest key of a row group; all of them if nothing is known.
fn ranges(group: &RowGroupMetaData) -> (usize, usize) {
    let statistics = group.columns().first().and_then(|column| column.statistics());
    let bounds = match statistics {
        Some(Statistics::Int64(bounds)) => bounds.min_opt().zip(bounds.max_opt()),
        _ => None,
    };
    match bounds {
        Some((low, high)) => (key_range(*low as u64), key_range(*high as u64)),
        None => (0, super::KEY_RANGES - 1),
    }
}

#[async_trait]
impl TableProvider for EventsTable {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    async fn scan(
        &self,
        state: &dyn EngineSession,
        projection: Option<&Vec<usize>>,
        _filters: &[Expr],
        limit: Option<usize>,
    ) -> QueryResult<Arc<dyn ExecutionPlan>> {
        if self.files.is_empty() {
            let schema = datafusion::physical_plan::project_schema(&self.schema, projection)?;
            return Ok(Arc::new(EmptyExec::new(schema)));
        }
        let format = ParquetFormat::default();
        let source = format.file_source(Arc::clone(&self.schema).into());
        let partitions = state.config().target_partitions();
        let config = FileScanConfigBuilder::new(ObjectStoreUrl::local_filesystem(), source)
            .with_file_groups(self.file_groups(partitions)?)
            .with_projection_indices(projection.cloned())?
            .with_limit(limit)
            .build();
        format.create_physical_plan(state, config).await
    }

    /// Filters skip row groups; the rows that are left still have to pass them.
    fn supports_filters_pushdown(
        &self,
        filters: &[&Expr],
    ) -> QueryResult<Vec<TableProviderFilterPushDown>> {
        Ok(vec![TableProviderFilterPushDown::Inexact; filters.len()])
    }
}
