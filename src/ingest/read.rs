//! Reading all sources into rows.

use std::collections::BTreeSet;
use std::ops::Range;
use std::path::Path;

use crate::error::{Error, Result};
use crate::lake::Table;
use crate::workspace::InputFile;

use super::mapping::Mapping;
use super::quarantine::Quarantine;
use super::report::SourceCounts;
use super::rows::{
    AssignmentRows, CampaignRows, ContactRows, EventRows, Intake, OrderItemRows, OrderRows,
};
use super::source::{self, RawBatch};
use super::words::ContactIds;

/// Called with a file's name and the rows read so far.
pub type Progress<'a> = &'a (dyn Fn(&str, u64) + Sync);

/// All rows of all sources, checked one by one, not yet against each other.
#[derive(Default)]
pub struct Read {
    pub ids: ContactIds,
    pub quarantine: Quarantine,
    pub counts: Vec<SourceCounts>,
    /// Which numbers of `quarantine` are the files of each source.
    pub file_ranges: Vec<Range<u32>>,
    pub repeated_files: Vec<String>,
    pub mappings: Vec<Mapping>,
    pub contacts: ContactRows,
    pub campaigns: CampaignRows,
    pub events: EventRows,
    pub orders: OrderRows,
    pub items: OrderItemRows,
    pub assignments: AssignmentRows,
}

impl Read {
    /// Reads every file once; a file whose content was read before is skipped and named.
    pub fn all(
        mappings: &[Mapping],
        inputs: &[Vec<InputFile>],
        progress: Progress,
    ) -> Result<Self> {
        let mut read = Read { mappings: mappings.to_vec(), ..Read::default() };
        let mut seen = BTreeSet::new();
        let mut files = 0;
        for (number, (mapping, inputs)) in mappings.iter().zip(inputs).enumerate() {
            let table = mapping.table.name().to_owned();
            read.counts.push(SourceCounts { table, ..SourceCounts::default() });
            for (path, input) in mapping.files.iter().zip(inputs) {
                let name = short_name(path);
                if seen.insert((mapping.table, input.sha256.clone())) {
                    read.file(mapping, number, path, progress)?;
                    read.counts[number].files.push(name);
                    files += 1;
                } else {
                    read.repeated_files.push(name);
                }
            }
            let first = read.file_ranges.last().map_or(0, |range| range.end);
            read.file_ranges.push(first..files);
            read.refuse_empty(number, mapping)?;
        }
        Ok(read)
    }

    fn file(
        &mut self,
        mapping: &Mapping,
        number: usize,
        path: &Path,
        progress: Progress,
    ) -> Result<()> {
        let file = self.quarantine.file(path);
        let name = short_name(path);
        source::stream(path, mapping.wanted(), &mut |batch| {
            self.batch(mapping, number, file, &batch);
            progress(&name, self.counts[number].rows);
            Ok(())
        })
    }

    fn batch(&mut self, mapping: &Mapping, number: usize, file: u32, batch: &RawBatch) {
        let mut intake = Intake {
            contacts: &mut self.ids,
            quarantine: &mut self.quarantine,
            counts: &mut self.counts[number],
            file,
        };
        let (intake, source) = (&mut intake, number as u32);
        match mapping.table {
            Table::Contacts => self.contacts.push(mapping, batch, intake),
            Table::Campaigns => self.campaigns.push(mapping, batch, intake),
            Table::Events => self.events.push(mapping, batch, intake),
            Table::Orders => self.orders.push(mapping, batch, source, intake),
            Table::OrderItems => self.items.push(mapping, batch, intake),
            Table::Assignments => self.assignments.push(mapping, batch, source, intake),
        }
    }

    fn refuse_empty(&self, number: usize, mapping: &Mapping) -> Result<()> {
        let counts = &self.counts[number];
        if counts.rows > 0 || counts.files.is_empty() {
            return Ok(());
        }
        let path = mapping.files.first().map_or(Path::new(""), |p| p.as_path());
        Err(Error::data("there is a header and no rows")
            .at_file(path)
            .hint("check the export's date range and filters"))
    }
}

fn short_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
