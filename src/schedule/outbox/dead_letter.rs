//! Messages that were given up, as files.

use serde_json::json;

use crate::error::{Error, Result};
use crate::workspace::journal::{MessageKind, Queued};
use crate::workspace::{Workspace, atomic};

use crate::pipeline::refresh::{FeedPart, feed};

/// Writes what was to be sent, and why it was not, below the folder of dead letters. Digests are referred to.
pub fn write(workspace: &Workspace, queued: &Queued, why: &str) -> Result<()> {
    let dir = workspace.dead_letters_dir();
    if queued.kind == MessageKind::Changes {
        let part = FeedPart { first_byte: queued.first, lines: queued.count };
        // Lines that cannot be read are why it was given up.
        if let Ok(lines) = feed::lines(&workspace.root().join(&queued.source), part) {
            atomic::rewrite_file(&dir.join(format!("{}.ndjson", queued.id)), &lines)?;
        }
    }
    let letter = json!({
        "id": queued.id, "delivery": queued.delivery, "kind": queued.kind, "source": queued.source,
        "lines": queued.count, "created_at": queued.created_at, "attempts": queued.attempts + 1,
        "why": why,
    });
    let path = dir.join(format!("{}.json", queued.id));
    atomic::rewrite_file(&path, &atomic::json(&path, &letter)?)
}

/// Removes what [`write`] wrote, once the message was delivered after all.
pub fn remove(workspace: &Workspace, queued: &Queued) -> Result<()> {
    for ending in ["json", "ndjson"] {
        let path = workspace.dead_letters_dir().join(format!("{}.{ending}", queued.id));
        match std::fs::remove_file(&path) {
            Ok(()) => {}
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {}
            Err(e) => return Err(Error::io("remove", &path, e)),
        }
    }
    Ok(())
}
