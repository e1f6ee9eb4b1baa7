//! `job`: what a scheduled job does. The scheduler runs it as a process of its own, so that a job can be stopped at its
//! time limit, and takes nothing down with it.

use std::time::Duration;

use serde_json::json;

use crate::error::Result;
use crate::ingest::IngestReport;
use crate::lake::Lake;
use crate::pipeline::Pipeline;
use crate::workspace::Job;

use super::args::Global;
use super::printer::Printer;
use super::schedule::schedule_args::JobArgs;
use super::{Verdict, source};

/// How long to wait for somebody else who writes the workspace.
const PATIENCE: Duration = Duration::from_secs(15 * 60);

pub fn run(args: &JobArgs, global: &Global, printer: &Printer) -> Result<Verdict> {
    let (message, rows) = source::writing_within(global, printer, PATIENCE, |workspace, p| {
        let message = work(args.job.into(), p)?;
        let rows: IngestReport = Lake::open(&workspace.lake_dir())?.json(IngestReport::FILE)?;
        Ok((message, rows))
    })?;
    printer.json(&json!({
        "message": message,
        "accepted_rows": rows.sources.iter().map(|s| s.accepted).sum::<u64>(),
        "rejected_rows": rows.sources.iter().map(|s| s.rejected).sum::<u64>(),
    }))?;
    Ok(if message.is_some() { Verdict::No } else { Verdict::Fine })
}

/// Does the job; what a check of it said no to.
fn work(job: Job, pipeline: &mut Pipeline<'_>) -> Result<Option<String>> {
    match job {
        Job::Run | Job::Report => pipeline.run().map(|_| None),
        Job::Refresh => pipeline.refresh().map(|_| None),
        Job::Digest => pipeline.digest().map(|_| None),
        Job::Readout => {
            pipeline.ingest()?;
            let broken = pipeline.broken_experiments()?;
            Ok((!broken.is_empty())
                .then(|| format!("experiments that cannot be trusted: {}", broken.join(", "))))
        }
    }
}
