//! Assignments: one variant for a contact in an experiment, sorted by experiment and contact.

use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, StringArray};

use crate::error::Result;
use crate::lake::schema;

use super::super::columns;
use super::super::mapping::Mapping;
use super::super::quarantine::{Fault, Rule};
use super::super::source::RawBatch;
use super::super::words::{ContactIds, WordColumn};
use super::{Intake, Origin, Rows, each_row};

/// Rows of the sources of assignments.
#[derive(Debug, Default)]
pub struct AssignmentRows {
    experiment: WordColumn,
    variant: WordColumn,
    contact: Vec<u32>,
    assigned_at: Vec<Option<i64>>,
    sent_at: Vec<Option<i64>>,
    origin: Vec<Origin>,
}

impl AssignmentRows {
    pub fn push(
        &mut self,
        mapping: &Mapping,
        batch: &RawBatch,
        source: u32,
        intake: &mut Intake<'_>,
    ) {
        let cells = |name| mapping.cells(batch, name);
        let (experiment, contact) = (cells("experiment"), cells("contact"));
        let (variant, assigned, sent) = (cells("variant"), cells("assigned_at"), cells("sent_at"));
        let rows = Rows { mapping, batch };
        each_row(batch, intake, |row, intake| {
            let experiment = rows.need(row, "experiment", &experiment)?;
            let contact = rows.need(row, "contact", &contact)?;
            let variant = rows.need(row, "variant", &variant)?;
            let assigned_at = rows.time(row, "assigned_at", &assigned)?;
            let sent_at = rows.time(row, "sent_at", &sent)?;
            self.experiment.push(Some(&experiment));
            self.variant.push(Some(&variant));
            self.contact.push(intake.contact(&contact));
            self.assigned_at.push(assigned_at);
            self.sent_at.push(sent_at);
            self.origin.push(Origin { file: intake.file, line: batch.lines.of(row), source });
            intake.counts.accepted += 1;
            Ok(())
        });
    }

    /// The ids of the experiments, sorted.
    pub fn experiments(&self) -> Vec<String> {
        self.experiment.words.sorted().into_iter().map(str::to_owned).collect()
    }

    /// Interned contact and first time of every row that has one.
    pub fn seen(&self) -> impl Iterator<Item = (u32, i64)> {
        let times = self.assigned_at.iter().zip(&self.sent_at).map(|(a, s)| a.or(*s));
        self.contact.iter().copied().zip(times).filter_map(|(c, ts)| Some((c, ts?)))
    }

    /// Sorts, drops repeats, and takes out contacts that were assigned to two variants.
    pub fn settle(&mut self, keys: &[u64], ids: &ContactIds) -> (Vec<u32>, Vec<(Origin, Fault)>) {
        let order = columns::sorted_order(self.contact.len(), |a, b| {
            let key = |i: usize| {
                let contact = keys[self.contact[i] as usize];
                (self.experiment.words.text(self.experiment.codes[i]), contact)
            };
            let tail = |i: usize| {
                let variant = self.variant.words.text(self.variant.codes[i]);
                (variant, self.sent_at[i], self.assigned_at[i], self.origin[i])
            };
            key(a).cmp(&key(b)).then_with(|| tail(a).cmp(&tail(b)))
        });
        let unit = |i: u32| (self.experiment.codes[i as usize], self.contact[i as usize]);
        let mut kept = Vec::with_capacity(order.len());
        let mut faults = Vec::new();
        for rows in order.chunk_by(|a, b| unit(*a) == unit(*b)) {
            let variant = |i: &u32| self.variant.codes[*i as usize];
            if rows.iter().all(|row| variant(row) == variant(&rows[0])) {
                kept.push(rows[0]);
                continue;
            }
            for &row in rows {
                let origin = self.origin[row as usize];
                let id = ids.ids().text(self.contact[row as usize]);
                let fault = Fault::new(origin.line, "contact", id, Rule::DuplicateAssignment);
                faults.push((origin, fault));
            }
        }
        (kept, faults)
    }

    /// The table in the order that [`AssignmentRows::settle`] returned.
    pub fn batches<'a>(
        &'a mut self,
        keys: &[u64],
        order: Vec<u32>,
    ) -> impl Iterator<Item = Result<RecordBatch>> + use<'a> {
        let key_of: Vec<u64> = self.contact.iter().map(|c| keys[*c as usize]).collect();
        let experiments = Arc::new(StringArray::from(self.experiment.settle()));
        let variants = Arc::new(StringArray::from(self.variant.settle()));
        columns::batches(order, move |chunk| {
            let arrays: Vec<ArrayRef> = vec![
                columns::words(&self.experiment.codes, &experiments, chunk)?,
                columns::keys(&key_of, chunk),
                columns::words(&self.variant.codes, &variants, chunk)?,
                columns::optional_times(&self.assigned_at, chunk),
                columns::optional_times(&self.sent_at, chunk),
            ];
            Ok(RecordBatch::try_new(schema::assignments(), arrays)?)
        })
    }
}
