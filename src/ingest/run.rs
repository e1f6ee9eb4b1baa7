//! The whole ingest: read, check rows against each other, judge, write.

use std::path::Path;

use crate::error::{Error, Result};
use crate::lake::{self, Table, schema};
use crate::workspace::atomic::{self, Staging};
use crate::workspace::{InputFile, Manifest, Workspace, fingerprint};

use super::mapping::Mapping;
use super::quarantine::{Fault, Quarantine};
use super::read::{Progress, Read};
use super::report::IngestReport;
use super::rows::{ContactTable, OrderTable, Origin};

/// What an ingest would read: checked mappings and the manifest of the lake it would make.
pub struct Plan {
    mappings: Vec<Mapping>,
    inputs: Vec<Vec<InputFile>>,
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
    if settings.sources.is_empty() {
        return Err(Error::settings("microseg.toml lists no [[source]]")
            .at_file(workspace.root())
            .hint("run `microseg init DIR --from FILE…` to have them written"));
    }
    let mapping = |source| Mapping::new(source, &settings.shop, workspace.root(), latest_us);
    let mappings = settings.sources.iter().map(mapping).collect::<Result<Vec<_>>>()?;
    let fingerprints = |m: &Mapping| m.files.iter().map(|f| InputFile::of(f)).collect();
    let inputs = mappings.iter().map(fingerprints).collect::<Result<Vec<Vec<InputFile>>>>()?;
    let hash = fingerprint(&(&settings.sources, &settings.shop, &settings.ingest))?;
    let manifest = Manifest::new("lake", hash, None, None);
    let manifest = manifest.with_inputs(named(workspace.root(), &inputs));
    Ok(Plan { mappings, inputs, manifest })
}

/// Input names relative to the workspace, so that a moved workspace stays up to date.
fn named(root: &Path, inputs: &[Vec<InputFile>]) -> Vec<InputFile> {
    let root = root.to_string_lossy().into_owned();
    let relative = |name: &str| match name.strip_prefix(&root) {
        Some(rest) => rest.trim_start_matches('/').to_owned(),
        None => name.to_owned(),
    };
    let flat = inputs.iter().flatten();
    flat.map(|i| InputFile { name: relative(&i.name), sha256: i.sha256.clone() }).collect()
}

/// Reads and checks all sources and writes nothing.
pub fn audit(plan: &Plan, progress: Progress) -> Result<Ingested> {
    let mut read = Read::all(&plan.mappings, &plan.inputs, progress)?;
    let parts = Parts::settle(&mut read);
    Ok(parts.outcome(read))
}

/// Reads, checks and writes the lake and the quarantine. Above the allowed share of rejected rows
/// nothing but the quarantine is written, and the error names the rule.
pub fn ingest(workspace: &Workspace, plan: &Plan, progress: Progress) -> Result<Ingested> {
    let staging = Staging::new(&workspace.lake_dir())?;
    let mut read = Read::all(&plan.mappings, &plan.inputs, progress)?;
    let mut parts = Parts::settle(&mut read);
    write_quarantine(workspace, &read.quarantine)?;
    judge(&read, workspace.settings().ingest.max_bad_share)?;
    progress("writing the lake", 0);
    parts.write(&mut read, staging.path())?;
    let ingested = parts.outcome(read);
    write_report(&ingested.report, staging.path())?;
    plan.manifest.write(staging.path())?;
    staging.commit()?;
    Ok(ingested)
}

/// Reads, checks and writes a lake into `dir`, whatever share of rows is rejected. Nothing else is
/// written, so that an audit can look at the data as it would be.
pub fn ingest_into(dir: &Path, plan: &Plan, progress: Progress) -> Result<Ingested> {
    let mut read = Read::all(&plan.mappings, &plan.inputs, progress)?;
    let mut parts = Parts::settle(&mut read);
    parts.write(&mut read, dir)?;
    let ingested = parts.outcome(read);
    write_report(&ingested.report, dir)?;
    plan.manifest.write(dir)?;
    Ok(ingested)
}

fn write_quarantine(workspace: &Workspace, quarantine: &Quarantine) -> Result<()> {
    let staging = Staging::new(&workspace.quarantine_dir())?;
    quarantine.write(staging.path())?;
    staging.commit()
}

fn write_report(report: &IngestReport, dir: &Path) -> Result<()> {
    let mut bytes = serde_json::to_vec_pretty(report)
        .map_err(|e| Error::internal("the ingest report failed").caused_by(e))?;
    bytes.push(b'\n');
    atomic::write_file(&dir.join(IngestReport::FILE), &bytes)
}

/// Stops above the allowed share of rejected rows, naming the rule that did it and an example.
fn judge(read: &Read, most: f64) -> Result<()> {
    for (counts, files) in read.counts.iter().zip(&read.file_ranges) {
        if counts.bad_share() <= most {
            continue;
        }
        let Some(&(rule, count)) = read.quarantine.by_rule(files.clone()).first() else { continue };
        let message = format!(
            "{} of {} rows of {} are rejected ({:.1} %, allowed {:.1} %), {count} because of {}",
            counts.rejected,
            counts.rows,
            counts.table,
            100.0 * counts.bad_share(),
            100.0 * most,
            rule.words(),
        );
        let error = Error::check(message).hint(rule.hint());
        return Err(read.quarantine.locate(error, files.clone(), rule));
    }
    Ok(())
}

/// The tables that need all rows before they are final.
struct Parts {
    contacts: ContactTable,
    orders: Option<OrderTable>,
    assignment_order: Vec<u32>,
    event_order: Vec<u32>,
    event_texts: Vec<std::sync::Arc<arrow::array::StringArray>>,
    tables: Vec<(String, u64)>,
    experiments: Vec<String>,
}

impl Parts {
    /// Checks rows against each other; every fault found here goes to the quarantine.
    fn settle(read: &mut Read) -> Self {
        let mut contacts = std::mem::take(&mut read.contacts).finish(&read.ids);
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
        let event_texts = read.events.settle_words();
        let (event_order, repeats) = read.events.settle(&contacts.keys);
        if let Some(counts) = read.counts.iter_mut().rev().find(|c| c.table == "events") {
            counts.accepted -= repeats.min(counts.accepted);
            counts.repeated += repeats;
        }
        read.note_first_seen(&mut contacts, &orders);
        read.quarantine.sort();
        let orders = Some(orders);
        Parts {
            contacts,
            orders,
            assignment_order,
            event_order,
            event_texts,
            tables: Vec::new(),
            experiments: read.assignments.experiments(),
        }
    }

    fn write(&mut self, read: &mut Read, dir: &Path) -> Result<()> {
        let keys = std::mem::take(&mut self.contacts.keys);
        let attributes = self.contacts.attributes().to_vec();
        let path = |table| dir.join(lake::file_name(table));
        let mut wrote = |table: Table, rows: u64| self.tables.push((table.name().to_owned(), rows));
        let events = std::mem::take(&mut read.events);
        let order = std::mem::take(&mut self.event_order);
        let texts = std::mem::take(&mut self.event_texts);
        let batches = events.batches(order, texts);
        wrote(Table::Events, lake::write_table(&path(Table::Events), schema::events(), batches)?);
        let mut items = std::mem::take(&mut read.items);
        if let Some(mut orders) = self.orders.take() {
            items.append(std::mem::take(&mut orders.items));
            let batches = orders.batches(&keys);
            let rows = lake::write_table(&path(Table::Orders), schema::orders(), batches)?;
            wrote(Table::Orders, rows);
        }
        let rows = lake::write_table(
            &path(Table::OrderItems),
            schema::order_items(),
            items.batches(&keys),
        )?;
        wrote(Table::OrderItems, rows);
        let order = std::mem::take(&mut self.assignment_order);
        let batches = std::mem::take(&mut read.assignments).batches(&keys, order);
        let rows = lake::write_table(&path(Table::Assignments), schema::assignments(), batches)?;
        wrote(Table::Assignments, rows);
        let batches = std::mem::take(&mut read.campaigns).batches();
        let rows = lake::write_table(&path(Table::Campaigns), schema::campaigns(), batches)?;
        wrote(Table::Campaigns, rows);
        let batches = self.contacts.batches();
        let rows =
            lake::write_table(&path(Table::Contacts), schema::contacts(&attributes), batches)?;
        wrote(Table::Contacts, rows);
        self.tables.sort();
        Ok(())
    }

    fn outcome(self, read: Read) -> Ingested {
        let mut sources = read.counts;
        for (counts, files) in sources.iter_mut().zip(&read.file_ranges) {
            let rules = read.quarantine.by_rule(files.clone());
            counts.rules = rules.iter().map(|(r, n)| (r.words().to_owned(), *n)).collect();
        }
        let report = IngestReport {
            last_us: sources.iter().filter_map(|s| s.last_us).max(),
            sources,
            tables: self.tables,
            implied_contacts: self.contacts.implied,
            addresses_replaced: read.ids.addresses_replaced,
            repeated_files: read.repeated_files,
            experiments: self.experiments,
        };
        Ingested { report, quarantine: read.quarantine }
    }
}

impl Read {
    /// Contacts without a row of their own exist from their first row in any other table.
    fn note_first_seen(&self, contacts: &mut ContactTable, orders: &OrderTable) {
        for (contact, ts) in orders.seen().chain(orders.items.seen()).chain(self.items.seen()) {
            contacts.saw(contacts.keys[contact as usize], ts);
        }
        for (contact, ts) in self.assignments.seen() {
            contacts.saw(contacts.keys[contact as usize], ts);
        }
        self.events.seen().for_each(|(key, ts)| contacts.saw(key, ts));
    }

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
