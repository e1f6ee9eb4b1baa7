//! One writer a workspace.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use crate::error::{Error, Result};

/// Whoever only asks who holds a lock has it for a moment: that long nobody is turned away.
const PATIENCE: Duration = Duration::from_millis(100);
/// How often a lock is tried that somebody holds.
const STEP: Duration = Duration::from_millis(25);

/// Held while a workspace is written; released when dropped, or by the system when the process dies.
#[derive(Debug)]
pub struct WriterLock {
    _file: File,
}

impl WriterLock {
    /// Name of the file.
    pub const FILE: &'static str = ".microseg.lock";

    /// Takes the lock of the workspace at `root`, or says who holds it.
    pub fn take(root: &Path) -> Result<Self> {
        Self::take_within(root, PATIENCE)
    }

    /// The same, waiting so long for whoever holds it.
    pub fn take_within(root: &Path, patience: Duration) -> Result<Self> {
        let hint = "wait until it has finished; one workspace has one writer";
        Self::take_file(root, Self::FILE, patience, "the workspace is being written", hint)
    }

    /// Takes the lock that is the file `name`; `held` and `hint` are for whoever comes second.
    pub fn take_named(root: &Path, name: &str, held: &str, hint: &str) -> Result<Self> {
        Self::take_file(root, name, PATIENCE, held, hint)
    }

    fn take_file(
        root: &Path,
        name: &str,
        patience: Duration,
        held: &str,
        hint: &str,
    ) -> Result<Self> {
        let path = root.join(name);
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(|e| Error::io("write in the workspace", &path, e))?;
        match lock_within(&file, patience) {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let by = holder(&mut file);
                return Err(Error::data(format!("{held}{by}")).at_file(root).hint(hint));
            }
            Err(TryLockError::Error(e)) => return Err(Error::io("lock the workspace", &path, e)),
        }
        file.set_len(0)
            .and_then(|()| write!(file, "process {}", std::process::id()))
            .map_err(|e| Error::io("write", &path, e))?;
        Ok(WriterLock { _file: file })
    }
}

fn lock_within(file: &File, patience: Duration) -> Result<(), TryLockError> {
    let began = Instant::now();
    loop {
        match file.try_lock() {
            Err(TryLockError::WouldBlock) if began.elapsed() < patience => {
                std::thread::sleep(STEP);
            }
            done => return done,
        }
    }
}

/// Who holds the lock that is the file `name` in `root`; `None` if nobody does.
pub fn lock_holder(root: &Path, name: &str) -> Option<String> {
    let mut file = OpenOptions::new().read(true).write(true).open(root.join(name)).ok()?;
    match file.try_lock_shared() {
        Err(TryLockError::WouldBlock) => {
            Some(holder(&mut file).trim_start_matches(" by ").to_owned())
        }
        _ => None,
    }
}

fn holder(file: &mut File) -> String {
    let mut holder = String::new();
    match file.read_to_string(&mut holder) {
        Ok(_) if !holder.is_empty() => format!(" by {holder}"),
        _ => String::new(),
    }
}
