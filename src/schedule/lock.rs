//! One scheduler a workspace.

use std::path::Path;

use crate::error::Result;
use crate::workspace::{WriterLock, lock_holder};

/// Held while jobs are looked after. The writer's lock is another one, which each job takes for itself: between jobs
/// people may work on the workspace.
#[derive(Debug)]
pub struct SchedulerLock {
    _lock: WriterLock,
}

const FILE: &str = ".microseg-schedule.lock";

impl SchedulerLock {
    /// Which process looks after the workspace; `None` if none does.
    pub fn holder(root: &Path) -> Option<String> {
        lock_holder(root, FILE)
    }

    /// # Errors
    ///
    /// A data error that says who holds it.
    pub fn take(root: &Path) -> Result<Self> {
        let lock = WriterLock::take_named(
            root,
            FILE,
            "the jobs of the workspace are looked after",
            "stop that one first; one workspace has one scheduler",
        )?;
        Ok(SchedulerLock { _lock: lock })
    }
}
