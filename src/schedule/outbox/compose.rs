//! What a queued message says.

use std::path::Path;

use crate::delivery::{Changes, Figure, Message, Report};
use crate::error::{Error, Result};
use crate::pipeline::digest::{ALONE_FILE, Digested, MailFile};
use crate::pipeline::refresh::{FeedPart, feed};
use crate::workspace::Workspace;
use crate::workspace::journal::{MessageKind, Queued};

/// The message, made from what is on disk.
///
/// # Errors
///
/// A data error if that is gone or cannot be read.
pub fn compose(workspace: &Workspace, queued: &Queued) -> Result<Message> {
    let dir = workspace.root().join(&queued.source);
    match queued.kind {
        MessageKind::Changes => {
            let part = FeedPart { first_byte: queued.first, lines: queued.count };
            let ndjson = feed::lines(&dir, part)?;
            let (id, count) = (queued.id.clone(), queued.count as usize);
            Ok(Message::Changes(Changes { id, ndjson, count }))
        }
        MessageKind::Digest => report(workspace, queued, &dir).map(Message::Report),
    }
}

fn report(workspace: &Workspace, queued: &Queued, dir: &Path) -> Result<Report> {
    let MailFile { subject, text, html, pictures } = Digested::mail(dir)?;
    let figure = |picture: crate::pipeline::digest::PictureFile| {
        let png = read(&dir.join("figures").join(format!("{}.png", picture.name)))?;
        Ok(Figure { name: picture.name, alt: picture.alt, png })
    };
    let base = workspace.settings().digest.link.as_deref();
    let link =
        base.map(|base| format!("{}/{}/report.html", base.trim_end_matches('/'), queued.source));
    Ok(Report {
        id: queued.id.clone(),
        title: subject,
        text,
        html,
        figures: pictures.into_iter().map(figure).collect::<Result<_>>()?,
        files: files(dir)?,
        link,
        headline: Digested::sentences(dir)?,
    })
}

/// Every file of the digest, its page under the name by which folders and stores know that it is whole.
fn files(dir: &Path) -> Result<Vec<(String, Vec<u8>)>> {
    let mut files = Vec::new();
    for part in ["", "figures", "tables"] {
        let folder = dir.join(part);
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        for entry in entries {
            let entry = entry.map_err(|e| Error::io("read the folder", &folder, e))?;
            if !entry.path().is_file() {
                continue;
            }
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = match (part, name.as_str()) {
                ("", "report.html") => continue,
                ("", ALONE_FILE) => "digest.html".to_owned(),
                ("", name) => name.to_owned(),
                (part, name) => format!("{part}/{name}"),
            };
            files.push((path, read(&entry.path())?));
        }
    }
    files.sort();
    Ok(files)
}

fn read(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).map_err(|e| Error::io("read", path, e))
}
