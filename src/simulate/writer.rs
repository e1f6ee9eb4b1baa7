//! The files of a shop.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use rayon::prelude::*;

use super::block::{Block, Rows, record_batch, schema};
use super::faults;
use super::record::{Recorded, streamed};
use super::shop::{Format, Shop};
use super::staging::Staging;
use super::table::{CAMPAIGNS, Table};
use super::truth::{self, Written, WrittenFile};
use crate::error::{Error, Result};

/// Bounds what the Parquet writer keeps in memory.
const ROW_GROUP_ROWS: usize = 262_144;

/// The open files of a shop that is being written.
pub(super) struct Writer<'a> {
    shop: &'a Shop,
    format: Format,
    /// Of the tables that [`streamed`] gives.
    files: Vec<TableFile>,
    drawn: [u64; 6],
    /// Last, so that the files are closed before it tidies up.
    staging: Staging,
}

impl<'a> Writer<'a> {
    pub fn create(shop: &'a Shop, dir: &Path, format: Format) -> Result<Self> {
        let staging = Staging::create(dir)?;
        let truth = staging.folder().join("truth");
        std::fs::create_dir(&truth)
            .map_err(|cause| Error::io("create the folder", &truth, cause))?;
        let open = |table: &&'static Table| TableFile::create(staging.folder(), table, format);
        let files = streamed(shop).iter().map(open).collect::<Result<_>>()?;
        Ok(Writer { shop, format, files, drawn: [0; 6], staging })
    }

    /// Writes a batch; the files do not wait for one another.
    pub fn append(&mut self, batch: Vec<Recorded>) -> Result<()> {
        let mut by_table: Vec<Vec<(Rows, u64)>> = self.files.iter().map(|_| Vec::new()).collect();
        for recorded in batch {
            for (total, drawn) in self.drawn.iter_mut().zip(recorded.drawn) {
                *total += drawn;
            }
            for (blocks, block) in by_table.iter_mut().zip(recorded.tables) {
                blocks.push(block);
            }
        }
        let append = |(file, blocks): (&mut TableFile, Vec<(Rows, u64)>)| {
            blocks.into_iter().try_for_each(|(rows, count)| file.append(rows, count))
        };
        self.files.par_iter_mut().zip(by_table).try_for_each(append)
    }

    /// Adds the small tables, closes all files and makes them appear.
    pub fn finish(self) -> Result<Written> {
        let folder = self.staging.folder();
        let mut files = vec![write_whole(folder, &CAMPAIGNS, self.format, self.campaigns())?];
        for (table, block) in truth::tables(&self.shop.calendar) {
            files.push(write_whole(folder, table, Format::Csv, block)?);
        }
        truth::write_params(self.shop, folder)?;
        for file in self.files {
            files.push(file.close()?);
        }
        if self.shop.has_faults() {
            faults::plant(self.shop, folder, &mut files)?;
        }
        files.sort_by(|a, b| a.path.cmp(&b.path));
        self.staging.publish()?;
        Ok(truth::written(files, self.drawn))
    }

    fn campaigns(&self) -> Block<'a> {
        let mut block = Block::new(&CAMPAIGNS, self.format, &self.shop.calendar);
        for campaign in &self.shop.campaigns {
            block.text(campaign.id.as_str());
            block.text(campaign.name.as_str());
            block.text(campaign.subject);
            block.text(campaign.kind);
            block.time(campaign.sent_t);
            block.end_row();
        }
        block
    }
}

fn write_whole(
    folder: &Path,
    table: &'static Table,
    format: Format,
    block: Block<'_>,
) -> Result<WrittenFile> {
    let mut file = TableFile::create(folder, table, format)?;
    let (rows, count) = block.finish();
    file.append(rows, count)?;
    file.close()
}

/// One file of one table.
struct TableFile {
    table: &'static Table,
    /// Relative to the shop's folder.
    name: PathBuf,
    path: PathBuf,
    body: Body,
    rows: u64,
}

enum Body {
    Csv(BufWriter<File>),
    Parquet(Box<ArrowWriter<File>>),
}

impl TableFile {
    fn create(folder: &Path, table: &'static Table, format: Format) -> Result<Self> {
        let truth = table.name.starts_with("truth/");
        let format = if truth { Format::Csv } else { format };
        let name = PathBuf::from(format!("{}.{}", table.name, format.extension()));
        let path = folder.join(&name);
        let file = File::create(&path).map_err(|cause| Error::io("create", &path, cause))?;
        let body = match format {
            Format::Csv => csv(file, table).map_err(|cause| Error::io("write", &path, cause))?,
            Format::Parquet => parquet(file, table).map_err(|cause| broken(&path, cause))?,
        };
        Ok(TableFile { table, name, path, body, rows: 0 })
    }

    fn append(&mut self, rows: Rows, count: u64) -> Result<()> {
        self.rows += count;
        match (&mut self.body, rows) {
            (Body::Csv(file), Rows::Csv(bytes)) => {
                file.write_all(&bytes).map_err(|cause| Error::io("write", &self.path, cause))
            }
            (Body::Parquet(file), Rows::Columns(columns)) => {
                let batch = record_batch(self.table, columns)?;
                file.write(&batch).map_err(|cause| broken(&self.path, cause))
            }
            _ => Err(Error::internal("rows in another format than their file")),
        }
    }

    fn close(self) -> Result<WrittenFile> {
        match self.body {
            Body::Csv(mut file) => {
                file.flush().map_err(|cause| Error::io("write", &self.path, cause))?;
            }
            Body::Parquet(file) => {
                file.close().map_err(|cause| broken(&self.path, cause))?;
            }
        }
        Ok(WrittenFile { path: self.name, rows: self.rows })
    }
}

fn csv(file: File, table: &Table) -> std::io::Result<Body> {
    let mut file = BufWriter::with_capacity(1 << 16, file);
    let names: Vec<&str> = table.columns.iter().map(|(name, _)| *name).collect();
    writeln!(file, "{}", names.join(","))?;
    Ok(Body::Csv(file))
}

fn parquet(file: File, table: &Table) -> Result<Body, ParquetError> {
    let properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(1)?))
        .set_max_row_group_row_count(Some(ROW_GROUP_ROWS))
        .build();
    let writer = ArrowWriter::try_new(file, schema(table), Some(properties))?;
    Ok(Body::Parquet(Box::new(writer)))
}

fn broken(path: &Path, cause: ParquetError) -> Error {
    Error::data("could not write").at_file(path).caused_by(cause)
}
