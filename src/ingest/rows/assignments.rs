//! Assignments: one variant for a contact in an experiment, sorted by experiment and contact.

use std::collections::BTreeMap;
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
    crossed: BTreeMap<String, u64>,
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
        let mut crossed = BTreeMap::new();
        let mut assigned = Vec::new();
        for rows in order.chunk_by(|a, b| unit(*a) == unit(*b)) {
            let variant = |i: &u32| self.variant.codes[*i as usize];
            if rows.iter().all(|row| variant(row) == variant(&rows[0])) {
                let (row, first_us) = self.joined(rows);
                kept.push(row);
                assigned.push((row, first_us));
                continue;
            }
            let experiment = self.experiment.codes[rows[0] as usize];
            let experiment = self.experiment.words.text(experiment).to_owned();
            *crossed.entry(experiment).or_default() += 1;
            for &row in rows {
                let origin = self.origin[row as usize];
                let id = ids.ids().text(self.contact[row as usize]);
                let fault = Fault::new(origin.line, "contact", id, Rule::DuplicateAssignment);
                faults.push((origin, fault));
            }
        }
        self.crossed = crossed;
        for (row, first_us) in assigned {
            self.assigned_at[row as usize] = first_us;
        }
        (kept, faults)
    }

    /// Of one contact's rows for one variant, such as those of the draw and of the platform's log, the first
    /// that says when the mail was sent, with the first time of assignment that any of them has.
    fn joined(&self, rows: &[u32]) -> (u32, Option<i64>) {
        let sent = rows.iter().find(|row| self.sent_at[**row as usize].is_some());
        let kept = *sent.unwrap_or(&rows[0]);
        let assigned = rows.iter().filter_map(|row| self.assigned_at[*row as usize]);
        (kept, assigned.min())
    }

    /// Contacts that [`AssignmentRows::settle`] took out, by experiment.
    pub fn crossed(&self) -> BTreeMap<String, u64> {
        self.crossed.clone()
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
