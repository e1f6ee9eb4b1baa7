//! One file a canonical table: checking rows as they arrive, then putting them in their final order.

mod assignments;
mod campaigns;
mod contacts;
mod order_items;
mod orders;
mod status;

pub use assignments::AssignmentRows;
pub use campaigns::CampaignRows;
pub use contacts::{ContactRows, ContactTable, stored_sightings};
pub use order_items::OrderItemRows;
pub use orders::{LinkedOrder, OrderRows, OrderTable};

use super::cell::Cells;
use super::mapping::Mapping;
use super::quarantine::{Fault, Quarantine, Rule};
use super::report::SourceCounts;
use super::source::RawBatch;
use super::words::{ContactIds, is_address_code};

/// What rows are checked against and where the outcome goes.
pub struct Intake<'a> {
    pub contacts: &'a mut ContactIds,
    pub quarantine: &'a mut Quarantine,
    pub counts: &'a mut SourceCounts,
    pub file: u32,
    /// The first file of the source.
    pub first_file: u32,
}

impl Intake<'_> {
    fn reject(&mut self, fault: Fault) {
        refuse(self.quarantine, self.counts, self.file, fault);
    }

    /// The code of a contact's id.
    fn contact(&mut self, id: &str) -> u32 {
        self.counts.addresses_replaced += u64::from(is_address_code(id));
        self.contacts.code(id)
    }
}

/// Puts a row that is not accepted into the quarantine.
pub fn refuse(quarantine: &mut Quarantine, counts: &mut SourceCounts, file: u32, fault: Fault) {
    quarantine.add(file, fault);
    counts.rejected += 1;
}

/// A row's line, for faults that are only found when all rows are in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Origin {
    pub file: u32,
    pub line: u64,
    /// Number of the source, for its counts.
    pub source: u32,
}

/// Gives every row of a batch to `row`, and every fault to the quarantine.
fn each_row(
    batch: &RawBatch,
    intake: &mut Intake<'_>,
    mut row: impl FnMut(usize, &mut Intake<'_>) -> Result<(), Fault>,
) {
    intake.counts.rows += (batch.rows() + batch.faults.len()) as u64;
    for fault in &batch.faults {
        intake.reject(fault.clone());
    }
    for number in 0..batch.rows() {
        if let Err(fault) = row(number, intake) {
            intake.reject(fault);
        }
    }
}

/// A batch with its mapping: turns a failed cell into a fault with line, column and value.
pub struct Rows<'a> {
    pub mapping: &'a Mapping,
    pub batch: &'a RawBatch,
}

impl Rows<'_> {
    pub fn fault(&self, row: usize, name: &str, cell: &Cells<'_>, rule: Rule) -> Fault {
        self.mapping.fault(self.batch.lines.of(row), name, cell, row, rule)
    }

    pub fn need<'c>(
        &self,
        row: usize,
        name: &str,
        cell: &'c Cells<'_>,
    ) -> Result<std::borrow::Cow<'c, str>, Fault> {
        cell.text(row).ok_or_else(|| self.fault(row, name, cell, Rule::Missing))
    }

    pub fn time(&self, row: usize, name: &str, cell: &Cells<'_>) -> Result<Option<i64>, Fault> {
        cell.time(row, &self.mapping.time).map_err(|rule| self.fault(row, name, cell, rule))
    }

    pub fn need_time(&self, row: usize, name: &str, cell: &Cells<'_>) -> Result<i64, Fault> {
        self.time(row, name, cell)?.ok_or_else(|| self.fault(row, name, cell, Rule::Missing))
    }

    pub fn money(
        &self,
        row: usize,
        name: &str,
        cell: &Cells<'_>,
        currency: Option<&str>,
    ) -> Result<Option<i64>, Fault> {
        if matches!(cell, Cells::Absent) {
            return Ok(None);
        }
        let reader = self.mapping.money(currency.or(self.mapping.shop_currency()));
        cell.money(row, reader).map_err(|rule| self.fault(row, name, cell, rule))
    }
}
