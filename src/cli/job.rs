//! `job`: what a scheduled job does. The scheduler runs it as a process of its own, so that a job can be stopped at its
//! time limit, and takes nothing down with it.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::error::Result;
use crate::ingest::IngestReport;
use crate::lake::Lake;
use crate::pipeline::{Options, Pipeline};
use crate::workspace::{Job, Workspace, WriterLock, lock_holder};

use super::args::Global;
use super::printer::Printer;
use super::schedule::schedule_args::JobArgs;
use super::{Verdict, source};

/// How long to wait for somebody else who writes the workspace.
const PATIENCE: Duration = Duration::from_secs(15 * 60);

pub fn run(args: &JobArgs, global: &Global, printer: &Printer) -> Result<Verdict> {
    let workspace = Workspace::open(&global.workspace)?;
    let _lock = patiently(&workspace)?;
    workspace.recover()?;
    let progress = |what: &str, rows: u64| printer.progress(what, rows);
    let options = Options {
        as_of: global.as_of.clone(),
        seed: global.seed,
        threads: global.thread_count(),
        latest_us: Some(source::latest_us()),
        progress: &progress,
    };
    let mut pipeline = Pipeline::new(&workspace, options);
    let message = work(args.job.into(), &mut pipeline)?;
    let rows: IngestReport = Lake::open(&workspace.lake_dir())?.json(IngestReport::FILE)?;
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

/// Takes the writer's lock, waiting for whoever holds it.
fn patiently(workspace: &Workspace) -> Result<WriterLock> {
    let began = Instant::now();
    loop {
        match WriterLock::take(workspace.root()) {
            Ok(lock) => return Ok(lock),
            Err(error) => {
                let is_held = lock_holder(workspace.root(), WriterLock::FILE).is_some();
                if !is_held && error.to_string().contains("is being written") {
                    continue;
                }
                if !is_held || began.elapsed() > PATIENCE {
                    return Err(error);
                }
                std::thread::sleep(Duration::from_millis(200));
            }
        }
    }
}
