//! The query for an experiment's recipients.

use super::super::assignment::HOLDOUT;
use super::metric::Metric;
use crate::workspace::{AsOf, ExperimentSettings};

/// Name of the segment column that comes from the proposal, not from `contacts`.
pub const SEGMENT_COLUMN: &str = "segment";

const HOUR_US: i64 = 3_600_000_000;

/// Days before each recipient's start in which the arms are held against each other.
pub(super) const BEFORE_DAYS: i64 = 28;

pub(super) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// Days before each recipient's start whose orders a metric of money is adjusted for.
pub(super) const SPEND_DAYS: i64 = 365;

/// What the query asks for.
pub(super) struct Wanted<'a> {
    pub experiment: &'a ExperimentSettings,
    pub metrics: &'a [Metric],
    pub window_hours: u32,
    pub campaign: Option<&'a str>,
    pub as_of: &'a AsOf,
}

impl Wanted<'_> {
    /// Who was never sent starts at the assignment, or at the first send of all if that is later: an arm without
    /// mail is compared over the days of the others.
    ///
    /// One row a recipient, in order of their ids: arm, start, breakdowns, metrics, and what the arms are
    /// checked by.
    pub(super) fn sql(&self) -> String {
        let window_us = i64::from(self.window_hours) * HOUR_US;
        let now_us = self.as_of.micros();
        format!(
            "WITH u AS ({recipients}), done AS ({done}), bought AS ({bought}), earlier AS ({earlier}), \
             spent AS ({spent}) \
             SELECT u.*, coalesce(u.start_us + {window_us} <= {now_us}, FALSE) AS is_mature, \
             coalesce(bounced, 0) AS log_bounced, coalesce(any_opened, 0) AS log_any_opened, \
             coalesce(machine_opened, 0) AS log_machine_opened, \
             coalesce(earlier.opens, 0) AS log_opens_before, \
             coalesce(earlier.clicks, 0) AS log_clicks_before, \
             coalesce(spent.spent_minor, 0) AS log_spend_before, \
             (CAST({first} AS DOUBLE) - CAST(u.start_us AS DOUBLE)) / {HOUR_US}.0 AS first_hours{values} \
             FROM u LEFT JOIN done ON u.contact_key = done.contact_key \
             LEFT JOIN bought ON u.contact_key = bought.contact_key \
             LEFT JOIN earlier ON u.contact_key = earlier.contact_key \
             LEFT JOIN spent ON u.contact_key = spent.contact_key ORDER BY u.contact_id",
            recipients = self.recipients(),
            done = self.done(window_us),
            bought = bought(window_us),
            earlier = earlier(),
            spent = spent(),
            first = self.first(),
            values = self.values(),
        )
    }

    fn recipients(&self) -> String {
        let by = self.experiment.by.iter().filter(|column| *column != SEGMENT_COLUMN);
        let by: String = by
            .map(|column| {
                format!(", CAST(c.\"{}\" AS VARCHAR) AS \"by_{column}\"", column.replace('"', ""))
            })
            .collect();
        format!(
            "SELECT a.contact_key, c.contact_id, CAST(a.variant AS VARCHAR) AS variant, \
             CASE WHEN a.sent_at IS NULL THEN greatest(CAST(a.assigned_at AS BIGINT), \
             min(CAST(a.sent_at AS BIGINT)) OVER ()) ELSE CAST(a.sent_at AS BIGINT) END AS start_us, \
             CAST(a.assigned_at AS BIGINT) AS assigned_us, a.sent_at IS NOT NULL AS was_sent{by} \
             FROM assignments a JOIN contacts c ON a.contact_key = c.contact_key \
             WHERE a.experiment_id = {}{}",
            quoted(&self.experiment.id),
            self.without_holdout()
        )
    }

    /// Those kept out of all arms are in the log, and in no arm; unless that is what is compared.
    fn without_holdout(&self) -> String {
        let ExperimentSettings { control, shares, .. } = self.experiment;
        if control == HOLDOUT || shares.contains_key(HOLDOUT) {
            return String::new();
        }
        format!(" AND CAST(a.variant AS VARCHAR) <> {}", quoted(HOLDOUT))
    }

    fn done(&self, window_us: i64) -> String {
        let of_campaign = self.campaign.map_or(String::new(), |campaign| {
            format!(" AND (e.campaign_id = {} OR e.campaign_id IS NULL)", quoted(campaign))
        });
        let first =
            self.metrics.first().and_then(|metric| metric.event).map_or(String::new(), |event| {
                format!("min(CASE WHEN {event} THEN CAST(e.ts AS BIGINT) END) AS first_us, ")
            });
        format!(
            "SELECT u.contact_key, {first}\
             max(CASE WHEN e.kind = 'opened' AND e.machine IS NOT TRUE THEN 1 ELSE 0 END) AS opened, \
             max(CASE WHEN e.kind = 'opened' THEN 1 ELSE 0 END) AS any_opened, \
             max(CASE WHEN e.kind = 'opened' AND e.machine IS TRUE THEN 1 ELSE 0 END) AS machine_opened, \
             max(CASE WHEN e.kind = 'clicked' AND e.machine IS NOT TRUE THEN 1 ELSE 0 END) AS clicked, \
             max(CASE WHEN e.kind = 'unsubscribed' THEN 1 ELSE 0 END) AS unsubscribed, \
             max(CASE WHEN e.kind = 'complained' THEN 1 ELSE 0 END) AS complained, \
             max(CASE WHEN e.kind = 'bounced' THEN 1 ELSE 0 END) AS bounced \
             FROM u JOIN events e ON u.contact_key = e.contact_key \
             WHERE u.was_sent AND CAST(e.ts AS BIGINT) >= u.start_us \
             AND CAST(e.ts AS BIGINT) < u.start_us + {window_us}{of_campaign} GROUP BY u.contact_key"
        )
    }

    /// When the decision metric's first success was.
    fn first(&self) -> &'static str {
        match self.metrics.first() {
            Some(metric) if metric.event.is_some() => "done.first_us",
            Some(metric) if metric.is_proportion => "bought.first_us",
            _ => "NULL",
        }
    }

    fn values(&self) -> String {
        let values = self.metrics.iter().map(|metric| {
            let Metric { name, sql, .. } = metric;
            format!(", CAST(coalesce({sql}, 0) AS DOUBLE) AS \"metric_{name}\"")
        });
        values.collect()
    }
}

fn bought(window_us: i64) -> String {
    format!(
        "SELECT u.contact_key, \
         count(*) FILTER (WHERE o.status = 'completed' AND o.amount_minor > 0) AS sales, \
         min(CAST(o.ts AS BIGINT)) FILTER (WHERE o.status = 'completed' AND o.amount_minor > 0) AS first_us, \
         sum(o.amount_minor) FILTER (WHERE o.amount_minor < 0 OR o.status = 'completed') AS net_minor \
         FROM u JOIN orders o ON u.contact_key = o.contact_key \
         WHERE CAST(o.ts AS BIGINT) >= u.start_us AND CAST(o.ts AS BIGINT) < u.start_us + {window_us} \
         GROUP BY u.contact_key"
    )
}

/// The recipients with the time that "before" ends at: the assignment, or the first send of all where that is
/// not known. A recipient's own send may depend on the arm.
const BEGIN: &str = "(SELECT contact_key, coalesce(assigned_us, min(start_us) OVER ()) AS begin_us \
                     FROM u) AS u";

fn earlier() -> String {
    let before_us = BEFORE_DAYS * 24 * HOUR_US;
    format!(
        "SELECT u.contact_key, \
         count(*) FILTER (WHERE e.kind = 'opened' AND e.machine IS NOT TRUE) AS opens, \
         count(*) FILTER (WHERE e.kind = 'clicked' AND e.machine IS NOT TRUE) AS clicks \
         FROM {BEGIN} JOIN events e ON u.contact_key = e.contact_key \
         WHERE CAST(e.ts AS BIGINT) >= u.begin_us - {before_us} AND CAST(e.ts AS BIGINT) < u.begin_us \
         GROUP BY u.contact_key"
    )
}

fn spent() -> String {
    let before_us = SPEND_DAYS * 24 * HOUR_US;
    format!(
        "SELECT u.contact_key, \
         sum(o.amount_minor) FILTER (WHERE o.amount_minor < 0 OR o.status = 'completed') AS spent_minor \
         FROM {BEGIN} JOIN orders o ON u.contact_key = o.contact_key \
         WHERE CAST(o.ts AS BIGINT) >= u.begin_us - {before_us} AND CAST(o.ts AS BIGINT) < u.begin_us \
         GROUP BY u.contact_key"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Result;

    fn recipients(control: &str) -> Result<String> {
        let experiment = ExperimentSettings::new("test", control, vec!["click".to_owned()]);
        let as_of = AsOf::parse("2026-07-01", jiff::tz::TimeZone::UTC)?;
        let (experiment, as_of) = (&experiment, &as_of);
        let wanted = Wanted { experiment, metrics: &[], window_hours: 72, campaign: None, as_of };
        Ok(wanted.recipients())
    }

    #[test]
    fn a_holdout_is_in_no_arm_unless_it_is_one() -> Result<()> {
        assert!(recipients("plain")?.contains("<> 'holdout'"));
        assert!(!recipients("holdout")?.contains("<> 'holdout'"));
        Ok(())
    }
}
