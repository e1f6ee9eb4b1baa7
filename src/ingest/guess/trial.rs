//! The sample put through the rules of `ingest` itself: what a guess is worth.

use std::path::Path;
use std::sync::Arc;

use crate::error::Result;
use crate::lake::Table;
use crate::workspace::{ShopSettings, SourceSettings};

use super::super::events::{EventIntake, Spill};
use super::super::mapping::Mapping;
use super::super::quarantine::{Fault, Quarantine, Rule};
use super::super::report::SourceCounts;
use super::super::rows::{
    AssignmentRows, CampaignRows, ContactRows, Intake, OrderItemRows, OrderRows,
};
use super::super::source::{Lines, RawBatch};
use super::super::words::ContactIds;
use super::sample::Sample;

/// The outcome: rows, and what would be rejected.
pub struct Trial {
    pub rows: usize,
    pub rejected: usize,
    /// The rule that rejects most, with an example.
    pub worst: Option<(Rule, Fault)>,
}

impl Trial {
    /// Runs the whole sample. `files` of the source must be absolute.
    pub fn run(source: &SourceSettings, shop: &ShopSettings, sample: &Sample) -> Result<Self> {
        let mapping = Mapping::new(source, shop, Path::new(""), None)?;
        let columns = mapping.wanted().iter().filter_map(|name| {
            let place = sample.names.iter().position(|n| n == name)?;
            Some(sample.columns[place].clone())
        });
        let batch =
            RawBatch { columns: columns.collect(), lines: Lines::From(2), faults: Vec::new() };
        let mut quarantine = Quarantine::default();
        let file = quarantine.file(Path::new(""));
        for fault in faults(&mapping, &batch, &mut quarantine)? {
            quarantine.add(file, fault);
        }
        let worst = quarantine.by_rule(0..1).first().and_then(|(rule, _)| {
            quarantine.example(0..1, *rule).map(|(_, fault)| (*rule, fault.clone()))
        });
        Ok(Trial { rows: batch.rows(), rejected: quarantine.len(), worst })
    }

    pub fn bad_share(&self) -> f64 {
        self.rejected as f64 / self.rows.max(1) as f64
    }
}

/// Faults of single rows go to the quarantine; faults between rows are returned.
fn faults(mapping: &Mapping, batch: &RawBatch, quarantine: &mut Quarantine) -> Result<Vec<Fault>> {
    let mut contacts = ContactIds::default();
    let mut counts = SourceCounts::default();
    let counts = &mut counts;
    let intake =
        &mut Intake { contacts: &mut contacts, quarantine, counts, file: 0, first_file: 0 };
    match mapping.table {
        Table::Events => {
            let spill = Spill::anywhere()?;
            let mut rows = EventIntake::new(Arc::new(spill), 0);
            rows.push(mapping, batch)?;
            quarantine.absorb(&mut rows.quarantine);
        }
        Table::OrderItems => OrderItemRows::default().push(mapping, batch, intake),
        Table::Assignments => AssignmentRows::default().push(mapping, batch, 0, intake),
        Table::Orders => {
            let mut rows = OrderRows::default();
            rows.push(mapping, batch, 0, intake);
            return Ok(rows.finish().faults.into_iter().map(|(_, fault, _)| fault).collect());
        }
        Table::Campaigns => {
            let mut rows = CampaignRows::default();
            rows.push(mapping, batch, intake);
            return Ok(rows.settle().into_iter().map(|(_, fault)| fault).collect());
        }
        Table::Contacts => {
            let mut rows = ContactRows::default();
            rows.push(mapping, batch, intake);
            let faults = rows.finish(&contacts)?.faults;
            return Ok(faults.into_iter().map(|(_, fault)| fault).collect());
        }
    }
    Ok(Vec::new())
}
