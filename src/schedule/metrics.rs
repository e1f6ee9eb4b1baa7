//! Runs, messages and segments as numbers over time, in the text form that Prometheus reads.

use std::sync::atomic::{AtomicI64, AtomicU64};

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use crate::error::{Error, Result};
use crate::pipeline::refresh::RefreshReport;
use crate::workspace::journal::{Counts, Journal, RunOutcome, RunSums};

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Run {
    job: String,
    outcome: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct JobName {
    job: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct State {
    state: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Segment {
    segment: String,
}

/// The metrics of a workspace: everything is read from the journal and the last refresh, so that a restart loses no
/// count.
///
/// # Errors
///
/// A data error if the journal cannot be read.
pub fn render(journal: &Journal, last: Option<&RefreshReport>) -> Result<String> {
    let mut registry = Registry::with_prefix("microseg");
    runs(&mut registry, &journal.run_sums()?);
    messages(&mut registry, journal.counts()?);
    if let Some(last) = last {
        segments(&mut registry, last);
    }
    let mut text = String::new();
    encode(&mut text, &registry)
        .map_err(|e| Error::internal("metrics could not be written").caused_by(e))?;
    Ok(text)
}

fn runs(registry: &mut Registry, sums: &[RunSums]) {
    let runs = Family::<Run, Gauge<i64, AtomicI64>>::default();
    let seconds = Family::<JobName, Gauge<f64, AtomicU64>>::default();
    let last = Family::<JobName, Gauge<f64, AtomicU64>>::default();
    let ended = Family::<JobName, Gauge<f64, AtomicU64>>::default();
    let mut by_end: Vec<&RunSums> = sums.iter().collect();
    by_end.sort_by_key(|sum| sum.last_ended_at);
    for RunSums { job, outcome, runs: count, took_ms, last_took_ms, last_ended_at } in by_end {
        let label = Run { job: job.clone(), outcome: (*outcome).to_owned() };
        runs.get_or_create(&label).set(i64::try_from(*count).unwrap_or(i64::MAX));
        let name = JobName { job: job.clone() };
        seconds.get_or_create(&name).inc_by(*took_ms as f64 / 1000.0);
        if let Some(took_ms) = last_took_ms {
            last.get_or_create(&name).set(*took_ms as f64 / 1000.0);
        }
        // What was skipped did not run.
        if let Some(at) = last_ended_at.filter(|_| *outcome != RunOutcome::Skipped.word()) {
            ended.get_or_create(&name).set(at.as_second() as f64);
        }
    }
    registry.register("runs", "Occurrences of jobs by outcome", runs);
    registry.register("run_seconds", "Seconds that runs took, all together", seconds);
    registry.register("last_run_seconds", "Seconds that the last run took", last);
    registry.register("last_run_ended", "When the last run ended, in seconds since 1970", ended);
}

fn messages(registry: &mut Registry, counts: Counts) {
    let messages = Family::<State, Gauge<i64, AtomicI64>>::default();
    for (state, count) in
        [("waiting", counts.waiting), ("sent", counts.sent), ("dead", counts.dead)]
    {
        let label = State { state: state.to_owned() };
        messages.get_or_create(&label).set(i64::try_from(count).unwrap_or(i64::MAX));
    }
    registry.register("messages", "Messages by state", messages);
}

fn segments(registry: &mut Registry, last: &RefreshReport) {
    let sizes = Family::<Segment, Gauge<i64, AtomicI64>>::default();
    let count = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    for size in &last.segments.0 {
        let label = Segment { segment: size.segment.id.clone() };
        sizes.get_or_create(&label).set(count(size.size));
    }
    registry.register("segment_contacts", "Contacts in each segment at the last refresh", sizes);
    let gauge = |value: u64| {
        let gauge = Gauge::<i64, AtomicI64>::default();
        gauge.set(count(value));
        gauge
    };
    registry.register("contacts", "Contacts at the last refresh", gauge(last.contacts));
    let rows = "Rows of the sources at the last refresh that were";
    registry.register("rows_accepted", format!("{rows} accepted"), gauge(last.accepted_rows));
    registry.register("rows_rejected", format!("{rows} rejected"), gauge(last.rejected_rows));
    registry.register("moves_waiting", "Moves that wait for being lasting", gauge(last.damped));
}
