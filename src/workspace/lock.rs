//! One writer a workspace.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Write};
use std::path::Path;

use crate::error::{Error, Result};

const LOCK_FILE: &str = ".microseg.lock";

/// Held while a workspace is written; released when dropped, or by the system when the process dies.
#[derive(Debug)]
pub struct WriterLock {
    _file: File,
}

impl WriterLock {
    /// Takes the lock of the workspace at `root`, or says who holds it.
    pub fn take(root: &Path) -> Result<Self> {
        let path = root.join(LOCK_FILE);
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(|e| Error::io("write in the workspace", &path, e))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(held(&mut file, root)),
            Err(TryLockError::Error(e)) => return Err(Error::io("lock the workspace", &path, e)),
        }
        file.set_len(0)
            .and_then(|()| write!(file, "process {}", std::process::id()))
            .map_err(|e| Error::io("write", &path, e))?;
        Ok(WriterLock { _file: file })
    }
}

fn held(file: &mut File, root: &Path) -> Error {
    let mut holder = String::new();
    let by = match file.read_to_string(&mut holder) {
        Ok(_) if !holder.is_empty() => format!(" by {holder}"),
        _ => String::new(),
    };
    Error::data(format!("the workspace is being written{by}"))
        .at_file(root)
        .hint("wait until it has finished; one workspace has one writer")
}
