//! Workspaces and pipelines as the commands open them.

use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;

use crate::error::Result;
use crate::pipeline::{Options, Pipeline};
use crate::workspace::{Workspace, WriterLock};

use super::args::Global;
use super::printer::Printer;

const DAY_US: i64 = 86_400_000_000;

/// Rows dated after this are in the future: a day from now, for clocks and zones that are a little off.
pub fn latest_us() -> i64 {
    Timestamp::now().as_microsecond() + DAY_US
}

/// Runs `work` on the workspace's pipeline, holding the writer's lock.
pub fn writing<T>(
    global: &Global,
    printer: &Printer,
    work: impl FnOnce(&Workspace, &mut Pipeline<'_>) -> Result<T>,
) -> Result<T> {
    writing_with(global, printer, WriterLock::take, work)
}

/// The same, waiting so long for somebody else who writes the workspace.
pub fn writing_within<T>(
    global: &Global,
    printer: &Printer,
    patience: Duration,
    work: impl FnOnce(&Workspace, &mut Pipeline<'_>) -> Result<T>,
) -> Result<T> {
    writing_with(global, printer, |root| WriterLock::take_within(root, patience), work)
}

fn writing_with<T>(
    global: &Global,
    printer: &Printer,
    lock: impl FnOnce(&Path) -> Result<WriterLock>,
    work: impl FnOnce(&Workspace, &mut Pipeline<'_>) -> Result<T>,
) -> Result<T> {
    let workspace = Workspace::open(&global.workspace)?;
    let _lock = lock(workspace.root())?;
    workspace.recover()?;
    let progress = |what: &str, rows: u64| printer.progress(what, rows);
    work(&workspace, &mut Pipeline::new(&workspace, options(global, &progress)))
}

/// Runs `work` on the workspace's pipeline without writing.
pub fn reading<T>(
    global: &Global,
    printer: &Printer,
    work: impl FnOnce(&Workspace, &mut Pipeline<'_>) -> Result<T>,
) -> Result<T> {
    let workspace = Workspace::open(&global.workspace)?;
    let progress = |what: &str, rows: u64| printer.progress(what, rows);
    work(&workspace, &mut Pipeline::new(&workspace, options(global, &progress)))
}

fn options<'a>(global: &Global, progress: &'a (dyn Fn(&str, u64) + Sync)) -> Options<'a> {
    Options {
        as_of: global.as_of.clone(),
        seed: global.seed,
        threads: global.thread_count(),
        latest_us: Some(latest_us()),
        progress,
    }
}
