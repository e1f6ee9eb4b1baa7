//! The proposal on disk: `proposal.json`, everybody's segment as Parquet and CSV, and the fitted RFM.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, Int64Array, RecordBatch, StringArray, UInt8Array};
use arrow::datatypes::{DataType, Field, Schema};
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::error::{Error, Result};
use crate::lake::write_table;
use crate::workspace::Manifest;
use crate::workspace::atomic::{self, Staging};

use super::proposal::{Membership, Proposal};
use super::rfm::Scored;

const PROPOSAL_FILE: &str = "proposal.json";
const PARQUET_FILE: &str = "membership.parquet";
const CSV_FILE: &str = "membership.csv";
const RFM_MODEL_FILE: &str = "rfm_model.json";

/// Writes the proposal into `dir`, whole or not at all.
pub fn write(proposal: &Proposal, manifest: &Manifest, dir: &Path) -> Result<()> {
    let staging = Staging::new(dir)?;
    let mut json = serde_json::to_vec_pretty(proposal)
        .map_err(|e| Error::internal("the proposal could not be written").caused_by(e))?;
    json.push(b'\n');
    atomic::write_file(&staging.path().join(PROPOSAL_FILE), &json)?;
    if let Some(rfm) = &proposal.rfm {
        atomic::write_file(&staging.path().join(RFM_MODEL_FILE), &rfm.model.json()?)?;
    }
    let batch = batch(proposal)?;
    let path = staging.path().join(PARQUET_FILE);
    write_table(&path, batch.schema(), std::iter::once(Ok(batch.clone())))?;
    let mut csv = arrow::csv::Writer::new(Vec::new());
    csv.write(&batch)?;
    atomic::write_file(&staging.path().join(CSV_FILE), &csv.into_inner())?;
    manifest.write(staging.path())?;
    staging.commit()
}

fn batch(proposal: &Proposal) -> Result<RecordBatch> {
    let Membership { ids, segment, scored } = &proposal.membership;
    let name = |number: &usize| proposal.segments[number - 1].name.as_str();
    let score = |of: fn(&Scored) -> Option<u8>| -> ArrayRef {
        let scores: UInt8Array = match scored.is_empty() {
            true => ids.iter().map(|_| None::<u8>).collect(),
            false => scored.iter().map(of).collect(),
        };
        Arc::new(scores)
    };
    let rfm: StringArray = match scored.is_empty() {
        true => ids.iter().map(|_| None::<&str>).collect(),
        false => scored.iter().map(|s| Some(s.segment)).collect(),
    };
    let columns: Vec<(&str, DataType, ArrayRef)> = vec![
        ("contact_id", DataType::Utf8, Arc::new(StringArray::from(ids.clone()))),
        (
            "segment",
            DataType::Int64,
            Arc::new(segment.iter().map(|s| Some(*s as i64)).collect::<Int64Array>()),
        ),
        (
            "segment_name",
            DataType::Utf8,
            Arc::new(StringArray::from_iter_values(segment.iter().map(name))),
        ),
        ("recency_score", DataType::UInt8, score(|s| s.scores.map(|s| s.recency))),
        ("frequency_score", DataType::UInt8, score(|s| s.scores.map(|s| s.frequency))),
        ("monetary_score", DataType::UInt8, score(|s| s.scores.map(|s| s.monetary))),
        ("rfm_segment", DataType::Utf8, Arc::new(rfm)),
    ];
    let fields = columns.iter().map(|(name, of, _)| Field::new(*name, of.clone(), true));
    let schema = Schema::new(fields.collect::<Vec<_>>());
    let arrays = columns.into_iter().map(|(_, _, array)| array).collect();
    Ok(RecordBatch::try_new(Arc::new(schema), arrays)?)
}

/// Contact id → segment name, from what [`write`] wrote.
pub fn read_membership(dir: &Path) -> Result<HashMap<String, String>> {
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
        let column = |name: &str| {
            batch
                .column_by_name(name)
                .map(|c| c.as_string::<i32>().clone())
                .ok_or_else(|| Error::data("the segments are of another version").at_file(&path))
        };
        let (ids, names) = (column("contact_id")?, column("segment_name")?);
        for (id, name) in ids.iter().zip(&names) {
            members.insert(id.unwrap_or_default().to_owned(), name.unwrap_or_default().to_owned());
        }
    }
    Ok(members)
}
