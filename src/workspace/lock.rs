//! One writer a workspace.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Write};
use std::path::Path;
use std::time::Duration;

use crate::error::{Error, Result};

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
        let hint = "wait until it has finished; one workspace has one writer";
        Self::take_named(root, Self::FILE, "the workspace is being written", hint)
    }

    /// Takes the lock that is the file `name`; `held` and `hint` are for whoever comes second.
    pub fn take_named(root: &Path, name: &str, held: &str, hint: &str) -> Result<Self> {
        let path = root.join(name);
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(|e| Error::io("write in the workspace", &path, e))?;
        match patient_lock(&file) {
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

/// Whoever only asks who holds the lock has it for a moment.
fn patient_lock(file: &File) -> Result<(), TryLockError> {
    const TRIES: usize = 3;
    for _ in 1..TRIES {
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => std::thread::sleep(Duration::from_millis(50)),
            done => return done,
        }
    }
    file.try_lock()
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
