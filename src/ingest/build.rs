//! The building of a lake: rows read, checked against each other, and written.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use rustc_hash::FxHashSet;

use crate::error::{Error, Result};
use crate::lake::{self, Month, Slices, Table, schema};
use crate::workspace::atomic;

use super::delta::{self, Delta, Previous, StoredFault};
use super::events::{EventIntake, SliceJob, Spill, Touched, Vocabulary, write_slices};
use super::quarantine::{Fault, Quarantine};
use super::read::{Progress, Read, short_name};
use super::report::{IngestReport, SourceCounts};
use super::rows::{ContactTable, OrderTable, Origin, stored_sightings};
use super::run::Plan;

/// An interned contact, and when it was first seen: in any table but its own, and in events.
type Sighting = (u32, Option<i64>, Option<i64>);

/// A lake under construction: everything read and checked, nothing written.
pub struct Build<'a> {
    plan: &'a Plan,
    previous: Option<Previous>,
    delta: Delta,
    pub read: Read,
    spill: Arc<Spill>,
    intakes: Vec<EventIntake>,
    contacts: ContactTable,
    orders: OrderTable,
    assignment_order: Vec<u32>,
}

impl<'a> Build<'a> {
    /// Reads what `previous` lacks; rows are set down in `dir` meanwhile.
    pub fn read(
        plan: &'a Plan,
        previous: Option<Previous>,
        dir: &Path,
        progress: Progress,
    ) -> Result<Self> {
        let spill = Arc::new(Spill::new(dir)?);
        let intake = |worker| EventIntake::new(Arc::clone(&spill), worker);
        let mut intakes: Vec<EventIntake> = (0..rayon::current_num_threads()).map(intake).collect();
        let delta = Delta::since(previous.as_ref(), &plan.mappings, &plan.inputs);
        let previous = previous.filter(|_| delta.adds_events);
        let mut read = Read::files(&plan.mappings, &delta, &mut intakes, progress)?;
        if let Some(previous) = &previous {
            carry_over(plan, &delta, previous, &mut read);
        }
        read.refuse_empty()?;
        intakes.iter_mut().try_for_each(EventIntake::flush)?;
        let met = read.meet(&intakes);
        let mut build = Build {
            plan,
            previous,
            delta,
            contacts: ContactTable::default(),
            read,
            spill,
            intakes,
            orders: OrderTable::default(),
            assignment_order: Vec::new(),
        };
        build.settle(&met)?;
        Ok(build)
    }

    /// Checks rows against each other; every fault found here goes to the quarantine.
    fn settle(&mut self, met: &[(u32, i64)]) -> Result<()> {
        let sightings = self.known_contacts()?;
        let read = &mut self.read;
        let mut contacts = std::mem::take(&mut read.contacts).finish(&read.ids)?;
        for (file, fault) in contacts.faults.iter().cloned().chain(read.campaigns.settle()) {
            read.turn_down_in_file(file, fault);
        }
        let orders = std::mem::take(&mut read.orders).finish();
        for (origin, fault, amount) in &orders.faults {
            read.turn_down(*origin, fault.clone(), *amount);
        }
        for (origin, amount) in &orders.repeats {
            read.counts[origin.source as usize].drop_repeat(*amount);
        }
        let (assignment_order, faults) = read.assignments.settle(&contacts.keys, &read.ids);
        for (origin, fault) in faults {
            read.turn_down(origin, fault, 0);
        }
        let seen = orders.seen().chain(orders.items.seen()).chain(read.items.seen());
        seen.chain(read.assignments.seen()).for_each(|(contact, us)| contacts.saw(contact, us));
        met.iter().for_each(|&(contact, us)| contacts.saw_event(contact, us));
        for (contact, seen_us, event_us) in sightings {
            seen_us.into_iter().for_each(|us| contacts.saw(contact, us));
            event_us.into_iter().for_each(|us| contacts.saw_event(contact, us));
        }
        read.quarantine.sort();
        (self.contacts, self.orders, self.assignment_order) = (contacts, orders, assignment_order);
        Ok(())
    }

    /// The contacts of the previous lake that stay known: those with events; and all of them, with
    /// their rows, where no other table is read again.
    fn known_contacts(&mut self) -> Result<Vec<Sighting>> {
        let Some(previous) = &self.previous else { return Ok(Vec::new()) };
        let (keeps, read) = (self.delta.keeps_tables, &mut self.read);
        let mut known = Vec::new();
        for batch in previous.lake.stored_batches(Table::Contacts)? {
            stored_sightings(&batch, |id, seen_us, event_us| {
                if keeps || event_us.is_some() {
                    known.push((read.ids.code(id), seen_us.filter(|_| keeps), event_us));
                }
            })?;
            if keeps {
                read.contacts.push_stored(&batch, &mut read.ids)?;
            }
        }
        Ok(known)
    }

    /// Writes the lake into `dir`.
    pub fn write(mut self, dir: &Path) -> Result<(IngestReport, Quarantine)> {
        let mut tables = BTreeMap::new();
        let (events, dropped) = self.write_events(dir)?;
        tables.insert(Table::Events.name(), events);
        self.write_contacts(dir, &mut tables)?;
        match &self.previous {
            Some(previous) if self.delta.keeps_tables => keep_tables(previous, dir, &mut tables)?,
            _ => self.write_tables(dir, &mut tables)?,
        }
        self.count_dropped(dropped);
        let ranges = &self.read.file_ranges;
        let faults = delta::stored(&self.read.quarantine, ranges, &self.plan.root);
        atomic::write_json(&dir.join(StoredFault::FILE), &faults)?;
        let tables = tables.into_iter().map(|(name, rows)| (name.to_owned(), rows)).collect();
        let report = self.report(tables);
        atomic::write_json(&dir.join(IngestReport::FILE), &report)?;
        self.plan.manifest.write(dir)?;
        Ok((report, self.read.quarantine))
    }

    /// Counts events that repeat others. Which of several rows is the repeat cannot be said, so they are
    /// counted from the last source on; those counted before with them, so that the order in which files
    /// came changes no count.
    fn count_dropped(&mut self, dropped: u64) {
        let mut left = dropped;
        let events = || |counts: &&mut SourceCounts| counts.table == Table::Events.name();
        for counts in self.read.counts.iter_mut().filter(events()) {
            left += counts.repeated;
            counts.accepted += std::mem::take(&mut counts.repeated);
        }
        for counts in self.read.counts.iter_mut().rev().filter(events()) {
            counts.repeated = left.min(counts.accepted);
            counts.accepted -= counts.repeated;
            left -= counts.repeated;
        }
    }

    /// The slices that new rows change; all others are taken over. Rows stored, and rows dropped.
    fn write_events(&mut self, dir: &Path) -> Result<(u64, u64)> {
        let mut months: BTreeMap<Month, (i64, i64)> = BTreeMap::new();
        for (month, (first, last)) in self.intakes.iter().flat_map(EventIntake::months) {
            let span = months.entry(month).or_insert((first, last));
            *span = (span.0.min(first), span.1.max(last));
        }
        let hashes: FxHashSet<u64> =
            self.intakes.iter().flat_map(|intake| intake.hashes.iter().copied()).collect();
        let lake = self.previous.as_ref().map(|previous| &previous.lake);
        let touched = Touched::new(lake, &months, &hashes)?;
        drop(hashes);
        if let Some(lake) = lake {
            touched.read_back(lake, &mut self.intakes)?;
        }
        self.intakes.iter_mut().try_for_each(EventIntake::flush)?;
        let folder = dir.join(Table::Events.name());
        std::fs::create_dir_all(&folder).map_err(|e| Error::io("create", &folder, e))?;
        let words: Vec<_> = self.intakes.iter().map(|intake| &intake.words).collect();
        let vocabulary = Vocabulary::new(&words);
        let written = write_slices(&SliceJob {
            spill: &self.spill,
            vocabulary: &vocabulary,
            rules: &self.plan.rules,
            spans: touched.spans.clone(),
            dir: &folder,
        })?;
        let latest = touched.latest;
        for slice in &touched.kept {
            let Some(lake) = lake else { continue };
            take_over(&lake.slice_path(slice), &folder.join(slice.span.file_name()))?;
        }
        let mut slices: Vec<_> = touched.kept.into_iter().chain(written.slices).collect();
        slices.sort_by_key(|slice| slice.span);
        let rows = slices.iter().map(|slice| slice.rows).sum();
        atomic::write_json(&dir.join(Slices::FILE), &Slices { latest, slices })?;
        Ok((rows, written.dropped))
    }

    fn write_contacts(
        &mut self,
        dir: &Path,
        tables: &mut BTreeMap<&'static str, u64>,
    ) -> Result<()> {
        let schema = schema::contacts(self.contacts.attributes());
        let path = dir.join(lake::file_name(Table::Contacts));
        let rows = lake::write_table(&path, schema, self.contacts.batches())?;
        tables.insert(Table::Contacts.name(), rows);
        Ok(())
    }

    fn write_tables(&mut self, dir: &Path, tables: &mut BTreeMap<&'static str, u64>) -> Result<()> {
        let keys = &self.contacts.keys;
        let path = |table| dir.join(lake::file_name(table));
        let mut wrote = |table: Table, rows: u64| tables.insert(table.name(), rows);
        let (read, mut orders) = (&mut self.read, std::mem::take(&mut self.orders));
        let mut items = std::mem::take(&mut read.items);
        items.append(std::mem::take(&mut orders.items));
        let batches = orders.batches(keys);
        let rows = lake::write_table(&path(Table::Orders), schema::orders(), batches)?;
        wrote(Table::Orders, rows);
        let batches = items.batches(keys);
        let rows = lake::write_table(&path(Table::OrderItems), schema::order_items(), batches)?;
        wrote(Table::OrderItems, rows);
        let order = std::mem::take(&mut self.assignment_order);
        // The ids of the experiments stay behind for the report.
        let batches = read.assignments.batches(keys, order);
        let rows = lake::write_table(&path(Table::Assignments), schema::assignments(), batches)?;
        wrote(Table::Assignments, rows);
        let batches = std::mem::take(&mut read.campaigns).batches();
        let rows = lake::write_table(&path(Table::Campaigns), schema::campaigns(), batches)?;
        wrote(Table::Campaigns, rows);
        Ok(())
    }

    fn report(&mut self, tables: Vec<(String, u64)>) -> IngestReport {
        let read = &mut self.read;
        let mut sources = std::mem::take(&mut read.counts);
        for (place, counts) in sources.iter_mut().enumerate() {
            let rules = read.quarantine.by_rule(read.file_ranges[place].clone());
            counts.rules = rules.iter().map(|(r, n)| (r.words().to_owned(), *n)).collect();
        }
        let (experiments, crossed) = match &self.previous {
            Some(previous) if self.delta.keeps_tables => {
                (previous.report.experiments.clone(), previous.report.crossed.clone())
            }
            _ => (read.assignments.experiments(), read.assignments.crossed()),
        };
        IngestReport {
            last_us: sources.iter().filter_map(|s| s.last_us).max(),
            addresses_replaced: sources.iter().map(|s| s.addresses_replaced).sum(),
            sources,
            tables,
            implied_contacts: self.contacts.implied,
            repeated_files: std::mem::take(&mut read.repeated_files),
            experiments,
            crossed,
        }
    }
}

/// Counts and faults of files that are not read again.
fn carry_over(plan: &Plan, delta: &Delta, previous: &Previous, read: &mut Read) {
    for (place, mapping) in plan.mappings.iter().enumerate() {
        let is_events = mapping.table == Table::Events;
        if !is_events && !delta.keeps_tables {
            continue;
        }
        if let Some(known) = previous.report.sources.get(place) {
            read.counts[place].add(known);
        }
        let files = mapping.files.iter().zip(&delta.files[place]);
        let files = files.filter(|(_, file)| !file.is_repeat);
        read.counts[place].files = files.map(|(path, _)| short_name(path)).collect();
        let range = read.file_ranges[place].clone();
        let names: Vec<String> = read.quarantine.files()[range.start as usize..range.end as usize]
            .iter()
            .map(|path| delta::relative(path, &plan.root))
            .collect();
        for fault in previous.faults.iter().filter(|fault| fault.source == place) {
            if let Some(number) = names.iter().position(|name| *name == fault.file) {
                read.quarantine.add(range.start + number as u32, fault.fault());
            }
        }
    }
}

/// Takes all tables over but the events and the contacts.
fn keep_tables(
    previous: &Previous,
    dir: &Path,
    tables: &mut BTreeMap<&'static str, u64>,
) -> Result<()> {
    for table in [Table::Orders, Table::OrderItems, Table::Assignments, Table::Campaigns] {
        take_over(&previous.lake.path(table), &dir.join(lake::file_name(table)))?;
        let rows = previous.report.tables.iter().find(|known| known.0 == table.name());
        tables.insert(table.name(), rows.map_or(0, |known| known.1));
    }
    Ok(())
}

/// Gives a file that does not change a second name; copies it where that cannot be done.
fn take_over(from: &Path, to: &Path) -> Result<()> {
    if std::fs::hard_link(from, to).is_ok() {
        return Ok(());
    }
    std::fs::copy(from, to).map(drop).map_err(|e| Error::io("copy", from, e))
}

impl Read {
    fn turn_down(&mut self, origin: Origin, fault: Fault, amount_minor: i64) {
        let source = origin.source as usize;
        self.counts[source].turn_down(amount_minor);
        self.quarantine.add(origin.file, self.mappings[source].renamed(fault));
    }

    fn turn_down_in_file(&mut self, file: u32, fault: Fault) {
        if let Some(source) = self.file_ranges.iter().position(|range| range.contains(&file)) {
            self.counts[source].turn_down(0);
            self.quarantine.add(file, self.mappings[source].renamed(fault));
        }
    }
}
