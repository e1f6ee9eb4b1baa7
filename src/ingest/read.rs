//! Reading sources into rows.

use std::ops::Range;
use std::path::Path;

use crate::error::{Error, Result};
use crate::lake::Table;

use super::delta::Delta;
use super::events::{EventIntake, SeenContacts};
use super::mapping::Mapping;
use super::quarantine::Quarantine;
use super::report::SourceCounts;
use super::rows::{AssignmentRows, CampaignRows, ContactRows, Intake, OrderItemRows, OrderRows};
use super::source::{self, RawBatch};
use super::words::ContactIds;

/// Called with a file's name and the rows read so far.
pub type Progress<'a> = &'a (dyn Fn(&str, u64) + Sync);

/// Rows of the sources, checked one by one, not yet against each other; events have been set down.
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
    pub orders: OrderRows,
    pub items: OrderItemRows,
    pub assignments: AssignmentRows,
}

impl Read {
    /// Reads the files that `delta` names, each once; a file whose content was read before is named.
    /// Events go to `intakes`, one a thread.
    pub fn files(
        mappings: &[Mapping],
        delta: &Delta,
        intakes: &mut [EventIntake],
        progress: Progress,
    ) -> Result<Self> {
        let mut read = Read { mappings: mappings.to_vec(), ..Read::default() };
        let mut files = 0;
        for (number, mapping) in mappings.iter().enumerate() {
            let table = mapping.table.name().to_owned();
            read.counts.push(SourceCounts { table, ..SourceCounts::default() });
            for (path, file) in mapping.files.iter().zip(&delta.files[number]) {
                let name = short_name(path);
                if file.is_repeat {
                    read.repeated_files.push(name);
                    continue;
                }
                let place = read.quarantine.file(path);
                files += 1;
                if file.is_read {
                    read.file(mapping, number, (path, place), intakes, progress)?;
                    read.counts[number].files.push(name);
                }
            }
            let first = read.file_ranges.last().map_or(0, |range| range.end);
            read.file_ranges.push(first..files);
        }
        Ok(read)
    }

    fn file(
        &mut self,
        mapping: &Mapping,
        number: usize,
        (path, place): (&Path, u32),
        intakes: &mut [EventIntake],
        progress: Progress,
    ) -> Result<()> {
        let name = short_name(path);
        if mapping.table == Table::Events {
            return self.events(mapping, number, (path, place), intakes, progress);
        }
        source::stream(path, mapping.wanted(), &mut |batch| {
            self.batch(mapping, number, place, &batch);
            progress(&name, self.counts[number].rows);
            Ok(())
        })
    }

    fn events(
        &mut self,
        mapping: &Mapping,
        number: usize,
        (path, place): (&Path, u32),
        intakes: &mut [EventIntake],
        progress: Progress,
    ) -> Result<()> {
        let name = short_name(path);
        intakes.iter_mut().for_each(|intake| intake.begin(place));
        let rows = std::sync::atomic::AtomicU64::new(self.counts[number].rows);
        let take = |intake: &mut EventIntake, batch: RawBatch| {
            let more = (batch.rows() + batch.faults.len()) as u64;
            intake.push(mapping, &batch)?;
            let before = rows.fetch_add(more, std::sync::atomic::Ordering::Relaxed);
            progress(&name, before + more);
            Ok(())
        };
        source::share_out(path, mapping.wanted(), &mapping.repeating(), intakes, &take)?;
        for intake in intakes {
            self.counts[number].add(&std::mem::take(&mut intake.counts));
            self.quarantine.absorb(&mut intake.quarantine);
        }
        Ok(())
    }

    fn batch(&mut self, mapping: &Mapping, number: usize, file: u32, batch: &RawBatch) {
        let mut intake = Intake {
            contacts: &mut self.ids,
            quarantine: &mut self.quarantine,
            counts: &mut self.counts[number],
            file,
            first_file: self.file_ranges.last().map_or(0, |range| range.end),
        };
        let (intake, source) = (&mut intake, number as u32);
        match mapping.table {
            Table::Contacts => self.contacts.push(mapping, batch, intake),
            Table::Campaigns => self.campaigns.push(mapping, batch, intake),
            Table::Events => {}
            Table::Orders => self.orders.push(mapping, batch, source, intake),
            Table::OrderItems => self.items.push(mapping, batch, intake),
            Table::Assignments => self.assignments.push(mapping, batch, source, intake),
        }
    }

    /// Interns the contacts that have events; returns the code and the first event of each.
    pub fn meet(&mut self, intakes: &[EventIntake]) -> Vec<(u32, i64)> {
        let mut first: Vec<i64> = vec![i64::MAX; self.ids.ids().len()];
        let contacts = intakes.iter().flat_map(|intake| &intake.contacts);
        for (id, us) in contacts.flat_map(SeenContacts::all) {
            let code = self.ids.code(id) as usize;
            if code == first.len() {
                first.push(i64::MAX);
            }
            first[code] = first[code].min(us);
        }
        let met = (0u32..).zip(first);
        met.filter(|(_, us)| *us < i64::MAX).collect()
    }

    /// Refuses sources of files without rows.
    pub fn refuse_empty(&self) -> Result<()> {
        for (counts, mapping) in self.counts.iter().zip(&self.mappings) {
            if counts.rows == 0 && !counts.files.is_empty() {
                let path = mapping.files.first().map_or(Path::new(""), |p| p.as_path());
                return Err(Error::data("there is a header and no rows")
                    .at_file(path)
                    .hint("check the export's date range and filters"));
            }
        }
        Ok(())
    }
}

pub fn short_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}
