//! What is sent.

use crate::error::{Error, Result};
use crate::workspace::Content;

/// A message to one destination.
#[derive(Debug, Clone, PartialEq)]
pub enum Message {
    Report(Report),
    Changes(Changes),
}

/// A finished report, in the forms that the channels need.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Report {
    /// The same in every attempt, such as `digest-2026-06-29-9f2c`: letters, digits, `.`, `_` and
    /// `-`.
    pub id: String,
    /// One line: the subject of an email.
    pub title: String,
    /// All of it as plain text.
    pub text: String,
    /// All of it as HTML; pictures are referred to as `cid:NAME`.
    pub html: String,
    pub figures: Vec<Figure>,
    /// Relative path and content, for folders and stores. `digest.html` or `index.html`, if there
    /// is one, is put there last. Without either, text, HTML and figures are.
    pub files: Vec<(String, Vec<u8>)>,
    /// Where all of it can be read.
    pub link: Option<String>,
    /// Plain sentences for a chat.
    pub headline: Vec<String>,
}

/// A picture of a report.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// The file's name without `.png`, and the content id.
    pub name: String,
    /// In words, for those who do not see it.
    pub alt: String,
    pub png: Vec<u8>,
}

/// Contacts who joined and left segments, one JSON object a line.
#[derive(Debug, Clone, PartialEq)]
pub struct Changes {
    /// The same in every attempt; letters, digits, `.`, `_` and `-`.
    pub id: String,
    pub ndjson: Vec<u8>,
    /// Number of lines.
    pub count: usize,
}

impl Changes {
    /// Parts of at most `batch` changes, in order. The parts' ids follow from this one's:
    /// `ID.1-of-3`.
    pub fn parts(&self, batch: usize) -> Vec<Changes> {
        let lines: Vec<&[u8]> = self.ndjson.split_inclusive(|byte| *byte == b'\n').collect();
        let batch = batch.max(1);
        let parts = lines.len().div_ceil(batch);
        if parts <= 1 {
            return vec![self.clone()];
        }
        let part = |(n, lines): (usize, &[&[u8]])| Changes {
            id: format!("{}.{}-of-{parts}", self.id, n + 1),
            ndjson: lines.concat(),
            count: lines.len(),
        };
        lines.chunks(batch).enumerate().map(part).collect()
    }
}

impl Message {
    pub fn id(&self) -> &str {
        match self {
            Message::Report(report) => &report.id,
            Message::Changes(changes) => &changes.id,
        }
    }

    pub fn content(&self) -> Content {
        match self {
            Message::Report(_) => Content::Digest,
            Message::Changes(_) => Content::Changes,
        }
    }

    /// Ids and names become headers and names of files.
    pub(super) fn check(&self) -> Result<()> {
        check_plain("id", self.id())?;
        let Message::Report(report) = self else { return Ok(()) };
        for figure in &report.figures {
            check_plain("figure", &figure.name)?;
        }
        for (path, _) in &report.files {
            for part in path.split('/') {
                check_plain("file", part)?;
            }
        }
        Ok(())
    }
}

fn check_plain(what: &str, name: &str) -> Result<()> {
    const LONGEST: usize = 128;
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    let is_hidden = name.is_empty() || name.starts_with('.');
    if !is_hidden && name.len() <= LONGEST && name.chars().all(is_plain) {
        return Ok(());
    }
    Err(Error::internal(format!("a message's {what} has a name that cannot be sent"))
        .with_value(name)
        .hint("names are letters, digits, `.`, `_` and `-`, and do not begin with `.`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_the_whole_in_order() {
        let ndjson = b"{\"a\":1}\n{\"a\":2}\n{\"a\":3}\n{\"a\":4}\n{\"a\":5}\n".to_vec();
        let changes = Changes { id: "changes-7".to_owned(), ndjson, count: 5 };
        let parts = changes.parts(2);
        let ids: Vec<&str> = parts.iter().map(|part| part.id.as_str()).collect();
        assert_eq!(ids, ["changes-7.1-of-3", "changes-7.2-of-3", "changes-7.3-of-3"]);
        assert_eq!(parts.iter().map(|part| part.count).collect::<Vec<_>>(), [2, 2, 1]);
        let bytes: Vec<&[u8]> = parts.iter().map(|part| part.ndjson.as_slice()).collect();
        assert_eq!(bytes.concat(), changes.ndjson);
        assert_eq!(changes.parts(5), std::slice::from_ref(&changes));
    }

    #[test]
    fn names_that_lead_elsewhere_are_refused() {
        let report = |id: &str, file: &str| {
            let files = vec![(file.to_owned(), Vec::new())];
            Message::Report(Report { id: id.to_owned(), files, ..Report::default() }).check()
        };
        assert!(report("digest-2026-06-29", "figures/a.png").is_ok());
        for id in ["", ".", "..", "a/b", "a\r\nBcc: b", "a b", "a@b"] {
            assert!(report(id, "a").is_err(), "{id:?}");
        }
        for file in ["", "/etc/passwd", "../a", "a/../b", "a//b", "a\\b", "C:a"] {
            assert!(report("a", file).is_err(), "{file:?}");
        }
    }
}
