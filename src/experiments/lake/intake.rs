//! The recipients of an experiment.
//!
//! A recipient's outcomes count from their own send (or assignment, for those who were never sent)
//! for the window; recipients whose window is not over at the as-of are left out and counted.
//! Everybody assigned is in the denominator: dropping those who bounced or left would let the outcome
//! choose the sample.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;

use super::super::arms::pearson;
use super::super::counts::Counts;
use super::super::maturing::FirstSuccess;
use super::super::second_look::Rows as SecondRows;
use super::super::trust::ArmLog;
use super::super::units::{Levels, MetricValues, Units};
use super::arm_log::ArmLogRows;
use super::campaign::campaign;
use super::columns::Columns;
use super::metric::{Covariate, Metric, known_metrics};
use super::statement::{SEGMENT_COLUMN, Wanted};
use crate::error::{Error, Kind, Result};
use crate::lake::{Session, Table};
use crate::workspace::{AsOf, ExperimentSettings};

/// The units of one experiment, and what a reader must know about them. Nobody may be among them yet.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Intake {
    #[serde(skip)]
    pub units: Units,
    /// How the arms were filled and treated, by the arms of `units`.
    #[serde(skip)]
    pub log: ArmLog,
    /// When each unit first did what decides, by the arms of `units`; empty if a mean decides.
    #[serde(skip)]
    pub first: Vec<FirstSuccess>,
    /// The same arms in ways that need more than sums.
    #[serde(skip)]
    pub rows: SecondRows,
    /// Metric and covariate from before the assignment, both columns of `rows`.
    #[serde(skip)]
    pub covariates: Vec<(String, String)>,
    pub assigned: u64,
    /// Assigned contacts whose window was not over at the as-of; left out.
    pub immature: u64,
    /// Assigned contacts of whom neither a send nor an assignment has a time; left out.
    pub without_time: u64,
    /// Of the test that windows are over alike in all arms; `None` with fewer than two arms.
    #[serde(skip)]
    pub maturity_p: Option<f64>,
    /// Assigned contacts who were never sent: no mail of theirs counts, orders do, from the assignment.
    pub never_sent: u64,
    /// False if the log has no send of anybody, whether or not their window is over.
    #[serde(skip)]
    pub any_sent: bool,
    /// Smallest and largest share of an arm's contacts whose window is over.
    pub mature_shares: (f64, f64),
    pub window_hours: u32,
    /// The campaign whose mail counts; `None`: any mail in the window.
    pub campaign: Option<String>,
    /// The first start, and the hours in which the middle nine tenths of all started.
    #[serde(skip)]
    pub starts: Option<Starts>,
}

/// Column of the deciding metric for those whom the mail reached.
pub const DELIVERED: &str = "of those whom the mail reached";

/// When recipients started.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Starts {
    pub first_us: i64,
    /// When nearly all (98 %) had started: a straggler does not make a finished test unfinished.
    pub late_us: i64,
    pub middle_hours: f64,
}

/// Reads the units of `experiment`, outcomes counting for `window_hours`. `segments`: contact id → segment,
/// for the column `segment`; `crossed`: contacts of the log that are in two arms.
///
/// # Errors
///
/// A settings error for a metric or a breakdown that is not known.
pub fn intake(
    session: &Session,
    experiment: &ExperimentSettings,
    window_hours: u32,
    as_of: &AsOf,
    minor_per_major: f64,
    segments: &HashMap<String, String>,
    crossed: u64,
) -> Result<Intake> {
    let metrics = known_metrics(&experiment.metrics)?;
    check_by(session, experiment)?;
    let campaign = campaign(session, &experiment.id)?;
    let wanted = Wanted {
        experiment,
        metrics: &metrics,
        window_hours,
        campaign: campaign.as_deref(),
        as_of,
    };
    let columns = Columns::read(&session.collect(&wanted.sql())?)?;
    let rows = Rows { columns: &columns, experiment, metrics: &metrics };
    rows.intake(&wanted, minor_per_major, segments, crossed)
}

/// `by` may name the proposal's segments or a column of `contacts`.
fn check_by(session: &Session, experiment: &ExperimentSettings) -> Result<()> {
    let mut known = session.columns(Table::Contacts)?;
    known.push(SEGMENT_COLUMN.to_owned());
    match experiment.by.iter().find(|by| !known.contains(by)) {
        Some(by) => {
            let known = known.iter().map(String::as_str);
            let what = format!("breakdown of experiment {}", experiment.id);
            Err(Error::unknown(Kind::Settings, &what, by, known))
        }
        None => Ok(()),
    }
}

struct Rows<'a> {
    columns: &'a Columns,
    experiment: &'a ExperimentSettings,
    metrics: &'a [Metric],
}

impl Rows<'_> {
    fn intake(
        &self,
        wanted: &Wanted<'_>,
        minor_per_major: f64,
        segments: &HashMap<String, String>,
        crossed: u64,
    ) -> Result<Intake> {
        let mature = self.columns.number("is_mature");
        let rows: Vec<usize> = (0..mature.len()).filter(|&row| mature[row] > 0.0).collect();
        let sent = self.columns.number("was_sent");
        let variants = self.columns.text("variant");
        let by = |column: &String| {
            let level = |row: usize| self.columns.level(column, row, segments);
            (column.clone(), Levels::of(rows.iter().map(|&row| level(row))))
        };
        let units = Units {
            arms: Levels::of(rows.iter().map(|&row| variants[row].as_deref())),
            metrics: self.metrics.iter().map(|m| self.metric(m, &rows, minor_per_major)).collect(),
            segments: self.experiment.by.iter().map(by).collect(),
        };
        let assigned = mature.len() as u64;
        let started = self.columns.number("start_us");
        let without_time = started.iter().filter(|us| us.is_nan()).count() as u64;
        let log = ArmLogRows { columns: self.columns, arms: &units.arms.names, mature: &rows };
        Ok(Intake {
            rows: self.rows(&units, &rows)?,
            covariates: self.covariates().map(|(m, c)| (m.name.to_owned(), c.words())).collect(),
            log: log.arm_log(assigned, crossed),
            first: self.first(&units.arms, &rows),
            assigned,
            immature: assigned - rows.len() as u64 - without_time,
            without_time,
            maturity_p: maturity_p(variants, mature),
            never_sent: rows.iter().filter(|&&row| sent[row] == 0.0).count() as u64,
            any_sent: sent.iter().any(|sent| *sent > 0.0),
            mature_shares: mature_shares(variants, mature),
            window_hours: wanted.window_hours,
            campaign: wanted.campaign.map(str::to_owned),
            starts: starts(self.columns.number("start_us"), sent),
            units,
        })
    }

    /// Metrics that have something from before.
    fn covariates(&self) -> impl Iterator<Item = (&Metric, Covariate)> {
        self.metrics.iter().filter_map(|metric| Some((metric, metric.before?)))
    }

    /// The metrics, and what recipients did before.
    fn rows(&self, units: &Units, rows: &[usize]) -> Result<SecondRows> {
        let metrics = units.metrics.iter().map(|m| (m.name.clone(), m.values.clone()));
        let before = Covariate::ALL
            .into_iter()
            .filter(|covariate| self.covariates().any(|(_, wanted)| wanted == *covariate));
        let before = before.map(|covariate| {
            let values = self.columns.number(covariate.column());
            (covariate.words(), rows.iter().map(|&row| values[row]).collect())
        });
        let columns = metrics.chain(before).chain(self.delivered(units, rows));
        SecondRows::new(units.arms.clone(), columns.collect())
    }

    /// The deciding metric for recipients whom the mail reached; nothing for the others.
    fn delivered(&self, units: &Units, rows: &[usize]) -> Option<(String, Vec<f64>)> {
        let metric = units.metrics.first().filter(|m| m.is_proportion == Some(true))?;
        let (sent, bounced) = (self.columns.number("was_sent"), self.columns.number("log_bounced"));
        let reached = |row: usize| sent[row] > 0.0 && bounced[row] == 0.0;
        let values = rows.iter().zip(&metric.values);
        let values = values.map(|(&row, value)| if reached(row) { *value } else { f64::NAN });
        Some((DELIVERED.to_owned(), values.collect()))
    }

    fn metric(&self, metric: &Metric, rows: &[usize], minor_per_major: f64) -> MetricValues {
        let values = self.columns.number(&format!("metric_{}", metric.name));
        let unit = if metric.is_proportion { 1.0 } else { minor_per_major };
        MetricValues {
            name: metric.name.to_owned(),
            is_proportion: Some(metric.is_proportion),
            values: rows.iter().map(|&row| values[row] / unit).collect(),
        }
    }

    fn first(&self, arms: &Levels, rows: &[usize]) -> Vec<FirstSuccess> {
        if !self.metrics.first().is_some_and(|metric| metric.is_proportion) {
            return Vec::new();
        }
        let hours = self.columns.number("first_hours");
        let first = |(row, code): (&usize, &u32)| FirstSuccess {
            arm: *code as usize,
            hours: hours.get(*row).copied().filter(|hours| !hours.is_nan()),
        };
        rows.iter().zip(&arms.codes).map(first).collect()
    }
}

fn mature_shares(variants: &[Option<String>], mature: &[f64]) -> (f64, f64) {
    let mut arms: HashMap<&Option<String>, (f64, f64)> = HashMap::new();
    for (variant, mature) in variants.iter().zip(mature) {
        let arm = arms.entry(variant).or_default();
        *arm = (arm.0 + mature, arm.1 + 1.0);
    }
    let shares = arms.values().map(|(mature, all)| mature / all);
    shares.fold((1.0, 0.0), |(low, high), share| (low.min(share), high.max(share)))
}

/// Of those who were sent, or of all where nobody was.
fn starts(start_us: &[f64], sent: &[f64]) -> Option<Starts> {
    const HOUR_US: f64 = 3.6e9;
    let any_sent = sent.iter().any(|sent| *sent > 0.0);
    let starts =
        start_us.iter().zip(sent).filter(|(us, sent)| !us.is_nan() && (**sent > 0.0 || !any_sent));
    let mut starts: Vec<f64> = starts.map(|(us, _)| *us).collect();
    starts.sort_by(f64::total_cmp);
    let at = |share: f64| {
        Some(*starts.get((starts.len().checked_sub(1)? as f64 * share).round() as usize)?)
    };
    let middle_hours = (at(0.95)? - at(0.05)?) / HOUR_US;
    Some(Starts { first_us: at(0.0)? as i64, late_us: at(0.98)? as i64, middle_hours })
}

/// Pearson's test that as many windows are over in every arm.
fn maturity_p(variants: &[Option<String>], mature: &[f64]) -> Option<f64> {
    let mut arms: BTreeMap<&Option<String>, Counts> = BTreeMap::new();
    for (variant, mature) in variants.iter().zip(mature) {
        arms.entry(variant).or_default().add(*mature > 0.0);
    }
    pearson(&arms.into_values().collect::<Vec<Counts>>()).map(|test| test.p)
}
