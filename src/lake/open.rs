//! A lake on disk.

use std::path::{Path, PathBuf};

use arrow::array::RecordBatch;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::workspace::Manifest;

use super::{KEY_RANGES, Month, Slice, Table, file_name};

/// Below this many events a range of keys is not worth a query of its own.
const FEWEST_ROWS_A_RANGE: u64 = 65_536;

/// The slices of a lake; stored as `slices.json`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Slices {
    /// The latest month that any row was read of, be it that another row took its place.
    pub latest: Option<Month>,
    /// In order of time.
    pub slices: Vec<Slice>,
}

impl Slices {
    pub const FILE: &'static str = "slices.json";
}

/// A finished lake.
#[derive(Debug, Clone)]
pub struct Lake {
    dir: PathBuf,
    manifest: Manifest,
    slices: Slices,
}

impl Lake {
    /// Opens the lake in `dir`.
    pub fn open(dir: &Path) -> Result<Self> {
        let manifest = Manifest::read(dir).ok_or_else(|| {
            Error::data("there is no lake here yet")
                .at_file(dir)
                .hint("run `microseg ingest` first")
        })?;
        let lake = Lake { dir: dir.to_path_buf(), manifest, slices: Slices::default() };
        let slices = lake.json(Slices::FILE)?;
        Ok(Lake { slices, ..lake })
    }

    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The Parquet file of a table; of the events, the folder of their slices.
    pub fn path(&self, table: Table) -> PathBuf {
        match table {
            Table::Events => self.dir.join(table.name()),
            _ => self.dir.join(file_name(table)),
        }
    }

    /// The slices of the events, in order of time.
    pub fn slices(&self) -> &[Slice] {
        &self.slices.slices
    }

    /// The latest month that any event was read of.
    pub fn latest(&self) -> Option<Month> {
        self.slices.latest
    }

    pub fn slice_path(&self, slice: &Slice) -> PathBuf {
        self.path(Table::Events).join(slice.span.file_name())
    }

    /// The ranges of keys that are worth reading one by one: all of [`KEY_RANGES`], or `None` for a
    /// lake that is small enough to be read at once.
    pub fn ranges(&self) -> Option<usize> {
        let rows: u64 = self.slices().iter().map(|s| s.rows).sum();
        (rows / KEY_RANGES as u64 >= FEWEST_ROWS_A_RANGE).then_some(KEY_RANGES)
    }

    /// All rows of a table, as stored: also those after any as-of.
    pub fn stored_batches(&self, table: Table) -> Result<Vec<RecordBatch>> {
        let path = self.path(table);
        let failed = |cause: Box<dyn std::error::Error + Send + Sync>| {
            Error::data("a table of the lake cannot be read").at_file(&path).caused_by(cause)
        };
        let file = std::fs::File::open(&path).map_err(|e| Error::io("open", &path, e))?;
        let reader = ParquetRecordBatchReaderBuilder::try_new(file)
            .and_then(ParquetRecordBatchReaderBuilder::build);
        reader
            .map_err(|e| failed(e.into()))?
            .collect::<std::result::Result<_, _>>()
            .map_err(|e| failed(e.into()))
    }

    /// Reads one of the lake's JSON files.
    pub fn json<T: serde::de::DeserializeOwned>(&self, file: &str) -> Result<T> {
        let path = self.dir.join(file);
        let bytes = std::fs::read(&path).map_err(|e| Error::io("read", &path, e))?;
        serde_json::from_slice(&bytes).map_err(|e| {
            Error::data("the file cannot be understood")
                .at_file(&path)
                .caused_by(e)
                .hint("run `microseg ingest` again")
        })
    }
}
