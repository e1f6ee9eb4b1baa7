//! What earlier mailings say of a metric.

use super::super::counts::Counts;
use super::columns::Columns;
use super::metric::known_metrics;
use super::statement::quoted;
use crate::error::Result;
use crate::lake::Session;
use crate::workspace::ExperimentSettings;

/// Campaigns with fewer recipients say little of a rate.
const FEWEST: u64 = 100;

/// Recipients and successes of the decision metric in every campaign whose last window was over at
/// `before_us`, but the experiment's own, by campaign id. Empty for metrics of orders, which no campaign owns.
///
/// # Errors
///
/// As [`intake`](super::intake), for the metric.
pub fn past_campaigns(
    session: &Session,
    experiment: &ExperimentSettings,
    campaign: Option<&str>,
    before_us: i64,
) -> Result<Vec<Counts>> {
    let metrics = known_metrics(&experiment.metrics)?;
    let Some(event) = metrics.first().and_then(|metric| metric.event) else {
        return Ok(Vec::new());
    };
    let other =
        campaign.map_or(String::new(), |own| format!(" AND e.campaign_id <> {}", quoted(own)));
    let closed_us = before_us - i64::from(experiment.window_hours) * 3_600_000_000;
    let sql = format!(
        "SELECT count(*) FILTER (WHERE was_sent = 1) AS metric_n, \
         count(*) FILTER (WHERE was_sent = 1 AND success = 1) AS metric_successes FROM \
         (SELECT e.campaign_id, e.contact_key, \
         max(CASE WHEN e.kind IN ('sent', 'delivered') THEN 1 ELSE 0 END) AS was_sent, \
         max(CASE WHEN e.kind IN ('sent', 'delivered') THEN CAST(e.ts AS BIGINT) END) AS sent_us, \
         max(CASE WHEN {event} THEN 1 ELSE 0 END) AS success \
         FROM events e WHERE e.campaign_id IS NOT NULL AND CAST(e.ts AS BIGINT) < {before_us}{other} \
         GROUP BY e.campaign_id, e.contact_key) AS mailed \
         GROUP BY campaign_id HAVING max(sent_us) < {closed_us} ORDER BY CAST(campaign_id AS VARCHAR)"
    );
    let columns = Columns::read(&session.collect(&sql)?)?;
    let pairs = columns.number("metric_n").iter().zip(columns.number("metric_successes"));
    let counts = pairs.filter_map(|(n, successes)| {
        Counts::new(*n as u64, *successes as u64).ok().filter(|counts| counts.n() >= FEWEST)
    });
    Ok(counts.collect())
}
