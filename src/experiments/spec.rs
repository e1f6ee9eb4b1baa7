//! What a tally counts: arms, metrics and segment columns, by name.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// What a metric's values are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MetricKind {
    /// 0 or 1 for each recipient.
    Proportion,
    /// Any number for each recipient, such as revenue with its zeros.
    Mean,
}

/// A metric's name and kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MetricSpec {
    pub name: String,
    pub kind: MetricKind,
}

impl MetricSpec {
    pub fn proportion(name: impl Into<String>) -> Self {
        MetricSpec { name: name.into(), kind: MetricKind::Proportion }
    }

    pub fn mean(name: impl Into<String>) -> Self {
        MetricSpec { name: name.into(), kind: MetricKind::Mean }
    }
}

/// A column that splits the recipients, with the names of its levels.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SegmentColumn {
    pub name: String,
    pub levels: Vec<String>,
}

/// The shape of a [`Tally`](super::Tally): every row carries one arm, one level for each segment
/// column and one value for each metric, by position in these lists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Record", into = "Record")]
pub struct TallySpec {
    arms: Vec<String>,
    metrics: Vec<MetricSpec>,
    segments: Vec<SegmentColumn>,
}

#[derive(Serialize, Deserialize)]
struct Record {
    arms: Vec<String>,
    metrics: Vec<MetricSpec>,
    segments: Vec<SegmentColumn>,
}

impl TallySpec {
    /// # Errors
    ///
    /// A settings error with fewer than two arms, without a metric, or where a name occurs twice
    /// in one list.
    pub fn new(
        arms: Vec<String>,
        metrics: Vec<MetricSpec>,
        segments: Vec<SegmentColumn>,
    ) -> Result<Self> {
        if arms.len() < 2 {
            return Err(Error::settings(format!("an experiment with {} arms", arms.len()))
                .hint("a readout compares at least two arms"));
        }
        if metrics.is_empty() {
            return Err(Error::settings("an experiment without a metric")
                .hint("name at least one metric to compare the arms by"));
        }
        distinct("arm", arms.iter())?;
        distinct("metric", metrics.iter().map(|metric| &metric.name))?;
        distinct("segment column", segments.iter().map(|column| &column.name))?;
        for column in &segments {
            distinct(&format!("level of `{}`", column.name), column.levels.iter())?;
        }
        Ok(TallySpec { arms, metrics, segments })
    }

    pub fn arms(&self) -> &[String] {
        &self.arms
    }

    pub fn metrics(&self) -> &[MetricSpec] {
        &self.metrics
    }

    pub fn segments(&self) -> &[SegmentColumn] {
        &self.segments
    }
}

fn distinct<'a>(what: &str, names: impl Iterator<Item = &'a String>) -> Result<()> {
    let mut seen = HashSet::new();
    for name in names {
        if !seen.insert(name) {
            return Err(Error::settings(format!("{what} `{name}` is named twice")));
        }
    }
    Ok(())
}

impl TryFrom<Record> for TallySpec {
    type Error = Error;

    fn try_from(record: Record) -> Result<Self> {
        TallySpec::new(record.arms, record.metrics, record.segments)
    }
}

impl From<TallySpec> for Record {
    fn from(spec: TallySpec) -> Self {
        Record { arms: spec.arms, metrics: spec.metrics, segments: spec.segments }
    }
}
