//! The proposal on disk: `proposal.json`, everybody's segment as Parquet and CSV, and the fitted RFM.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Int64Array, RecordBatch, StringArray, UInt8Array};
use arrow::datatypes::{Field, Schema};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::error::{Error, Result};
use crate::lake::write_table;
use crate::workspace::Manifest;
use crate::workspace::atomic::{self, Staging};

use super::earlier::EARLIER_FILE;
use super::matching::Known;
use super::proposal::{Membership, Proposal};
use super::rfm::Scored;

pub(super) const PROPOSAL_FILE: &str = "proposal.json";
pub(super) const PARQUET_FILE: &str = "membership.parquet";
/// The fitted model, in the proposal's folder.
pub const MODEL_FILE: &str = "model.json";
const CSV_FILE: &str = "membership.csv";
const RFM_MODEL_FILE: &str = "rfm_model.json";

/// Writes the proposal, its model and everybody's segment into `dir`, whole or not at all.
pub fn write(
    proposal: &Proposal,
    earlier: Option<&Known>,
    manifest: &Manifest,
    dir: &Path,
) -> Result<()> {
    let staging = Staging::new(dir)?;
    atomic::write_json(&staging.path().join(PROPOSAL_FILE), proposal)?;
    atomic::write_json(&staging.path().join(MODEL_FILE), &proposal.model)?;
    if let Some(earlier) = earlier {
        atomic::write_json(&staging.path().join(EARLIER_FILE), earlier)?;
    }
    if let Some(rfm) = &proposal.rfm {
        atomic::write_file(&staging.path().join(RFM_MODEL_FILE), &rfm.model.json()?)?;
    }
    let batch = batch(proposal, earlier)?;
    let path = staging.path().join(PARQUET_FILE);
    write_table(&path, batch.schema(), std::iter::once(Ok(batch.clone())))?;
    let mut csv = arrow::csv::Writer::new(Vec::new());
    csv.write(&batch)?;
    atomic::write_file(&staging.path().join(CSV_FILE), &csv.into_inner())?;
    manifest.write(staging.path())?;
    staging.commit()
}

fn batch(proposal: &Proposal, earlier: Option<&Known>) -> Result<RecordBatch> {
    let Membership { ids, segment, micro, scored } = &proposal.membership;
    let of = |number: &usize| &proposal.segments[number - 1];
    let texts = |texts: Vec<Option<&str>>| -> ArrayRef { Arc::new(StringArray::from(texts)) };
    let numbers: Int64Array = segment.iter().map(|s| Some(*s as i64)).collect();
    let before = |id: &String| {
        let earlier = earlier?;
        earlier.members.get(id).map(|place| earlier.segments[*place].0.as_str())
    };
    let stratum = |m: &Option<(usize, usize)>| m.map(|(s, _)| proposal.strata[s].name.as_str());
    let within = |m: &Option<(usize, usize)>| {
        m.map(|(s, place)| proposal.strata[s].segments[place].name.as_str())
    };
    let within_id = |m: &Option<(usize, usize)>| {
        m.map(|(s, place)| proposal.strata[s].segments[place].id.as_str())
    };
    let score = |of: fn(&Scored) -> Option<u8>| -> ArrayRef {
        let scores: UInt8Array = match scored.is_empty() {
            true => ids.iter().map(|_| None::<u8>).collect(),
            false => scored.iter().map(of).collect(),
        };
        Arc::new(scores)
    };
    let rfm: Vec<Option<&str>> = match scored.is_empty() {
        true => vec![None; ids.len()],
        false => scored.iter().map(|s| Some(s.segment)).collect(),
    };
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("contact_id", Arc::new(StringArray::from_iter_values(ids))),
        ("segment", Arc::new(numbers)),
        ("segment_id", texts(segment.iter().map(|s| Some(of(s).id.as_str())).collect())),
        ("segment_name", texts(segment.iter().map(|s| Some(of(s).name.as_str())).collect())),
        ("earlier_segment_id", texts(ids.iter().map(before).collect())),
        ("stratum", texts(micro.iter().map(stratum).collect())),
        ("micro_segment_id", texts(micro.iter().map(within_id).collect())),
        ("micro_segment", texts(micro.iter().map(within).collect())),
        ("recency_score", score(|s| s.scores.map(|s| s.recency))),
        ("frequency_score", score(|s| s.scores.map(|s| s.frequency))),
        ("monetary_score", score(|s| s.scores.map(|s| s.monetary))),
        ("rfm_segment", texts(rfm)),
    ];
    let fields =
        columns.iter().map(|(name, array)| Field::new(*name, array.data_type().clone(), true));
    let schema = Schema::new(fields.collect::<Vec<_>>());
    let arrays = columns.into_iter().map(|(_, array)| array).collect();
    Ok(RecordBatch::try_new(Arc::new(schema), arrays)?)
}

/// Contact id → segment name, from what [`write`] wrote.
pub fn read_membership(dir: &Path) -> Result<HashMap<String, String>> {
    read_column(dir, "segment_name")
}

/// Contact id → text of a column of the membership; contacts without one are left out.
pub(super) fn read_column(dir: &Path, column: &str) -> Result<HashMap<String, String>> {
    let path = dir.join(PARQUET_FILE);
    let file = std::fs::File::open(&path).map_err(|e| {
        Error::io("open the segments", &path, e).hint("run `microseg propose` first")
    })?;
    let failed = |e: parquet::errors::ParquetError| {
        Error::data("the segments cannot be read").at_file(&path).caused_by(e)
    };
    let reader =
        ParquetRecordBatchReaderBuilder::try_new(file).and_then(|b| b.build()).map_err(failed)?;
    let mut members = HashMap::new();
    for batch in reader {
        let batch = batch?;
        let texts = |name: &str| {
            batch
                .column_by_name(name)
                .map(|c| c.as_string::<i32>().clone())
                .ok_or_else(|| Error::data("the segments are of another version").at_file(&path))
        };
        for (id, text) in texts("contact_id")?.iter().zip(&texts(column)?) {
            if let (Some(id), Some(text)) = (id, text) {
                members.insert(id.to_owned(), text.to_owned());
            }
        }
    }
    Ok(members)
}
