//! The metrics that can be read from the lake.

use super::statement::{BEFORE_DAYS, SPEND_DAYS};
use crate::error::{Error, Kind, Result};

/// One metric.
#[derive(Debug, Clone, Copy)]
pub(super) struct Metric {
    pub name: &'static str,
    /// SQL over one recipient's window.
    pub sql: &'static str,
    pub is_proportion: bool,
    lower_is_better: bool,
    /// What recipients did before, by which it may be adjusted.
    pub before: Option<Covariate>,
    /// SQL over events `e` that is true of one that makes a success; `None` for orders.
    pub event: Option<&'static str>,
}

/// A measure of the time before the experiment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Covariate {
    Opens,
    Clicks,
    Spend,
}

impl Covariate {
    pub(super) const ALL: [Covariate; 3] = [Covariate::Opens, Covariate::Clicks, Covariate::Spend];

    /// The query's column.
    pub(super) fn column(self) -> &'static str {
        match self {
            Covariate::Opens => "log_opens_before",
            Covariate::Clicks => "log_clicks_before",
            Covariate::Spend => "log_spend_before",
        }
    }

    pub(super) fn words(self) -> String {
        match self {
            Covariate::Opens => format!("opens in the {BEFORE_DAYS} days before"),
            Covariate::Clicks => format!("clicks in the {BEFORE_DAYS} days before"),
            Covariate::Spend => format!("spend in the {SPEND_DAYS} days before"),
        }
    }
}

const HUMAN_OPEN: &str = "e.kind = 'opened' AND e.machine IS NOT TRUE";
const CLICK: &str = "e.kind = 'clicked' AND e.machine IS NOT TRUE";

const METRICS: [Metric; 8] = [
    of_event("human_open", "opened", HUMAN_OPEN, Some(Covariate::Opens)),
    of_event("any_open", "any_opened", "e.kind = 'opened'", Some(Covariate::Opens)),
    of_event("click", "clicked", CLICK, Some(Covariate::Clicks)),
    of_orders("conversion", "CASE WHEN sales > 0 THEN 1 ELSE 0 END", true),
    of_orders("revenue", "net_minor", false),
    harm("unsubscribe", "unsubscribed", "e.kind = 'unsubscribed'"),
    harm("complaint", "complained", "e.kind = 'complained'"),
    harm("bounce", "bounced", "e.kind = 'bounced'"),
];

const fn of_event(
    name: &'static str,
    sql: &'static str,
    event: &'static str,
    before: Option<Covariate>,
) -> Metric {
    Metric { name, sql, is_proportion: true, lower_is_better: false, before, event: Some(event) }
}

/// An event of which fewer are better.
const fn harm(name: &'static str, sql: &'static str, event: &'static str) -> Metric {
    Metric { lower_is_better: true, ..of_event(name, sql, event, None) }
}

const fn of_orders(name: &'static str, sql: &'static str, is_proportion: bool) -> Metric {
    let before = Some(Covariate::Spend);
    Metric { name, sql, is_proportion, lower_is_better: false, before, event: None }
}

/// The metrics of these names.
///
/// # Errors
///
/// A settings error if there is none, or one is not known.
pub(super) fn known_metrics(names: &[String]) -> Result<Vec<Metric>> {
    if names.is_empty() {
        return Err(Error::settings("an experiment lists no metric")
            .hint("add metrics = [\"click\", \"conversion\"]; the first decides"));
    }
    let known = |name: &String| {
        let found = METRICS.iter().find(|m| m.name == name).copied();
        found.ok_or_else(|| Error::unknown(Kind::Settings, "metric", name, METRICS.map(|m| m.name)))
    };
    names.iter().map(known).collect()
}

/// Checks the names of an experiment's metrics before anything is drawn or read.
///
/// # Errors
///
/// A settings error if there is none, or one is not known.
pub fn check_metrics(names: &[String]) -> Result<()> {
    known_metrics(names).map(|_| ())
}

/// True if a metric counts what mail brought, for which the time of the send must be known.
pub fn counts_mail(names: &[String]) -> bool {
    METRICS.iter().any(|metric| metric.event.is_some() && names.iter().any(|n| n == metric.name))
}

/// True for a metric of which less is better.
pub fn lower_is_better(name: &str) -> bool {
    METRICS.iter().any(|metric| metric.name == name && metric.lower_is_better)
}
