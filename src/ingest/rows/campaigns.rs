//! Campaigns: one row each, sorted by id.

use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, StringArray};

use crate::error::Result;
use crate::lake::schema;

use super::super::columns;
use super::super::mapping::Mapping;
use super::super::quarantine::{Fault, Rule};
use super::super::source::RawBatch;
use super::{Intake, Rows, each_row};

/// Rows of the sources of campaigns.
#[derive(Debug, Default)]
pub struct CampaignRows {
    rows: Vec<CampaignRow>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct CampaignRow {
    id: Box<str>,
    sent_at: Option<i64>,
    texts: [Option<Box<str>>; 3],
    file: u32,
    line: u64,
}

impl CampaignRows {
    pub fn push(&mut self, mapping: &Mapping, batch: &RawBatch, intake: &mut Intake<'_>) {
        let id = mapping.cells(batch, "campaign");
        let sent_at = mapping.cells(batch, "sent_at");
        let texts = ["name", "subject", "campaign_type"].map(|name| mapping.cells(batch, name));
        let rows = Rows { mapping, batch };
        each_row(batch, intake, |row, intake| {
            self.rows.push(CampaignRow {
                id: (*rows.need(row, "campaign", &id)?).into(),
                sent_at: rows.time(row, "sent_at", &sent_at)?,
                texts: texts.each_ref().map(|cell| cell.text(row).map(|t| (*t).into())),
                file: intake.file,
                line: batch.lines.of(row),
            });
            intake.counts.accepted += 1;
            Ok(())
        });
    }

    /// Sorts, drops repeats and returns the faults of campaigns described in two ways.
    pub fn settle(&mut self) -> Vec<(u32, Fault)> {
        let mut faults = Vec::new();
        self.rows.sort_unstable();
        self.rows.dedup_by(|later, kept| {
            let repeated = later.id == kept.id;
            if repeated && (later.sent_at, &later.texts) != (kept.sent_at, &kept.texts) {
                let fault = Fault::new(later.line, "campaign", &later.id, Rule::DuplicateCampaign);
                faults.push((later.file, fault));
            }
            repeated
        });
        faults
    }

    /// The table in stored order.
    pub fn batches(self) -> impl Iterator<Item = Result<RecordBatch>> {
        let rows = self.rows;
        let order: Vec<u32> = (0..rows.len() as u32).collect();
        let sent: Vec<Option<i64>> = rows.iter().map(|r| r.sent_at).collect();
        std::iter::once_with(move || {
            let ids = StringArray::from_iter_values(rows.iter().map(|r| &r.id));
            let text = |place: usize| -> ArrayRef {
                let texts = rows.iter().map(|r| r.texts[place].as_deref());
                Arc::new(texts.collect::<StringArray>())
            };
            let arrays: Vec<ArrayRef> = vec![
                Arc::new(ids),
                text(0),
                text(1),
                text(2),
                columns::optional_times(&sent, &order),
            ];
            Ok(RecordBatch::try_new(schema::campaigns(), arrays)?)
        })
    }
}
