//! The only reader of rows: everything later works from these sums.

use serde::{Deserialize, Serialize};

use super::counts::Counts;
use super::grid::{Grid, OpenCell};
use super::moments::Moments;
use super::part::{FINITE, Part, ZERO_OR_ONE, unfit};
use super::spec::{MetricKind, MetricSpec, TallySpec};
use crate::error::{Error, Result};

/// One metric in one arm: its sums, and how many rows had no value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Cell {
    pub sums: Sums,
    /// Rows without a value (NaN); counted here and left out of the sums.
    pub missing: u64,
}

/// The sums that a metric's kind asks for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sums {
    Counts(Counts),
    Moments(Box<Moments>),
}

impl Sums {
    /// Rows with a value.
    pub fn n(&self) -> u64 {
        match self {
            Sums::Counts(counts) => counts.n(),
            Sums::Moments(moments) => moments.n(),
        }
    }
}

impl Cell {
    fn new(kind: MetricKind) -> Self {
        let sums = match kind {
            MetricKind::Proportion => Sums::Counts(Counts::default()),
            MetricKind::Mean => Sums::Moments(Box::default()),
        };
        Cell { sums, missing: 0 }
    }

    fn of(kind: MetricKind, open: OpenCell) -> Self {
        let sums = match kind {
            MetricKind::Proportion => Sums::Counts(open.counts),
            MetricKind::Mean => {
                let mut moments = Moments::from(open.counts);
                moments.merge(&open.rest);
                Sums::Moments(Box::new(moments))
            }
        };
        Cell { sums, missing: open.missing }
    }

    fn add(&mut self, value: f64) {
        if value.is_nan() {
            self.missing += 1;
            return;
        }
        match &mut self.sums {
            Sums::Counts(counts) => counts.add(value == 1.0),
            Sums::Moments(moments) => moments.add(value),
        }
    }

    fn merge(&mut self, other: &Cell) {
        self.missing += other.missing;
        match (&mut self.sums, &other.sums) {
            (Sums::Counts(counts), Sums::Counts(more)) => counts.merge(more),
            (Sums::Moments(moments), Sums::Moments(more)) => moments.merge(more),
            // Equal specs, which `Tally::merge` asks for, have equal kinds.
            (Sums::Counts(_), Sums::Moments(_)) | (Sums::Moments(_), Sums::Counts(_)) => {}
        }
    }
}

/// One arm of one group of recipients: its rows, and a cell for each metric.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ArmCells {
    pub rows: u64,
    pub metrics: Vec<Cell>,
}

impl ArmCells {
    fn new(spec: &TallySpec) -> Self {
        let metrics = spec.metrics().iter().map(|metric| Cell::new(metric.kind)).collect();
        ArmCells { rows: 0, metrics }
    }

    /// One cell of a grid, whose level 0 has the rows without a level.
    fn of(spec: &TallySpec, grid: &Grid, level: usize, arm: usize) -> Self {
        let metrics = spec.metrics().iter().enumerate();
        let metrics = metrics
            .map(|(place, metric)| Cell::of(metric.kind, grid.open_cell(level, arm, place)))
            .collect();
        ArmCells { rows: grid.rows(level, arm), metrics }
    }

    fn add(&mut self, values: &[f64]) {
        self.rows += 1;
        for (cell, value) in self.metrics.iter_mut().zip(values) {
            cell.add(*value);
        }
    }

    fn merge(&mut self, other: &ArmCells) {
        self.rows += other.rows;
        for (cell, more) in self.metrics.iter_mut().zip(&other.metrics) {
            cell.merge(more);
        }
    }
}

/// The sums of an experiment, overall and for each level of each segment column.
///
/// Tallies of parts of a table merge to the tally of the table, in any order and grouping. A row
/// costs one cell for each metric and segment column; memory does not depend on the rows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Record")]
pub struct Tally {
    spec: TallySpec,
    overall: Vec<ArmCells>,
    segments: Vec<Vec<Vec<ArmCells>>>,
}

/// A stored tally, whose shape is not checked yet.
#[derive(Deserialize)]
struct Record {
    spec: TallySpec,
    overall: Vec<ArmCells>,
    segments: Vec<Vec<Vec<ArmCells>>>,
}

impl TryFrom<Record> for Tally {
    type Error = Error;

    fn try_from(record: Record) -> Result<Self> {
        let empty = Tally::new(record.spec);
        let groups = record.segments.iter().flatten();
        let fits = record.segments.len() == empty.segments.len()
            && record.segments.iter().zip(&empty.segments).all(|(a, b)| a.len() == b.len())
            && std::iter::once(&record.overall)
                .chain(groups)
                .all(|g| same_cells(g, &empty.overall));
        if !fits {
            return Err(Error::data("a stored tally whose sums do not fit its spec"));
        }
        Ok(Tally { spec: empty.spec, overall: record.overall, segments: record.segments })
    }
}

/// True if both groups have the same arms, with the same kinds of sums.
fn same_cells(group: &[ArmCells], other: &[ArmCells]) -> bool {
    let kinds = |cells: &ArmCells| -> Vec<_> {
        cells.metrics.iter().map(|cell| std::mem::discriminant(&cell.sums)).collect()
    };
    group.len() == other.len() && group.iter().zip(other).all(|(a, b)| kinds(a) == kinds(b))
}

impl Tally {
    pub fn new(spec: TallySpec) -> Self {
        let arms =
            || -> Vec<ArmCells> { spec.arms().iter().map(|_| ArmCells::new(&spec)).collect() };
        let overall = arms();
        let segments = spec
            .segments()
            .iter()
            .map(|column| column.levels.iter().map(|_| arms()).collect())
            .collect();
        Tally { spec, overall, segments }
    }

    /// The tally of a part whose codes are positions in `spec`, whose proportions are 0 or 1
    /// throughout, and none of whose segment columns had too many levels.
    pub(super) fn of(spec: TallySpec, part: &Part) -> Self {
        let mut tally = Tally::new(spec);
        let spec = &tally.spec;
        if let Some(grid) = part.grids().iter().flatten().next() {
            for level in 0..grid.levels() {
                for (arm, cells) in tally.overall.iter_mut().enumerate() {
                    cells.merge(&ArmCells::of(spec, grid, level, arm));
                }
            }
        }
        for (column, grid) in tally.segments.iter_mut().zip(part.grids()) {
            let Some(grid) = grid else { continue };
            for (level, arms) in column.iter_mut().enumerate() {
                for (arm, cells) in arms.iter_mut().enumerate() {
                    *cells = ArmCells::of(spec, grid, level + 1, arm);
                }
            }
        }
        tally
    }

    /// The tally without segments of these arms, whose cells fit the spec.
    pub(super) fn of_arms(spec: TallySpec, overall: Vec<ArmCells>) -> Self {
        Tally { spec, overall, segments: Vec::new() }
    }

    pub fn spec(&self) -> &TallySpec {
        &self.spec
    }

    /// By arm.
    pub fn overall(&self) -> &[ArmCells] {
        &self.overall
    }

    /// By segment column, level and arm.
    pub fn segments(&self) -> &[Vec<Vec<ArmCells>>] {
        &self.segments
    }

    /// Adds one recipient: the arm, one level for each segment column, one value for each metric
    /// (NaN where there is none). A refused row leaves the tally as it was.
    ///
    /// # Errors
    ///
    /// A data error if a proportion's value is neither 0 nor 1, or a mean's is infinite or larger
    /// than [`Moments::LARGEST`]; an internal one if the row has not the shape of the spec.
    pub fn add(&mut self, arm: usize, levels: &[usize], values: &[f64]) -> Result<()> {
        self.check_shape(arm, levels, values)?;
        for (metric, value) in self.spec.metrics().iter().zip(values) {
            check_value(metric, *value)?;
        }
        let groups = self.segments.iter_mut().zip(levels).filter_map(|(c, l)| c.get_mut(*l));
        for group in std::iter::once(&mut self.overall).chain(groups) {
            if let Some(cells) = group.get_mut(arm) {
                cells.add(values);
            }
        }
        Ok(())
    }

    fn check_shape(&self, arm: usize, levels: &[usize], values: &[f64]) -> Result<()> {
        let wrong = |what: &str| Err(Error::internal(format!("a row with {what}")));
        if arm >= self.overall.len() {
            return wrong("an arm that the tally has not");
        }
        if values.len() != self.spec.metrics().len() {
            return wrong("another number of values than metrics");
        }
        if levels.len() != self.segments.len() {
            return wrong("another number of levels than segment columns");
        }
        if self.segments.iter().zip(levels).any(|(column, level)| *level >= column.len()) {
            return wrong("a level that its segment column has not");
        }
        Ok(())
    }

    /// Adds the sums of another part of the same table.
    ///
    /// # Errors
    ///
    /// A data error if the other tally has another spec.
    pub fn merge(&mut self, other: &Tally) -> Result<()> {
        if self.spec != other.spec {
            return Err(Error::data("tallies of different experiments cannot be added up")
                .hint("arms, metrics and segment levels must be the same and in the same order"));
        }
        let groups = self.segments.iter_mut().flatten();
        let more = other.segments.iter().flatten();
        let all = std::iter::once(&mut self.overall).chain(groups);
        for (group, more) in all.zip(std::iter::once(&other.overall).chain(more)) {
            for (cells, more) in group.iter_mut().zip(more) {
                cells.merge(more);
            }
        }
        Ok(())
    }
}

fn check_value(metric: &MetricSpec, value: f64) -> Result<()> {
    let (fits, needs) = match metric.kind {
        MetricKind::Proportion => (value == 0.0 || value == 1.0, ZERO_OR_ONE),
        MetricKind::Mean => (Moments::holds(value), FINITE),
    };
    if fits || value.is_nan() {
        return Ok(());
    }
    Err(unfit(&metric.name, value, needs))
}
