//! An experiment's units from the lake: who was assigned, and what each did in their own window.
//!
//! A recipient's outcomes count from their own send (or assignment, for those who were never sent)
//! for `window_hours`; recipients whose window is not over at the as-of are left out and counted.
//! Everybody assigned is in the denominator: dropping those who bounced or left would let the outcome
//! choose the sample.

use std::collections::HashMap;

use arrow::array::{AsArray, RecordBatch};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Float64Type};
use serde::Serialize;

use super::units::{Levels, MetricValues, Units};
use crate::error::{Error, Kind, Result};
use crate::lake::{Session, Table};
use crate::workspace::{AsOf, ExperimentSettings};

/// Level of a segment column for contacts without a value.
pub const UNKNOWN_LEVEL: &str = "(unknown)";

/// Name of the segment column that comes from the proposal, not from `contacts`.
pub const SEGMENT_COLUMN: &str = "segment";

/// Share of each arm's sends that must belong to one campaign for it to be taken as the experiment's.
const CAMPAIGN_SHARE: f64 = 0.8;

/// Metrics that can be read from the lake: name, SQL over one recipient's window, and whether it is a
/// proportion.
const METRICS: [(&str, &str, bool); 8] = [
    ("human_open", "opened", true),
    ("any_open", "any_opened", true),
    ("click", "clicked", true),
    ("conversion", "CASE WHEN sales > 0 THEN 1 ELSE 0 END", true),
    ("revenue", "net_minor", false),
    ("unsubscribe", "unsubscribed", true),
    ("complaint", "complained", true),
    ("bounce", "bounced", true),
];

/// The units of one experiment, and what a reader must know about them. Nobody may be among them yet.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Intake {
    #[serde(skip)]
    pub units: Units,
    pub assigned: u64,
    /// Assigned contacts whose window was not over at the as-of; left out.
    pub immature: u64,
    /// Assigned contacts who were never sent: no mail of theirs counts, orders do, from the assignment.
    pub never_sent: u64,
    /// Smallest and largest share of an arm's contacts whose window is over.
    pub mature_shares: (f64, f64),
    pub window_hours: u32,
    /// The campaign whose mail counts; `None`: any mail in the window.
    pub campaign: Option<String>,
}

/// Reads the units of `experiment`. `segments`: contact id → segment, for the column `segment`.
pub fn intake(
    session: &Session,
    experiment: &ExperimentSettings,
    as_of: &AsOf,
    minor_per_major: f64,
    segments: &HashMap<String, String>,
) -> Result<Intake> {
    let metrics = known_metrics(&experiment.metrics)?;
    check_by(session, experiment)?;
    let campaign = campaign(session, &experiment.id)?;
    let sql = units_sql(experiment, as_of, campaign.as_deref(), &metrics);
    let batches = session.collect(&sql)?;
    let columns = Columns::read(&batches)?;
    Ok(columns.intake(experiment, campaign, &metrics, minor_per_major, segments))
}

type Metric = (&'static str, &'static str, bool);

fn known_metrics(names: &[String]) -> Result<Vec<Metric>> {
    if names.is_empty() {
        return Err(Error::settings("an experiment lists no metric")
            .hint("add metrics = [\"click\", \"conversion\"]; the first decides"));
    }
    let known = |name: &String| {
        METRICS
            .iter()
            .find(|m| m.0 == name)
            .copied()
            .ok_or_else(|| Error::unknown(Kind::Settings, "metric", name, METRICS.map(|m| m.0)))
    };
    names.iter().map(known).collect()
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// The one campaign that most recipients of every arm were sent within an hour of their `sent_at`.
/// Where arms have campaigns of their own there is none, and any mail in the window counts.
fn campaign(session: &Session, experiment: &str) -> Result<Option<String>> {
    let id = quoted(experiment);
    let sql = format!(
        "WITH arms AS (SELECT variant, count(sent_at) AS sent FROM assignments \
         WHERE experiment_id = {id} AND sent_at IS NOT NULL GROUP BY variant), \
         found AS (SELECT a.variant, e.campaign_id, count(DISTINCT e.contact_key) AS n \
         FROM assignments a JOIN events e ON a.contact_key = e.contact_key \
         WHERE a.experiment_id = {id} AND e.campaign_id IS NOT NULL AND e.kind IN ('sent', 'delivered') \
         AND e.ts >= a.sent_at - INTERVAL '1 minute' AND e.ts < a.sent_at + INTERVAL '1 hour' \
         GROUP BY a.variant, e.campaign_id) \
         SELECT CAST(campaign_id AS VARCHAR) AS campaign FROM (SELECT f.campaign_id \
         FROM found f JOIN arms ON f.variant = arms.variant GROUP BY f.campaign_id \
         HAVING count(*) = (SELECT count(*) FROM arms) \
         AND min(CAST(f.n AS DOUBLE) / arms.sent) >= {CAMPAIGN_SHARE}) AS shared \
         ORDER BY campaign LIMIT 1"
    );
    Ok(session.words(&sql)?.into_iter().next())
}

fn units_sql(
    experiment: &ExperimentSettings,
    as_of: &AsOf,
    campaign: Option<&str>,
    metrics: &[Metric],
) -> String {
    let id = quoted(&experiment.id);
    let window_us = i64::from(experiment.window_hours) * 3_600_000_000;
    let now_us = as_of.micros();
    let of_campaign = campaign.map_or(String::new(), |campaign| {
        format!(" AND (e.campaign_id = {} OR e.campaign_id IS NULL)", quoted(campaign))
    });
    let by: String = experiment
        .by
        .iter()
        .filter(|column| *column != SEGMENT_COLUMN)
        .map(|column| {
            format!(", CAST(c.\"{}\" AS VARCHAR) AS \"by_{column}\"", column.replace('"', ""))
        })
        .collect();
    let values: String = metrics
        .iter()
        .map(|(name, sql, _)| format!(", CAST(coalesce({sql}, 0) AS DOUBLE) AS \"metric_{name}\""))
        .collect();
    format!(
        "WITH u AS (SELECT a.contact_key, c.contact_id, CAST(a.variant AS VARCHAR) AS variant, \
         CAST(coalesce(a.sent_at, a.assigned_at) AS BIGINT) AS start_us, a.sent_at IS NOT NULL AS was_sent{by} \
         FROM assignments a JOIN contacts c ON a.contact_key = c.contact_key \
         WHERE a.experiment_id = {id}), \
         done AS (SELECT u.contact_key, \
         max(CASE WHEN e.kind = 'opened' AND e.machine IS NOT TRUE THEN 1 ELSE 0 END) AS opened, \
         max(CASE WHEN e.kind = 'opened' THEN 1 ELSE 0 END) AS any_opened, \
         max(CASE WHEN e.kind = 'clicked' AND e.machine IS NOT TRUE THEN 1 ELSE 0 END) AS clicked, \
         max(CASE WHEN e.kind = 'unsubscribed' THEN 1 ELSE 0 END) AS unsubscribed, \
         max(CASE WHEN e.kind = 'complained' THEN 1 ELSE 0 END) AS complained, \
         max(CASE WHEN e.kind = 'bounced' THEN 1 ELSE 0 END) AS bounced \
         FROM u JOIN events e ON u.contact_key = e.contact_key \
         WHERE u.was_sent AND CAST(e.ts AS BIGINT) >= u.start_us \
         AND CAST(e.ts AS BIGINT) < u.start_us + {window_us}{of_campaign} GROUP BY u.contact_key), \
         bought AS (SELECT u.contact_key, \
         count(*) FILTER (WHERE o.status = 'completed' AND o.amount_minor > 0) AS sales, \
         sum(o.amount_minor) FILTER (WHERE o.amount_minor < 0 OR o.status = 'completed') AS net_minor \
         FROM u JOIN orders o ON u.contact_key = o.contact_key \
         WHERE CAST(o.ts AS BIGINT) >= u.start_us AND CAST(o.ts AS BIGINT) < u.start_us + {window_us} \
         GROUP BY u.contact_key) \
         SELECT u.*, coalesce(u.start_us + {window_us} <= {now_us}, FALSE) AS is_mature{values} \
         FROM u LEFT JOIN done ON u.contact_key = done.contact_key \
         LEFT JOIN bought ON u.contact_key = bought.contact_key ORDER BY u.contact_id"
    )
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

/// The query's result, column by column, whatever its batches.
struct Columns {
    texts: HashMap<String, Vec<Option<String>>>,
    numbers: HashMap<String, Vec<f64>>,
}

impl Columns {
    fn read(batches: &[RecordBatch]) -> Result<Self> {
        let mut columns = Columns { texts: HashMap::new(), numbers: HashMap::new() };
        for batch in batches {
            for (field, array) in batch.schema().fields().iter().zip(batch.columns()) {
                let name = field.name().clone();
                if name.starts_with("metric_") || name == "is_mature" || name == "was_sent" {
                    let values = cast(array, &DataType::Float64)?;
                    let values = values.as_primitive::<Float64Type>().iter();
                    let column = columns.numbers.entry(name).or_default();
                    column.extend(values.map(|v| v.unwrap_or(0.0)));
                } else {
                    let values = cast(array, &DataType::Utf8)?;
                    let values = values.as_string::<i32>().iter();
                    let column = columns.texts.entry(name).or_default();
                    column.extend(values.map(|v| v.map(str::to_owned)));
                }
            }
        }
        Ok(columns)
    }

    fn intake(
        &self,
        experiment: &ExperimentSettings,
        campaign: Option<String>,
        metrics: &[Metric],
        minor_per_major: f64,
        segments: &HashMap<String, String>,
    ) -> Intake {
        let mature = self.number("is_mature");
        let rows: Vec<usize> = (0..mature.len()).filter(|&row| mature[row] > 0.0).collect();
        let sent = self.number("was_sent");
        let metric = |(name, _, is_proportion): &Metric| {
            let values = self.number(&format!("metric_{name}"));
            let unit = if *is_proportion { 1.0 } else { minor_per_major };
            MetricValues {
                name: (*name).to_owned(),
                is_proportion: Some(*is_proportion),
                values: rows.iter().map(|&row| values[row] / unit).collect(),
            }
        };
        let by = |column: &String| {
            let level = |row: usize| self.level(column, row, segments);
            (column.clone(), Levels::of(rows.iter().map(|&row| level(row))))
        };
        let variants = self.texts.get("variant").map_or(&[][..], Vec::as_slice);
        let units = Units {
            arms: Levels::of(rows.iter().map(|&row| variants[row].as_deref())),
            metrics: metrics.iter().map(metric).collect(),
            segments: experiment.by.iter().map(by).collect(),
        };
        Intake {
            units,
            assigned: mature.len() as u64,
            immature: (mature.len() - rows.len()) as u64,
            never_sent: rows.iter().filter(|&&row| sent[row] == 0.0).count() as u64,
            mature_shares: mature_shares(variants, mature),
            window_hours: experiment.window_hours,
            campaign,
        }
    }

    fn number(&self, name: &str) -> &[f64] {
        self.numbers.get(name).map_or(&[], Vec::as_slice)
    }

    fn level<'a>(
        &'a self,
        column: &str,
        row: usize,
        segments: &'a HashMap<String, String>,
    ) -> Option<&'a str> {
        if column == SEGMENT_COLUMN {
            let id = self.texts.get("contact_id")?[row].as_deref()?;
            return segments.get(id).map(String::as_str);
        }
        self.texts.get(&format!("by_{column}"))?[row].as_deref()
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

impl Levels {
    /// Codes labels in sorted order; a missing one is [`UNKNOWN_LEVEL`].
    pub fn of<'a>(labels: impl Iterator<Item = Option<&'a str>>) -> Self {
        let labels: Vec<&str> = labels.map(|l| l.unwrap_or(UNKNOWN_LEVEL)).collect();
        let names: std::collections::BTreeSet<&str> = labels.iter().copied().collect();
        let names: Vec<&str> = names.into_iter().collect();
        let code = |label: &&str| names.binary_search(label).unwrap_or(0) as u32;
        let codes = labels.iter().map(code).collect();
        Levels { codes, names: names.iter().map(|n| (*n).to_owned()).collect() }
    }
}
