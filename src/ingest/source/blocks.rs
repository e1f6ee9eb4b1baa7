//! Text files in blocks of whole records, so that several threads can read one file.

use std::io::Read;
use std::path::Path;

use memchr::{memchr_iter, memrchr};

use crate::error::{Error, Result};

use super::{Job, format};

/// Bytes to a block: a few thousand records.
const BLOCK_BYTES: usize = 1 << 20;

/// Blocks of whole lines.
pub fn lines(path: &Path, send: &mut dyn FnMut(Job) -> bool) -> Result<()> {
    cut(path, send, &mut |bytes, _| memrchr(b'\n', bytes).map(|at| at + 1))
}

/// Blocks of whole CSV records: a line end inside quotes is part of a field.
pub fn records(path: &Path, separator: u8, send: &mut dyn FnMut(Job) -> bool) -> Result<()> {
    let mut quotes = Quotes { separator, is_open: false, just_closed: false };
    cut(path, send, &mut |bytes, from| quotes.last_end(bytes, from))
}

/// Where to cut some bytes, of which those before the second argument were seen before.
type Cut<'a> = &'a mut dyn FnMut(&[u8], usize) -> Option<usize>;

fn cut(path: &Path, send: &mut dyn FnMut(Job) -> bool, end: Cut<'_>) -> Result<()> {
    let mut reader = format::open(path)?;
    let (mut rest, mut first_line) = (Vec::new(), 1);
    loop {
        let mut bytes = std::mem::take(&mut rest);
        let seen = bytes.len();
        bytes.reserve(BLOCK_BYTES);
        let got = reader.by_ref().take(BLOCK_BYTES as u64).read_to_end(&mut bytes);
        let got = got.map_err(|e| Error::io("read", path, e))?;
        if got == 0 {
            send(Job::Text { bytes, first_line, is_last: true });
            return Ok(());
        }
        let Some(at) = end(&bytes, seen) else {
            rest = bytes;
            continue;
        };
        rest = bytes.split_off(at);
        let lines = memchr_iter(b'\n', &bytes).count() as u64;
        if !send(Job::Text { bytes, first_line, is_last: false }) {
            return Ok(());
        }
        first_line += lines;
    }
}

/// The state of the quotes at the end of what was seen.
struct Quotes {
    separator: u8,
    is_open: bool,
    /// The last byte closed a field, or is the first half of a doubled quote.
    just_closed: bool,
}

impl Quotes {
    /// The end of the last record in `bytes`, of which the first `from` were seen before and hold
    /// none. A quote opens a field only at its start; one in the middle is part of the text.
    fn last_end(&mut self, bytes: &[u8], from: usize) -> Option<usize> {
        let mut last = None;
        // From where on bytes are outside quotes, while they are.
        let mut outside = from;
        let mut closed_at = if self.just_closed { from.checked_sub(1) } else { None };
        for at in memchr_iter(b'"', &bytes[from..]).map(|at| at + from) {
            if self.is_open {
                self.is_open = false;
                closed_at = Some(at);
                outside = at + 1;
                continue;
            }
            let before = at.checked_sub(1).map_or(b'\n', |before| bytes[before]);
            let is_doubled = closed_at.is_some() && closed_at == at.checked_sub(1);
            if !is_doubled && before != self.separator && before != b'\n' && before != b'\r' {
                continue;
            }
            if before == b'\n' {
                last = Some(at);
            } else if let Some(end) = memrchr(b'\n', &bytes[outside..at]) {
                last = Some(outside + end + 1);
            }
            self.is_open = true;
        }
        self.just_closed = closed_at.is_some() && closed_at == bytes.len().checked_sub(1);
        if !self.is_open
            && let Some(end) = memrchr(b'\n', &bytes[outside..])
        {
            last = Some(outside + end + 1);
        }
        last.filter(|&last| last > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The blocks of a text that arrives in pieces of `piece` bytes.
    fn blocks(text: &str, piece: usize) -> Vec<String> {
        let mut quotes = Quotes { separator: b',', is_open: false, just_closed: false };
        let (mut found, mut rest) = (Vec::new(), Vec::new());
        for part in text.as_bytes().chunks(piece) {
            let seen = rest.len();
            rest.extend_from_slice(part);
            if let Some(at) = quotes.last_end(&rest, seen) {
                let after = rest.split_off(at);
                found.push(String::from_utf8_lossy(&rest).into_owned());
                rest = after;
            }
        }
        found.push(String::from_utf8_lossy(&rest).into_owned());
        found
    }

    #[test]
    fn no_block_ends_inside_a_quoted_field() {
        let text = "a,\"x\ny\",b\n\"say \"\"hi\n\"\"\",5\" wide,c\r\n\"\n\n\",,\nlast,\"1\",2\n";
        let records = |part: &str| {
            let mut reader = csv::ReaderBuilder::new();
            let reader = reader.has_headers(false).flexible(true).from_reader(part.as_bytes());
            reader
                .into_records()
                .map(|r| format!("{:?}", r.map_err(|e| e.to_string())))
                .map(|r| r.split("fields").last().unwrap_or_default().to_owned())
                .collect::<Vec<_>>()
        };
        let count = |part: &str| records(part).len();
        let whole = count(text);
        assert_eq!(whole, 4);
        for piece in 1..text.len() {
            let parts = blocks(text, piece);
            assert_eq!(parts.concat(), text);
            let split: usize = parts.iter().map(|part| count(part)).sum();
            assert_eq!(split, whole, "pieces of {piece}: {parts:?}");
        }
    }
}
